package dev.readback.prometheus;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of the machine that answers HTTP on a free port, until it is closed. */
final class Server implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int ATTEMPTS = 3;
    private static final long END_SECONDS = 5;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final int port;

    private Server(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts it, and returns when it is healthy; skips the test where the program is absent. */
    static Server start(Path folder, String name, String... arguments) throws Exception {
        String program = Program.path(name);
        Path log = folder.resolve(name + ".log");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Server server = attempt(log, program, arguments);
            if (server.isHealthyOnceUp()) {
                return server;
            }
            server.close(); // somebody else may have taken the port since it was free
        }
        throw new AssertionError(name + " does not start:\n" + Files.readString(log));
    }

    private static Server attempt(Path log, String program, String... arguments) throws IOException {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        command.add("--web.listen-address=127.0.0.1:" + port);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new Server(process, port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private boolean isHealthyOnceUp() {
        await().atMost(PATIENCE).until(() -> !process.isAlive() || isHealthy());
        return process.isAlive();
    }

    private boolean isHealthy() throws InterruptedException {
        try {
            return get("/-/healthy").statusCode() == 200;
        } catch (IOException _) {
            return false; // it does not listen yet
        }
    }

    int port() {
        return port;
    }

    /** What it answers, to a client that waits a second if it asks. */
    HttpResponse<String> get(String pathAndQuery) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + pathAndQuery))
                .header("X-Prometheus-Scrape-Timeout-Seconds", "1")
                .timeout(PATIENCE)
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    @Override
    public void close() throws InterruptedException {
        http.close();
        process.destroy();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
