package dev.readback.settings;

import dev.readback.frame.LengthHeader;
import dev.readback.frame.StructFormat;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.util.unit.DataSize;

/** Puts what is wrong with a setting into words. */
final class SettingProblem {

    private SettingProblem() {}

    /**
     * One sentence: property, value, and what is allowed.
     *
     * @param written what the user wrote for a property, null where no single property holds it
     */
    static String sentence(BindException failure, Function<String, @Nullable String> written) {
        InvalidSettingException invalid = cause(failure, InvalidSettingException.class);
        if (invalid != null) {
            String property = failure.getName() + "." + invalid.property();
            return property + " is " + written(written, property, invalid.value()) + ": allowed is "
                    + invalid.allowed();
        }
        UnboundConfigurationPropertiesException unknown = cause(failure, UnboundConfigurationPropertiesException.class);
        return unknown != null ? unknown(unknown.getUnboundProperties()) : unreadable(failure, written);
    }

    // 2MB rather than 2097152B
    private static String written(Function<String, @Nullable String> written, String property, String otherwise) {
        String text = written.apply(property);
        return text == null ? otherwise : "'" + text + "'";
    }

    private static String unknown(Set<ConfigurationProperty> properties) {
        String names = properties.stream()
                .map(it -> it.getName() + " (" + it.getValue() + ")")
                .sorted()
                .collect(Collectors.joining(", "));
        return names + (properties.size() == 1 ? " is no setting" : " are no settings")
                + " of Readback's: allowed are those of the settings table in the README";
    }

    private static String unreadable(BindException failure, Function<String, @Nullable String> written) {
        String property = failure.getName().toString();
        Class<?> type = failure.getTarget().getType().resolve(Object.class);
        if (type == AcknowledgementTemplate.class || holdsBlocks(failure, type)) {
            return property + " " + innermost(failure).getMessage();
        }
        if (type == StructFormat.class) {
            return property + " is refused: " + innermost(failure).getMessage();
        }
        return property + " is " + written(written, property, "unreadable") + ": allowed is " + allowed(type);
    }

    // a list is one value where it is written with commas
    private static boolean holdsBlocks(BindException failure, Class<?> type) {
        return type == AddressBlock.class
                || failure.getTarget().getType().getGeneric(0).resolve() == AddressBlock.class;
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
        if (type == LengthHeader.class) {
            return "one of B, H, I, Q as in Python's struct, with or without a byte order: for example '!I'";
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

    private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> type) {
        for (Throwable it = failure; it != null; it = it.getCause()) {
            if (type.isInstance(it)) {
                return type.cast(it);
            }
        }
        return null;
    }
}
