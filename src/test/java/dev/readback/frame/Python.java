package dev.readback.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.readback.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a script under the machine's python3, and skips the test where there is none. */
final class Python {

    private static final int LIMIT_SECONDS = 120;
    private static final int NOT_COMPARABLE = 3;

    private Python() {}

    /** Returns the file with what the script wrote. Files in place of pipes: neither side can wait for the other. */
    static Path run(Path folder, Path script, String input, String... arguments)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Path trouble = folder.resolve("trouble");
        List<String> command = new ArrayList<>(List.of("python3", script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Files.writeString(folder.resolve("input"), input).toFile())
                .redirectOutput(output.toFile())
                .redirectError(trouble.toFile());
        int status = waitFor(Program.start(builder));
        assumeTrue(status != NOT_COMPARABLE, () -> "python3: " + read(trouble));
        assertThat(status).as(() -> read(trouble)).isZero();
        return output;
    }

    private static int waitFor(Process process) throws InterruptedException {
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("python3 ends within %d s", LIMIT_SECONDS)
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
