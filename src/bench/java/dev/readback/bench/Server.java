package dev.readback.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One running peer, in a process of its own. */
final class Server implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 100;
    private static final int FIRST_PORT = 21_000;
    private static final int LAST_PORT = 32_000;
    private static final int TRIES = 1000;
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
    private static final Path BIN = Path.of(System.getProperty("java.home"), "bin");

    private final Peer peer;
    private final int port;
    private final int linePort;
    private final Process process;

    private Server(Peer peer, int port, int linePort, Process process) {
        this.peer = peer;
        this.port = port;
        this.linePort = linePort;
        this.process = process;
    }

    /** Starts a peer; returns when it accepts. */
    static Server start(Peer peer, Path jar, Path directory) throws IOException, InterruptedException {
        int port = freePort();
        int linePort = freePort();
        List<String> command = new ArrayList<>(List.of(BIN.resolve("java").toString()));
        command.addAll(peer.arguments(jar, port, linePort));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(peer.word() + ".log").toFile())
                .start();
        Server server = new Server(peer, port, linePort, process);
        long end = System.nanoTime() + START.toNanos();
        while (!server.accepts()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                server.close();
                throw new IllegalStateException(peer.title() + " did not start, see " + directory);
            }
            Thread.sleep(POLL_MILLIS);
        }
        return server;
    }

    // below the ports from which clients are served: one of the load's connections could have it by then
    private static int freePort() {
        return ThreadLocalRandom.current()
                .ints(FIRST_PORT, LAST_PORT)
                .limit(TRIES)
                .filter(Server::isFree)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no free port from " + FIRST_PORT + " to " + LAST_PORT));
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port)) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private boolean accepts() {
        try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return probe.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    Peer peer() {
        return peer;
    }

    int port(Scenario scenario) {
        return scenario.kind() == Scenario.Kind.LINE ? linePort : port;
    }

    /** The CPU time that it has taken so far, in nanoseconds. */
    long cpuNanos() {
        return process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    /** Bytes that live on its heap. */
    long liveHeap() {
        try {
            liveObjects(); // the first collection may leave what is only weakly held
            return liveObjects();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private long liveObjects() throws IOException, InterruptedException {
        Process histogram = new ProcessBuilder(
                        BIN.resolve("jcmd").toString(), Long.toString(process.pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String output = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        histogram.waitFor();
        Matcher total = TOTAL.matcher(output);
        if (!total.find()) {
            throw new IOException("no heap histogram of " + peer.title() + ": " + output);
        }
        return Long.parseLong(total.group(1));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
