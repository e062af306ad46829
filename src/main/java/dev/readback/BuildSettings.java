package dev.readback;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.PropertyResolver;

/**
 * The settings that decide which beans there are, as the build saw them: Spring's and Spring Boot's own, with empty values
 * for those that were not set.
 *
 * <p>Kept in the jar as lines, {@code name=value} or {@code name} alone.
 */
record BuildSettings(SortedMap<String, Optional<String>> values) {

    /** Where the jar holds them. */
    static final String FILE = "META-INF/readback/build-settings";

    /**
     * What is asked for and decides nothing, with all that is below it. Listeners are registered at the start, from the
     * settings of the start. The web server's port is compared with one of Actuator's own, where that is set. A user is
     * asked for in case that there is something else to log in by, which there is not. The application's names go into
     * log lines, and so do the settings of logging.
     */
    static final List<String> INDIFFERENT = List.of(
            "logging",
            "readback",
            "server.port",
            "spring.application.name",
            "spring.application.pid",
            "spring.application.version",
            "spring.security.user");

    static BuildSettings of(Collection<String> names, PropertyResolver settings) {
        SortedMap<String, Optional<String>> values = new TreeMap<>();
        names.stream().filter(BuildSettings::decides).forEach(it -> values.put(it, value(it, settings)));
        return new BuildSettings(values);
    }

    private static Optional<String> value(String name, PropertyResolver settings) {
        String value = settings.getProperty(name);
        if (value != null && value.indexOf('\n') >= 0) {
            throw new IllegalStateException(name + " has a line end in its value, which build settings cannot hold");
        }
        return Optional.ofNullable(value);
    }

    private static boolean decides(String name) {
        return INDIFFERENT.stream().noneMatch(it -> name.equals(it) || name.startsWith(it + "."));
    }

    /** Reads {@link #FILE}. */
    static BuildSettings read(URL file) throws IOException {
        SortedMap<String, Optional<String>> values = new TreeMap<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(file.openStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int end = line.indexOf('=');
                if (end < 0) {
                    values.put(line, Optional.empty());
                } else {
                    values.put(line.substring(0, end), Optional.of(line.substring(end + 1)));
                }
            }
        }
        return new BuildSettings(values);
    }

    /** The content of {@link #FILE}. */
    String lines() {
        return values.entrySet().stream()
                .map(it -> it.getKey() + it.getValue().map(value -> "=" + value).orElse("") + "\n")
                .collect(Collectors.joining());
    }

    /** The first setting that has another value now; null when all are as they were. */
    @Nullable
    String differing(PropertyResolver settings) {
        for (Map.Entry<String, Optional<String>> known : values.entrySet()) {
            String name = known.getKey();
            if (!Objects.equals(settings.getProperty(name), known.getValue().orElse(null))) {
                return name;
            }
        }
        return null;
    }
}
