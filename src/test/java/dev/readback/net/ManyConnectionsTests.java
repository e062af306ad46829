package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.readback.ReadbackApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole application, in a JVM of its own with a small heap, holds ten thousand connections at once. */
class ManyConnectionsTests {

    private static final int CONNECTIONS = 10_000;
    private static final int DESCRIPTORS = CONNECTIONS + 2000; // what a JVM needs besides
    private static final int PATIENCE_SECONDS = 30;
    private static final Pattern LISTENER = Pattern.compile("listener 'echo' listens on \\*:(\\d+)");
    private static final Pattern MANAGEMENT = Pattern.compile("Netty started on port (\\d+)");
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
        Path log = directory.resolve("log");
        Process application = start(log);
        List<Socket> clients = new ArrayList<>();
        try {
            int port = port(log, LISTENER);
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(connect(port));
            }
            exchange(clients, "first");
            assertThat(metric(log, "readback_connections_active{listener=\"echo\"}"))
                    .isEqualTo(CONNECTIONS);
            exchange(clients, "second");
            close(clients);
            String closed = "readback_connections_closed_total{listener=\"echo\",reason=\"peer-closed\"}";
            await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> metric(log, closed) == CONNECTIONS);
            assertThat(metric(log, "readback_connections_active{listener=\"echo\"}"))
                    .isZero();
            stop(application);
            assertThat(Files.readString(log)).doesNotContain("ERROR", "OutOfMemory", "Exception");
        } finally {
            application.destroyForcibly();
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static Process start(Path log) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReadbackApplication.class.getName(),
                        "--server.port=0",
                        "--readback.listeners.echo.port=0",
                        "--readback.listeners.echo.timeouts.idle=60s")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static void stop(Process application) throws InterruptedException {
        application.destroy();
        assertThat(application.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("ends within %d s", PATIENCE_SECONDS)
                .isTrue();
    }

    private static Socket connect(int port) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(PATIENCE_SECONDS * 1000);
        return client;
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

    private static int port(Path log, Pattern pattern) {
        return await().atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .until(() -> number(Files.readString(log), pattern), it -> it > 0);
    }

    private static int number(String text, Pattern pattern) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    private static double metric(Path log, String series) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + port(log, MANAGEMENT) + "/actuator/prometheus");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            Stream<String> lines =
                    http.send(request, BodyHandlers.ofString()).body().lines();
            return lines.filter(it -> it.startsWith(series + " "))
                    .mapToDouble(it -> Double.parseDouble(it.substring(series.length() + 1)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no series " + series));
        }
    }

    // no limit is a large one
    private static int openFiles() {
        Path limits = Path.of("/proc/self/limits");
        try {
            int soft = Files.exists(limits) ? number(Files.readString(limits), OPEN_FILES) : 0;
            return soft == 0 ? Integer.MAX_VALUE : soft;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
