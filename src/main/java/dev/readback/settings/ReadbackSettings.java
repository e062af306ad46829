package dev.readback.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * All of Readback's settings. A number without a unit counts seconds in a duration and bytes in a size.
 *
 * @param drainTimeout Shutdown: how long connections may take to finish before the rest are reset; 0s resets at once.
 * @param logQueue Log lines that may wait for a slow console or file; further ones are dropped and counted. 16 to 1000000; 0 waits instead.
 * @param listeners The listeners by name. Default: one, echo.
 */
@ConfigurationProperties(prefix = "readback", ignoreUnknownFields = false)
public record ReadbackSettings(
        @DefaultValue("20s") @DurationUnit(ChronoUnit.SECONDS)
        Duration drainTimeout,

        @DefaultValue("" + DEFAULT_LOG_QUEUE) int logQueue,
        @DefaultValue Map<String, ListenerSettings> listeners) {

    /** The listener that is there when none is configured. */
    public static final String DEFAULT_LISTENER = "echo";

    /** How many log lines may wait when nothing else is set. */
    public static final int DEFAULT_LOG_QUEUE = 8192;

    private static final int SMALLEST_LOG_QUEUE = 16;
    private static final int LARGEST_LOG_QUEUE = 1_000_000;

    // also a DNS label: the name becomes a Kubernetes port and a path segment
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public ReadbackSettings {
        TimeoutSettings.check("drain-timeout", drainTimeout);
        if (!isLogQueue(logQueue)) {
            throw new InvalidSettingException(
                    "log-queue",
                    Integer.toString(logQueue),
                    "0, or a number from " + SMALLEST_LOG_QUEUE + " to " + LARGEST_LOG_QUEUE);
        }
        if (listeners.isEmpty()) {
            listeners = Map.of(DEFAULT_LISTENER, ListenerDefaults.get());
        }
        listeners = Collections.unmodifiableMap(new LinkedHashMap<>(listeners));
        listeners.keySet().forEach(ReadbackSettings::checkName);
        checkPorts(listeners);
    }

    /** Whether so many log lines may be set to wait. */
    public static boolean isLogQueue(int lines) {
        return lines == 0 || (lines >= SMALLEST_LOG_QUEUE && lines <= LARGEST_LOG_QUEUE);
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidSettingException(
                    "listeners",
                    "a map with a listener named '" + name + "'",
                    "a name of 1 to 63 lower-case letters, digits and dashes that begins and ends with a letter or digit");
        }
    }

    private static void checkPorts(Map<String, ListenerSettings> listeners) {
        Map<Endpoint, String> taken = new HashMap<>();
        listeners.forEach((name, settings) -> {
            if (settings.enabled() && settings.port() != 0) {
                String other = taken.put(new Endpoint(settings.address(), settings.port()), name);
                if (other != null) {
                    throw new InvalidSettingException(
                            "listeners." + name + ".port",
                            Integer.toString(settings.port()),
                            "a port that no other listener of that address has, but listener '" + other
                                    + "' has it too");
                }
            }
        });
    }

    private record Endpoint(@Nullable Object address, int port) {}
}
