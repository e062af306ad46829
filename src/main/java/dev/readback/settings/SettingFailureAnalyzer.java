package dev.readback.settings;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/** Says in one sentence which setting of Readback's stopped the start: property, value and what is allowed. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SettingFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

    private static final ConfigurationPropertyName READBACK = ConfigurationPropertyName.of("readback");

    private final Environment environment;

    SettingFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        ConfigurationPropertyName name = cause.getName();
        if (!READBACK.equals(name) && !READBACK.isAncestorOf(name)) {
            return null;
        }
        return new FailureAnalysis(sentence(cause), null, cause);
    }

    private String sentence(BindException failure) {
        InvalidSettingException invalid = findCause(failure, InvalidSettingException.class);
        if (invalid != null) {
            String property = failure.getName() + "." + invalid.property();
            return property + " is " + written(property, invalid.value()) + ": allowed is " + invalid.allowed();
        }
        UnboundConfigurationPropertiesException unknown =
                findCause(failure, UnboundConfigurationPropertiesException.class);
        return unknown != null ? unknown(unknown.getUnboundProperties()) : unreadable(failure);
    }

    // as the user wrote it, where one property holds it: 2MB rather than 2097152B
    private String written(String property, String value) {
        return Binder.get(environment)
                .bind(property, String.class)
                .map(it -> "'" + it + "'")
                .orElse(value);
    }

    private static String unknown(Set<ConfigurationProperty> properties) {
        String names = properties.stream()
                .map(it -> it.getName() + " (" + it.getValue() + ")")
                .sorted()
                .collect(Collectors.joining(", "));
        return names + (properties.size() == 1 ? " is no setting" : " are no settings")
                + " of Readback's: allowed are those of the settings table in the README";
    }

    private String unreadable(BindException failure) {
        String property = failure.getName().toString();
        Class<?> type = failure.getTarget().getType().resolve(Object.class);
        if (type == AcknowledgementTemplate.class) {
            return property + " " + innermost(failure).getMessage();
        }
        return property + " is " + written(property, "unreadable") + ": allowed is " + allowed(type);
    }

    private static String allowed(Class<?> type) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(it -> ((Enum<?>) it).name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.joining(", "));
        }
        if (type == Duration.class) {
            return "a duration such as 500ms, 5s or 2m";
        }
        if (type == DataSize.class) {
            return "a size such as 4096B or 64KB";
        }
        if (type == InetAddress.class) {
            return "an address of this host, or none for all addresses";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == int.class || type == Integer.class) {
            return "a whole number";
        }
        return "a group of settings, each with a name and a value of its own";
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : innermost(cause);
    }
}
