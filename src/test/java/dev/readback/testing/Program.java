package dev.readback.testing;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A program of this machine that a test runs; where it is absent, the test is skipped and says so. */
public final class Program {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Program() {}

    /**
     * What a program left behind.
     *
     * @param status its exit status
     * @param output all that it wrote, to both streams
     */
    public record Result(int status, String output) {}

    /** Runs a program to its end. Files in place of pipes: neither side can wait for the other. */
    public static Result run(Path folder, String input, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", "");
        Path given = Files.writeString(Files.createTempFile(folder, "input", ""), input);
        Process process = start(new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(given.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile()));
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(
                        "%s does not end within %s: %s".formatted(command[0], PATIENCE, Files.readString(output)));
            }
            return new Result(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Starts a program, or skips the test. */
    public static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            return abort(builder.command().getFirst() + " is not on the PATH: " + e.getMessage());
        }
    }
}
