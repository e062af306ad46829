package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.net.CloseReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.ClassPathResource;

/** The README's tables say what the code says. */
class ReadmeTests {

    private static final String LISTENER = "readback.listeners.echo.";

    @Test
    void listsEverySettingWithItsDefaultAndMeaning() throws IOException {
        assertThat(table("Setting")).containsExactlyElementsOf(settings());
    }

    @Test
    void listsEveryCloseReason() throws IOException {
        assertThat(table("Reason"))
                .extracting(it -> it.replaceFirst("^\\| `([a-z-]+)` \\|.*", "$1"))
                .containsExactlyElementsOf(Arrays.stream(CloseReason.values())
                        .map(CloseReason::word)
                        .toList());
    }

    /** The rows below the table head whose first column has this title, as they stand there. */
    static List<String> table(String title) throws IOException {
        List<String> rows = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            if (line.startsWith("| " + title + " |")) {
                inside = true;
            } else if (inside && !line.startsWith("|")) {
                break;
            } else if (inside && !line.startsWith("|---")) {
                rows.add(line);
            }
        }
        return rows;
    }

    private static List<String> settings() throws IOException {
        String json = new ClassPathResource("META-INF/spring-configuration-metadata.json")
                .getContentAsString(StandardCharsets.UTF_8);
        List<?> properties =
                (List<?>) JsonParserFactory.getJsonParser().parseMap(json).get("properties");
        Map<String, String> rows = new TreeMap<>();
        for (Object each : properties == null ? List.of() : properties) {
            Map<?, ?> property = (Map<?, ?>) each;
            String name = String.valueOf(property.get("name"));
            if (!name.equals("readback.listeners")) {
                String shown = name.startsWith(LISTENER)
                        ? "readback.listeners.<name>." + name.substring(LISTENER.length())
                        : name;
                rows.put(
                        shown,
                        "| `%s` | %s | %s |"
                                .formatted(
                                        shown, defaultOf(property.get("defaultValue")), property.get("description")));
            }
        }
        return List.copyOf(rows.values());
    }

    private static String defaultOf(@Nullable Object value) {
        if (value == null || value.equals("")) {
            return "";
        }
        return "`" + value.toString().replace("\n", "\\n") + "`";
    }
}
