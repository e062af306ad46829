package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.readback.ApplicationProcess;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole application, in a JVM of its own with a small heap, holds ten thousand connections at once. */
class ManyConnectionsTests {

    private static final int CONNECTIONS = 10_000;
    private static final int DESCRIPTORS = CONNECTIONS + 2000; // what a JVM needs besides
    private static final Pattern OPEN_FILES = Pattern.compile("Max open files +(\\d+)");

    @TempDir
    Path directory;

    @Test
    @Timeout(120)
    void answersEachAndKeepsAllOpen() throws Exception {
        assumeTrue(
                openFiles() >= DESCRIPTORS,
                () -> CONNECTIONS + " connections take " + DESCRIPTORS + " open files, and the limit is "
                        + openFiles());
        List<Socket> clients = new ArrayList<>();
        try (ApplicationProcess application =
                ApplicationProcess.start(directory, List.of("-Xmx256m"), "readback.listeners.echo.timeouts.idle=60s")) {
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(application.connect());
            }
            exchange(clients, "first");
            assertThat(metric(application, "readback_connections_active{listener=\"echo\"}"))
                    .isEqualTo(CONNECTIONS);
            exchange(clients, "second");
            close(clients);
            String closed = "readback_connections_closed_total{listener=\"echo\",reason=\"peer-closed\"}";
            await().atMost(ApplicationProcess.PATIENCE).until(() -> metric(application, closed) == CONNECTIONS);
            assertThat(metric(application, "readback_connections_active{listener=\"echo\"}"))
                    .isZero();
            application.terminate();
            application.awaitEnd();
            assertThat(application.log()).doesNotContain("ERROR", "OutOfMemory", "Exception");
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static void exchange(List<Socket> clients, String frame) throws IOException {
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).getOutputStream().write(Replies.bytes(frame + i));
        }
        for (int i = 0; i < clients.size(); i++) {
            Replies.expect(clients.get(i).getInputStream(), frame + i);
        }
    }

    private static void close(List<Socket> clients) throws IOException {
        for (Socket client : clients) {
            client.shutdownOutput();
        }
        for (Socket client : clients) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static double metric(ApplicationProcess application, String series)
            throws IOException, InterruptedException {
        return application
                .get("/actuator/prometheus")
                .body()
                .lines()
                .filter(it -> it.startsWith(series + " "))
                .mapToDouble(it -> Double.parseDouble(it.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no series " + series));
    }

    // no limit is a large one
    private static int openFiles() {
        Path limits = Path.of("/proc/self/limits");
        try {
            Matcher soft = OPEN_FILES.matcher(Files.exists(limits) ? Files.readString(limits) : "");
            return soft.find() ? Integer.parseInt(soft.group(1)) : Integer.MAX_VALUE;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
