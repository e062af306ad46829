package dev.readback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.net.ListenerState;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README's tables of what the endpoints show name every field. */
class ReadmeEndpointsTests {

    @Test
    void nameEveryFieldOfAListener() throws IOException {
        assertThat(fields("Field of a listener"))
                .containsExactlyElementsOf(fieldsOf("", ListenerView.class).toList());
    }

    @Test
    void nameEveryFieldOfAConnection() throws IOException {
        assertThat(fields("Field of a connection"))
                .containsExactlyElementsOf(fieldsOf("", ConnectionView.class).toList());
    }

    @Test
    void nameEveryStateOfAListener() throws IOException {
        String row = Files.readAllLines(Path.of("README.md")).stream()
                .filter(it -> it.startsWith("| `state` | ") && it.contains("failed"))
                .findFirst()
                .orElseThrow();
        assertThat(Arrays.stream(ListenerState.values()))
                .allSatisfy(it -> assertThat(row).contains("`" + it.word() + "`"));
    }

    // the fields of a group are written behind its name and a dot
    private static Stream<String> fieldsOf(String group, Class<?> view) {
        return Arrays.stream(view.getRecordComponents()).flatMap(it -> field(group, it));
    }

    private static Stream<String> field(String group, RecordComponent component) {
        String name = group + component.getName();
        return component.getType().isRecord() ? fieldsOf(name + ".", component.getType()) : Stream.of(name);
    }

    private static List<String> fields(String title) throws IOException {
        return Files.readAllLines(Path.of("README.md")).stream()
                .dropWhile(it -> !it.startsWith("| " + title + " |"))
                .skip(2)
                .takeWhile(it -> it.startsWith("|"))
                .map(it -> it.replaceFirst("^\\| `([^`]+)` \\|.*", "$1"))
                .toList();
    }
}
