package dev.readback.prometheus;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.readback.TestApplication;
import dev.readback.net.ListenerBindException;
import dev.readback.net.NettyServerConnectionFactory;
import dev.readback.testing.Certificates;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;

/** Does all that clients and operators can do to a Readback, so that every metric of it moves; keeps what stays open. */
final class Traffic implements AutoCloseable {

    private static final X509Bundle CERTIFICATE = new Certificates().server();

    /** Listeners with a timeout or limit each that does not keep a test waiting. */
    static final String[] SETTINGS = {
        "spring.ssl.bundle.pem.server.keystore.certificate=" + CERTIFICATE.getCertificatePathPEM(),
        "spring.ssl.bundle.pem.server.keystore.private-key=" + CERTIFICATE.getPrivateKeyPEM(),
        "readback.listeners.secure.port=0",
        "readback.listeners.secure.tls.bundle=server",
        "readback.listeners.balanced.port=0",
        "readback.listeners.balanced.proxy-protocol.mode=required",
        "readback.listeners.balanced.proxy-protocol.trusted=127.0.0.0/8",
        "readback.listeners.balanced.timeouts.handshake=200ms",
        "spring.security.user.name=op",
        "spring.security.user.password=secret",
        "readback.drain-timeout=3s",
        "readback.listeners.echo.timeouts.idle=400ms",
        "readback.listeners.echo.timeouts.linger=200ms",
        "readback.listeners.line.port=0",
        "readback.listeners.line.framing.type=line",
        "readback.listeners.line.framing.max-length=64B",
        "readback.listeners.line.timeouts.frame=200ms",
        "readback.listeners.length.port=0",
        "readback.listeners.length.framing.type=length",
        "readback.listeners.length.framing.header=!Q",
        "readback.listeners.impatient.port=0",
        "readback.listeners.impatient.timeouts.first-byte=200ms",
        "readback.listeners.mortal.port=0",
        "readback.listeners.mortal.address=127.0.0.1",
        "readback.listeners.mortal.timeouts.lifetime=200ms",
        "readback.listeners.half.port=0",
        "readback.listeners.half.half-close=keep-open",
        "readback.listeners.half.timeouts.half-open=200ms",
        "readback.listeners.shut.port=0",
        "readback.listeners.shut.timeouts.idle=0s",
        "readback.listeners.shut.timeouts.linger=200ms",
        "readback.listeners.slow.port=0",
        "readback.listeners.slow.timeouts.write=200ms",
        "readback.listeners.held.port=0",
        "readback.listeners.held.half-close=keep-open",
        "readback.listeners.held.timeouts.idle=0s",
        "readback.listeners.held.timeouts.linger=60s",
        "readback.listeners.ended.port=0",
        "readback.listeners.ended.framing.type=line",
        "readback.listeners.ended.timeouts.idle=0s",
        "readback.listeners.ended.timeouts.linger=100ms",
        "readback.listeners.small.port=0",
        "readback.listeners.small.timeouts.idle=0s",
        "readback.listeners.small.limits.connections=2",
        "readback.listeners.single.port=0",
        "readback.listeners.single.limits.connections-per-address=1",
        "readback.listeners.closed.port=0",
        "readback.listeners.closed.access.deny=127.0.0.0/8",
    };

    private static final String LOGIN =
            "Basic " + Base64.getEncoder().encodeToString("op:secret".getBytes(StandardCharsets.US_ASCII));
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int EXCHANGES = 50;
    private static final int SMALL_BUFFER = 4096;
    private static final int FLOOD = 64 * 1024;

    private final TestApplication application;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    Traffic(TestApplication application) {
        this.application = application;
    }

    /** Does it all once, after Prometheus has seen each series at its start. */
    void run() throws Exception {
        for (int i = 0; i < EXCHANGES; i++) {
            application.exchange("echo", "hello");
        }
        leaveHanging();
        sendNoFrames();
        shutSides();
        goBeyondLimits();
        takeNoReplies();
        changeStates();
        System.gc(); // the collector's metrics are Micrometer's, and come with its first run
    }

    // the client sends little or nothing, and does not close when Readback does: idle, first-byte, lifetime, linger
    private void leaveHanging() throws IOException {
        client("echo", "hello");
        client("impatient", "");
        client("mortal", "");
        client("half", "hello").shutdownOutput();
        client("balanced", "PROXY TCP4 192.0.2.1");
    }

    private void sendNoFrames() throws IOException {
        client("line", "begun");
        client("line", "begun").shutdownOutput();
        client("balanced", "no header");
        client("secure", "no record of TLS");
        client("line", "a line of more than 64 bytes without an end".repeat(2));
        client("length", "\u007f".repeat(8)); // more than any maximum, and below 2^63
        Socket negative = client("length", "");
        negative.getOutputStream().write(ByteBuffer.allocate(8).putLong(-1).array());
    }

    private void shutSides() throws Exception {
        client("held", "hello").shutdownOutput();
        change(client("held", "hello"), "{\"shutdown\": \"write\"}");
        change(client("shut", "hello"), "{\"shutdown\": \"both\"}");
        try (Socket closed = client("held", "hello")) {
            application.send(request(closed).DELETE());
        }
        try (Socket reset = client("held", "hello")) {
            reset.setSoLinger(true, 0);
        }
    }

    private void goBeyondLimits() throws IOException {
        for (int i = 0; i < 4; i++) {
            client("small", "");
            client("single", "");
            client("closed", "");
        }
    }

    private void takeNoReplies() throws IOException {
        try (SocketChannel client = SocketChannel.open()) {
            client.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER);
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), application.port("slow")));
            client.configureBlocking(false);
            await().atMost(PATIENCE).until(() -> isReset(client));
        }
    }

    private static boolean isReset(SocketChannel client) {
        try {
            ByteBuffer flood = ByteBuffer.allocate(FLOOD);
            while (client.write(flood) > 0) {
                flood.clear();
            }
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    private void changeStates() throws Exception {
        client("ended", "");
        client("ended", "begun");
        await().atMost(PATIENCE)
                .until(() -> application.metric("readback_received_bytes_total{listener=\"ended\"}") == 5);
        listener("ended").stop(); // what a process does at its end, when nobody scrapes it any more
        listener("impatient").pause();
        NettyServerConnectionFactory failed = listener("mortal");
        failed.pause();
        try (ServerSocket taken = new ServerSocket(failed.getPort(), 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(failed::resume).as("%s is taken", taken).isInstanceOf(ListenerBindException.class);
        }
    }

    private NettyServerConnectionFactory listener(String name) {
        return application.context().getBean(name + ".connections", NettyServerConnectionFactory.class);
    }

    /** A client that stays until the end. */
    private Socket client(String listener, String text) throws IOException {
        Socket client = application.connect(listener);
        open.push(client);
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private void change(Socket client, String body) throws Exception {
        application.send(
                request(client).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    /** A request to Readback's end of a client's connection. */
    private HttpRequest.Builder request(Socket client) throws Exception {
        String all = "/actuator/connections?peer=127.0.0.1:" + client.getLocalPort();
        String shown = await().atMost(PATIENCE)
                .until(() -> application.send(authorized(all)).body(), it -> it.contains("\"id\""));
        return authorized("/actuator/connections/" + shown.replaceFirst("(?s).*\"id\":\"([^\"]+)\".*", "$1"));
    }

    private HttpRequest.Builder authorized(String path) {
        return application.request(path).header("Authorization", LOGIN);
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
