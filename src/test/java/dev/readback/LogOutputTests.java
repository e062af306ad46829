package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process whose log goes nowhere serves on: on a full disk, and into a pipe that nobody reads. */
@Timeout(180)
class LogOutputTests {

    private static final int SIGTERM = 128 + 15;
    private static final int CONNECTIONS = 1000; // their access lines fill a pipe of 64 KB twice over
    private static final List<String> JVM = List.of("-XX:TieredStopAtLevel=1");
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final String REPLY = "hello\ni get it!\n";

    @TempDir
    Path directory;

    @Test
    void servesOnWhenNobodyReadsItsOutput() throws Exception {
        try (ApplicationProcess application = ApplicationProcess.startUnread(directory, JVM, "readback.log-queue=64")) {
            exchange(application);
            assertThat(application.get("/actuator/prometheus").body())
                    .contains("closed_total{listener=\"echo\",reason=\"peer-closed\"} " + CONNECTIONS + ".0");
            assertThat(application.get("/actuator/health/readiness").statusCode())
                    .isEqualTo(200);
            application.terminate();
            assertThat(application.awaitEnd()).isEqualTo(SIGTERM);
        }
    }

    @Test
    void servesOnWhenTheDiskIsFull() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "/dev/full is a disk that is full, and is not here");
        try (ApplicationProcess application =
                ApplicationProcess.start(directory, JVM, "logging.file.name=/dev/full", "readback.log-queue=10000")) {
            exchange(application);
            application.terminate();
            assertThat(application.awaitEnd()).isEqualTo(SIGTERM);
            assertThat(application.log().lines().filter(it -> it.contains("readback.access")))
                    .as("lines on the console, which is not full")
                    .hasSize(CONNECTIONS);
        }
    }

    @Test
    void writesStructuredLinesThroughTheQueue() throws Exception {
        try (ApplicationProcess application =
                ApplicationProcess.start(directory, JVM, "logging.structured.format.console=ecs")) {
            try (Socket client = application.connect()) {
                exchange(client);
            }
            application.terminate();
            assertThat(application.awaitEnd()).isEqualTo(SIGTERM);
            assertThat(application.log().lines())
                    .allSatisfy(it -> assertThat(it).startsWith("{\"@timestamp\""));
            assertThat(application.log())
                    .contains("listener=echo connection=echo-1")
                    .contains("Drained"); // what was logged last is there too
        }
    }

    private static void exchange(ApplicationProcess application) throws IOException {
        for (int i = 0; i < CONNECTIONS; i++) {
            try (Socket client = application.connect()) {
                exchange(client);
            }
        }
    }

    private static void exchange(Socket client) throws IOException {
        client.getOutputStream().write(HELLO);
        client.shutdownOutput();
        assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo(REPLY);
    }
}
