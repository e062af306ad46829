package dev.readback;

import dev.readback.net.NettyServerConnectionFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole application in this process, on free ports, talked to as users do. */
public final class TestApplication implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();

    private TestApplication(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Starts it with settings such as {@code readback.listeners.echo.timeouts.idle=1s}; ports are free ones. */
    public static TestApplication start(String... settings) {
        List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--readback.listeners.echo.port=0"));
        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        SpringApplication application = new SpringApplication(ReadbackApplication.class);
        application.setMainApplicationClass(ReadbackApplication.class); // not the test's, which runs it
        return new TestApplication(application.run(arguments.toArray(String[]::new)));
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    /** The port that a listener has. */
    public int port(String listener) {
        return context.getBean(listener + ".connections", NettyServerConnectionFactory.class)
                .getPort();
    }

    /** The names of all listeners. */
    public List<String> listeners() {
        return context.getBeansOfType(NettyServerConnectionFactory.class).values().stream()
                .map(NettyServerConnectionFactory::listener)
                .toList();
    }

    /** A client of a listener, whose reads give up rather than hang. */
    public Socket connect(String listener) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(listener));
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** Sends a text, shuts the sending side, and returns all that comes back. */
    public String exchange(String listener, String text) throws IOException {
        try (Socket socket = connect(listener)) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Where the management port answers. */
    public URI uri(String path) {
        return URI.create(
                "http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port") + path);
    }

    /** What the management port answers. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /** A request to the management port, to be completed and given to {@link #send}. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofMillis(PATIENCE_MILLIS));
    }

    /** What the management port answers; a redirect is an answer. */
    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** What the management port answers to a write, from a client that logs in by itself. */
    public HttpResponse<String> post(String path, String user, String password, String body)
            throws IOException, InterruptedException {
        String login = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofMillis(PATIENCE_MILLIS))
                .header("Authorization", "Basic " + login)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** One series' value in the Prometheus scrape, by its name and labels as they stand there. */
    public double metric(String series) throws IOException, InterruptedException {
        return get("/actuator/prometheus")
                .body()
                .lines()
                .filter(it -> it.startsWith(series + " "))
                .mapToDouble(it -> Double.parseDouble(it.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no series " + series));
    }

    @Override
    public void close() {
        http.close();
        context.close();
    }
}
