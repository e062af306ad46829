package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The whole application in a process of its own, on free ports, for tests that end it. */
public final class ApplicationProcess implements AutoCloseable {

    /** How long a test waits for it, at most. */
    public static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final Pattern LISTENER = Pattern.compile("listener 'echo' listens on \\S+:(\\d+)");
    private static final Pattern MANAGEMENT = Pattern.compile("Netty started on port (\\d+)");

    private final Process process;
    private final Path log;
    private int port; // 0 until it is known
    private boolean started;

    private ApplicationProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts it with this JVM's class path and the given options of the JVM, then settings. */
    public static ApplicationProcess start(Path directory, List<String> jvm, String... settings) throws IOException {
        return start(List.of(), directory, jvm, settings);
    }

    /** Starts it from a shell that has been given this line before, such as {@code ulimit -n 300}. */
    static ApplicationProcess startAfter(String line, Path directory, List<String> jvm, String... settings)
            throws IOException {
        return start(List.of("sh", "-c", line + "; exec \"$0\" \"$@\""), directory, jvm, settings);
    }

    private static ApplicationProcess start(List<String> by, Path directory, List<String> jvm, String... settings)
            throws IOException {
        Path log = Files.createTempFile(directory, "application", ".log");
        Process process =
                command(by, jvm, settings).redirectOutput(log.toFile()).start();
        return new ApplicationProcess(process, log);
    }

    /** Starts it, and reads its output until it listens and no further: what it writes then stays in the pipe. */
    static ApplicationProcess startUnread(Path directory, List<String> jvm, String... settings) throws IOException {
        Path log = Files.createTempFile(directory, "application", ".log");
        Process process = command(List.of(), jvm, settings).start();
        ApplicationProcess started = new ApplicationProcess(process, log);
        BufferedReader output = process.inputReader();
        while (started.number(LISTENER) == 0 || started.number(MANAGEMENT) == 0) {
            String line = output.readLine();
            assertThat(line).as("it starts:%n%s", started.log()).isNotNull();
            Files.writeString(log, line + "\n", StandardOpenOption.APPEND);
        }
        return started;
    }

    private static ProcessBuilder command(List<String> by, List<String> jvm, String... settings) {
        List<String> command = new ArrayList<>(by);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1", // it lives for seconds
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ReadbackApplication.class.getName()));
        return withSettings(command, settings);
    }

    /** Starts it by a command that takes its settings as arguments. */
    static ApplicationProcess run(Path directory, List<String> start, String... settings) throws IOException {
        Path log = Files.createTempFile(directory, "application", ".log");
        Process process =
                withSettings(start, settings).redirectOutput(log.toFile()).start();
        return new ApplicationProcess(process, log);
    }

    private static ProcessBuilder withSettings(List<String> start, String... settings) {
        List<String> command = new ArrayList<>(start);
        command.addAll(List.of("--server.port=0", "--readback.listeners.echo.port=0"));
        for (String setting : settings) {
            command.add("--" + setting);
        }
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /** A client of the listener {@code echo}, once all has started, which is later than the listener. */
    public Socket connect() throws IOException {
        if (!started) {
            awaitNumber(MANAGEMENT);
            started = true;
        }
        return connectEarly();
    }

    /** A client of the listener {@code echo}, once that listens. */
    Socket connectEarly() throws IOException {
        if (port == 0) {
            port = awaitNumber(LISTENER);
        }
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout((int) PATIENCE.toMillis());
        return client;
    }

    /** What the management port answers, once it does. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + awaitNumber(MANAGEMENT) + path);
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), BodyHandlers.ofString());
        }
    }

    /** What the kernel tells of it in this file of its folder under {@code /proc}. */
    String kernel(String file) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
    }

    /** Sends it a SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Waits for its end, and returns its exit status. */
    public int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("the process ends by itself:%n%s", log())
                .isTrue();
        return process.exitValue();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** All that it has written. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int awaitNumber(Pattern pattern) {
        return await().atMost(PATIENCE).until(() -> number(pattern), it -> it > 0);
    }

    private int number(Pattern pattern) {
        Matcher matcher = pattern.matcher(log());
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
