package dev.readback.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The word {@code probe} starts the probe and nothing else. */
class ProbeProcessTests {

    @TempDir
    private Path directory;

    @Test
    void endsWithTheStatusAndWritesNothingElse() throws IOException, InterruptedException {
        ProbeRun help = ProbeProcess.run(directory, "--help");
        assertThat(help.status()).isZero();
        assertThat(help.out()).startsWith("Usage: readback probe ");
        assertThat(help.err()).isEmpty();
        ProbeRun wrong = ProbeProcess.run(directory, "localhost");
        assertThat(wrong.status()).isEqualTo(Probe.WRONG_USAGE);
        assertThat(wrong.out()).isEmpty();
    }

    @Test
    void packsRecordsWithoutALineOfLog() throws IOException, InterruptedException {
        try (FakeServer server = FakeServer.start(FakeServer.trickling("!"))) {
            ProbeRun run = ProbeProcess.run(
                    directory, "--half-close", "--struct", "@B?I4p", "--ack", "!", "127.0.0.1:" + server.port());
            assertThat(run.err()).isEmpty();
            assertThat(run.out())
                    .matches("half-close {2}passed {2}\\d+\\.\\d{3} m?s; connected in \\d+\\.\\d{3} m?s\n");
            assertThat(run.status()).isEqualTo(Probe.PASSED);
        }
    }
}
