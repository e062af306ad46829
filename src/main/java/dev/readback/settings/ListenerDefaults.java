package dev.readback.settings;

import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** A listener of which nothing is set: its values are those that the records declare, and stand nowhere else. */
final class ListenerDefaults {

    private ListenerDefaults() {}

    static ListenerSettings get() {
        return new Binder(new MapConfigurationPropertySource(Map.of()))
                .bindOrCreate("listener", ListenerSettings.class);
    }
}
