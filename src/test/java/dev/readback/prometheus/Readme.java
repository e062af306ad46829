package dev.readback.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The README, from which tests take what they run. */
final class Readme {

    private static final Path FILE = Path.of("README.md");

    private Readme() {}

    /** The block whose first line is a comment with this file name. */
    static String block(String file) throws IOException {
        List<String> lines = Files.readAllLines(FILE);
        int head = lines.indexOf("# " + file);
        assertThat(head).as("the README has %s", file).isPositive();
        return String.join(
                        "\n",
                        lines.stream()
                                .skip(head)
                                .takeWhile(it -> !it.startsWith("```"))
                                .toList())
                + "\n";
    }

    /** The rows below the table head whose first column has this title, as they stand there. */
    static List<String> table(String title) throws IOException {
        return Files.readAllLines(FILE).stream()
                .dropWhile(it -> !it.startsWith("| " + title + " |"))
                .skip(2)
                .takeWhile(it -> it.startsWith("|"))
                .toList();
    }
}
