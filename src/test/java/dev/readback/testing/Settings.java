package dev.readback.testing;

import dev.readback.settings.ListenerSettings;
import dev.readback.settings.ReadbackSettings;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Settings as the application binds them. */
public final class Settings {

    private Settings() {}

    /** A listener's settings, from lines such as {@code timeouts.idle=1s}; the port is 0 unless it is among them. */
    public static ListenerSettings listener(String... lines) {
        Map<String, String> properties = properties("readback.listeners.test.", lines);
        properties.putIfAbsent("readback.listeners.test.port", "0");
        ListenerSettings settings = bind(properties).listeners().get("test");
        if (settings == null) {
            throw new IllegalStateException("there is a listener 'test'");
        }
        return settings;
    }

    /** All settings, from lines such as {@code readback.drain-timeout=1s}. */
    public static ReadbackSettings all(String... lines) {
        return bind(properties("", lines));
    }

    private static ReadbackSettings bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("readback", ReadbackSettings.class);
    }

    private static Map<String, String> properties(String prefix, String... lines) {
        Map<String, String> properties = new HashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            properties.put(prefix + line.substring(0, equals), line.substring(equals + 1));
        }
        return properties;
    }
}
