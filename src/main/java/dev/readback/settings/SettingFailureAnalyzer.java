package dev.readback.settings;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.unit.DataSize;

/** Says in one sentence which setting of Readback's stopped the start: property, value and what is allowed. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SettingFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

    private static final ConfigurationPropertyName READBACK = ConfigurationPropertyName.of("readback");

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        ConfigurationPropertyName name = cause.getName();
        if (!READBACK.equals(name) && !READBACK.isAncestorOf(name)) {
            return null;
        }
        String sentence = sentence(cause);
        return sentence == null ? null : new FailureAnalysis(sentence, null, cause);
    }

    private @Nullable String sentence(BindException failure) {
        InvalidSettingException invalid = findCause(failure, InvalidSettingException.class);
        if (invalid != null) {
            return failure.getName() + "." + invalid.property() + " " + invalid.problem();
        }
        UnboundConfigurationPropertiesException unknown =
                findCause(failure, UnboundConfigurationPropertiesException.class);
        if (unknown != null) {
            return unknown(unknown.getUnboundProperties());
        }
        ConfigurationProperty property = failure.getProperty();
        return property == null ? null : unreadable(failure, property);
    }

    private static String unknown(Set<ConfigurationProperty> properties) {
        String names = properties.stream()
                .map(it -> it.getName() + " (" + it.getValue() + ")")
                .sorted()
                .collect(Collectors.joining(", "));
        return names + (properties.size() == 1 ? " is no setting" : " are no settings")
                + " of Readback's: allowed are those of the settings table in the README";
    }

    private static String unreadable(BindException failure, ConfigurationProperty property) {
        Class<?> type = failure.getTarget().getType().resolve(Object.class);
        if (type == AcknowledgementTemplate.class) {
            return property.getName() + " " + innermost(failure).getMessage();
        }
        return property.getName() + " is '" + property.getValue() + "': allowed is " + allowed(type);
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
        return type == int.class || type == Integer.class ? "a whole number" : "a " + type.getSimpleName();
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : innermost(cause);
    }
}
