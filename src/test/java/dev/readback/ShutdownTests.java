package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is told to end drains first, and says how that went. */
class ShutdownTests {

    private static final int SIGTERM = 128 + 15;
    private static final List<String> JVM = List.of("-XX:TieredStopAtLevel=1");
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    @Test
    void drainsAtSigtermWhileActuatorAnswers() throws Exception {
        try (ApplicationProcess application =
                        ApplicationProcess.start(directory, JVM, "readback.listeners.echo.timeouts.linger=20s");
                Socket client = application.connect()) {
            client.getOutputStream().write(HELLO);
            assertThat(client.getInputStream().readNBytes(16)).hasSize(16);
            assertThat(application.get("/actuator/health/readiness").statusCode())
                    .isEqualTo(200);
            application.terminate();
            assertThat(client.getInputStream().read()).as("a polite end").isEqualTo(-1);
            // the client has not closed yet, so the drain is under way
            assertThat(application.get("/actuator/health/readiness").statusCode())
                    .isEqualTo(503);
            assertThat(application.get("/actuator/health/liveness").statusCode())
                    .isEqualTo(200);
            assertThat(application.get("/actuator/prometheus").body())
                    .contains("readback_draining{listener=\"echo\"} 1.0")
                    .contains("readback_connections_half_open{listener=\"echo\",side=\"local\"} 1.0");
            client.close();
            assertThat(application.awaitEnd()).isEqualTo(SIGTERM);
            assertThat(application.log()).containsPattern("Drained 1 connections and reset 0 in \\d+ ms");
        }
    }

    @Test
    void endsAtOnceAtASecondSigterm() throws Exception {
        try (ApplicationProcess application = ApplicationProcess.start(
                        directory, JVM, "readback.drain-timeout=10m", "readback.listeners.echo.timeouts.linger=10m");
                Socket client = application.connect()) {
            client.getOutputStream().write(HELLO);
            assertThat(client.getInputStream().readNBytes(16)).hasSize(16);
            application.terminate();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(application.isAlive()).as("it waits for the client").isTrue();
            application.terminate();
            assertThat(application.awaitEnd()).isEqualTo(SIGTERM);
            assertThat(application.log()).doesNotContain("Drained");
        }
    }

    @Test
    void drainsWhenActuatorShutsItDown() throws Exception {
        try (TestApplication application = TestApplication.start(
                        "spring.security.user.name=op",
                        "spring.security.user.password=secret",
                        "management.endpoint.shutdown.access=unrestricted",
                        "management.endpoints.web.exposure.include=health,shutdown");
                Socket client = application.connect("echo")) {
            assertThat(application
                            .post("/actuator/shutdown", "op", "secret", "")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(client.getInputStream().read()).as("a polite end").isEqualTo(-1);
            client.close();
            await().until(() -> !application.context().isActive());
        }
    }
}
