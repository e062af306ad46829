package dev.readback;

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.PropertySource;

/**
 * A source of settings that holds none, and writes down which are asked for. Safe for use by all threads.
 *
 * <p>First among the sources while the build works out which beans there are, it learns what that depends on.
 */
final class AskedSettings extends PropertySource<Set<String>> {

    static final String NAME = "askedSettings";

    AskedSettings() {
        super(NAME, new ConcurrentSkipListSet<>());
    }

    @Override
    public @Nullable Object getProperty(String name) {
        source.add(name);
        return null;
    }
}
