package dev.readback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The README's metrics table says what the code says. */
class ReadmeMetricsTests {

    @Test
    void listsEveryMetricWithItsLabelsAndMeaning() throws Exception {
        assertThat(Files.readAllLines(Path.of("README.md")).stream().filter(it -> it.startsWith("| `readback_")))
                .containsExactlyElementsOf(Arrays.stream(Metric.values())
                        .map(ReadmeMetricsTests::row)
                        .toList());
    }

    private static String row(Metric metric) {
        String labels = metric.label().isEmpty() ? "`listener`" : "`listener` `" + metric.label() + "`";
        return "| `%s` | %s | %s |".formatted(metric.exportedName(), labels, metric.help());
    }
}
