package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.readback.net.EventLoops;
import dev.readback.testing.LogRecorder;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.ChannelInterceptor;

/** What goes wrong inside the service costs one connection, or ends the process where nothing else is safe. */
@Timeout(180)
class FailureTests {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final int REPLY = "hello\ni get it!\n".length();
    private static final int OUT_OF_MEMORY = 3; // the JVM's exit status
    private static final int LARGE = 15 * 1024 * 1024;

    static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("a mistake in a flow"),
                new AssertionError("a mistake in a flow"),
                new StackOverflowError("a mistake in a flow"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void closesTheConnectionWhoseFlowFailsAndSaysWhyOnce(Throwable failure) throws Exception {
        try (TestApplication application = TestApplication.start();
                LogRecorder log = LogRecorder.ofAll();
                Socket other = application.connect("echo")) {
            exchange(other);
            DirectChannel requests = application.context().getBean("echo.requests", DirectChannel.class);
            ChannelInterceptor failing = new ChannelInterceptor() {
                @Override
                public Message<?> preSend(Message<?> message, MessageChannel channel) {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) failure;
                }
            };
            requests.addInterceptor(failing);
            assertThat(application.exchange("echo", "hello")).isEmpty();
            requests.removeInterceptor(failing);
            exchange(other);
            await().atMost(ApplicationProcess.PATIENCE)
                    .until(() ->
                            application.metric("readback_connections_closed_total{listener=\"echo\",reason=\"error\"}")
                                    == 1);
            assertThat(log.events(Level.ERROR)).singleElement().satisfies(it -> {
                assertThat(it.getFormattedMessage()).startsWith("listener 'echo', connection echo-2");
                assertThat(it.getThrowableProxy()).isNotNull();
            });
            assertThat(log.events(Level.WARN)).isEmpty();
        }
    }

    @Test
    void isNotReadyWhileAnEventLoopIsBlocked() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        try (TestApplication application = TestApplication.start();
                Socket client = application.connect("echo")) {
            DirectChannel requests = application.context().getBean("echo.requests", DirectChannel.class);
            requests.addInterceptor(new ChannelInterceptor() {
                @Override
                public Message<?> preSend(Message<?> message, MessageChannel channel) {
                    try {
                        blocked.await(30, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return message;
                }
            });
            client.getOutputStream().write(HELLO);
            EventLoops loops = application.context().getBean(EventLoops.class);
            await().atMost(ApplicationProcess.PATIENCE)
                    .until(() -> !loops.blocked().isEmpty());
            assertThat(application.get("/actuator/health/readiness"))
                    .returns(503, it -> it.statusCode())
                    .satisfies(it -> assertThat(it.body()).contains("\"eventLoops\":{\"status\":\"DOWN\"}"));
            assertThat(application.get("/actuator/health/liveness").statusCode())
                    .isEqualTo(200);
            blocked.countDown();
            assertThat(client.getInputStream().readNBytes(REPLY)).hasSize(REPLY);
            await().atMost(ApplicationProcess.PATIENCE)
                    .until(() -> loops.blocked().isEmpty());
            assertThat(application.get("/actuator/health/readiness").statusCode())
                    .isEqualTo(200);
        } finally {
            blocked.countDown();
        }
    }

    @Test
    void endsTheProcessWhenTheHeapIsFull(@TempDir Path directory) throws Exception {
        try (ApplicationProcess application =
                startWithLittleMemory(directory, "-Xmx12m", "-XX:+ExitOnOutOfMemoryError")) {
            assertThat(application.awaitEnd()).isEqualTo(OUT_OF_MEMORY);
            assertThat(application.log()).contains("Terminating due to java.lang.OutOfMemoryError");
        }
    }

    @Test
    void closesConnectionsForWhoseBuffersThereIsNoMemory(@TempDir Path directory) throws Exception {
        try (ApplicationProcess application = startWithLittleMemory(
                directory, "-Xmx96m", "-XX:+ExitOnOutOfMemoryError", "-XX:MaxDirectMemorySize=32m")) {
            attack(application);
            await().atMost(ApplicationProcess.PATIENCE)
                    .until(() -> application
                            .get("/actuator/prometheus")
                            .body()
                            .lines()
                            .anyMatch(it -> it.matches(".*closed_total.*reason=\"error\"} [1-9].*")));
            try (Socket late = application.connect()) {
                exchange(late, "hello\n");
            }
            assertThat(application.log()).containsIgnoringCase("direct");
        }
    }

    private static ApplicationProcess startWithLittleMemory(Path directory, String... jvm) throws IOException {
        List<String> options = new ArrayList<>(List.of(jvm));
        options.add("-XX:TieredStopAtLevel=1");
        return ApplicationProcess.start(
                directory,
                options,
                "readback.listeners.echo.framing.type=line",
                "readback.listeners.echo.framing.max-length=16MB");
    }

    /** Clients that send long lines without an end. */
    private static void attack(ApplicationProcess application) throws IOException {
        byte[] part = new byte[LARGE];
        Arrays.fill(part, (byte) 'x');
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                Socket client = application.connect();
                clients.add(client);
                client.getOutputStream().write(part);
            }
        } catch (SocketException e) {
            assertThat(e).as("Readback is gone, or closed this one").hasMessageMatching(".*(reset|refused|pipe).*");
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static void exchange(Socket client) throws IOException {
        exchange(client, "hello");
    }

    private static void exchange(Socket client, String frame) throws IOException {
        client.getOutputStream().write(frame.getBytes(StandardCharsets.US_ASCII));
        int reply = frame.length() + REPLY - HELLO.length;
        assertThat(client.getInputStream().readNBytes(reply)).hasSize(reply);
    }
}
