package dev.readback.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.ReadbackApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The word {@code probe} starts the probe and nothing else. */
class ProbeProcessTests {

    @TempDir
    private Path directory;

    @Test
    void endsWithTheStatusAndWritesNothingElse() throws IOException, InterruptedException {
        assertThat(run("--help")).isZero();
        assertThat(written("out")).startsWith("Usage: readback probe ");
        assertThat(written("err")).isEmpty();
        assertThat(run("localhost")).isEqualTo(Probe.WRONG_USAGE);
        assertThat(written("out")).isEmpty();
    }

    @Test
    void packsRecordsWithoutALineOfLog() throws IOException, InterruptedException {
        try (FakeServer server = FakeServer.start(FakeServer.trickling("!"))) {
            int status = run("--half-close", "--struct", "@B?I4p", "--ack", "!", "127.0.0.1:" + server.port());
            assertThat(written("err")).isEmpty();
            assertThat(written("out"))
                    .matches("half-close {2}passed {2}\\d+\\.\\d{3} m?s; connected in \\d+\\.\\d{3} m?s\n");
            assertThat(status).isEqualTo(Probe.PASSED);
        }
    }

    private int run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ReadbackApplication.class.getName(),
                "probe"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
        try {
            assertThat(process.waitFor(40, TimeUnit.SECONDS))
                    .as("it ends by itself")
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private String written(String name) throws IOException {
        return Files.readString(directory.resolve(name));
    }
}
