package dev.readback.net;

import static dev.readback.net.ProxyHeaders.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.readback.testing.Certificates;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients behind the load balancers that people use are served as themselves. */
class LoadBalancerTests {

    private static final String[] HALF_OPEN = required("half-close=keep-open", "timeouts.half-open=20s");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"send-proxy, 1", "send-proxy-v2, 2", "send-proxy-v2 proxy-v2-options crc32c, 2"})
    void servesClientsBehindHaproxy(String option, int version) throws Exception {
        try (TestListener listener = TestListener.start(required());
                LoadBalancer balancer = LoadBalancer.haproxy(folder, listener, option)) {
            assertServed(listener, balancer, version);
        }
    }

    @Test
    void servesClientsBehindNginx() throws Exception {
        try (TestListener listener = TestListener.start(required());
                LoadBalancer balancer = LoadBalancer.nginx(folder, listener)) {
            assertServed(listener, balancer, 1);
        }
    }

    private static void assertServed(TestListener listener, LoadBalancer balancer, int version) throws Exception {
        try (Socket client = balancer.connect("127.0.0.2")) {
            Replies.exchange(client, "hello");
            ConnectionSnapshot seen = snapshot(listener, client.getLocalSocketAddress());
            assertThat(seen.received()).isEqualTo(5);
            ProxyHeader proxy = Objects.requireNonNull(seen.proxy());
            assertThat(proxy.version()).isEqualTo(version);
            assertThat(proxy.protocol()).isEqualTo("tcp4");
            assertThat(proxy.via().getAddress().isLoopbackAddress()).isTrue();
            Replies.exchange(client, "again");
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        // all at once: header, data and end
        try (Socket client = balancer.connect("127.0.0.3")) {
            client.getOutputStream().write(Replies.bytes("that was all"));
            client.shutdownOutput();
            Replies.expect(client.getInputStream(), "that was all");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static ConnectionSnapshot snapshot(TestListener listener, SocketAddress client) throws Exception {
        return listener.factory().snapshots().get(PATIENCE.toSeconds(), TimeUnit.SECONDS).stream()
                .filter(it -> it.peer().equals(client))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void showsTheUniqueIdThatHaproxySends() throws Exception {
        try (TestListener listener = TestListener.start(required());
                LoadBalancer balancer =
                        LoadBalancer.haproxy(folder, listener, "send-proxy-v2 proxy-v2-options crc32c,unique-id");
                Socket client = balancer.connect("127.0.0.2")) {
            Replies.exchange(client, "hello");
            ProxyHeader proxy =
                    snapshot(listener, client.getLocalSocketAddress()).proxy();
            assertThat(Objects.requireNonNull(proxy).values())
                    .extracting(ProxyValue::name)
                    .contains("crc32c", "unique-id");
            assertThat(proxy.values()).extracting(ProxyValue::value).contains("the-unique-id");
        }
    }

    @Test
    void keepsItsSideOpenBehindHaproxy() throws Exception {
        try (TestListener listener = TestListener.start(HALF_OPEN);
                LoadBalancer balancer = LoadBalancer.haproxy(folder, listener, "send-proxy-v2")) {
            assertHalfOpen(listener, balancer);
        }
    }

    @Test
    void keepsItsSideOpenBehindNginx() throws Exception {
        try (TestListener listener = TestListener.start(HALF_OPEN);
                LoadBalancer balancer = LoadBalancer.nginx(folder, listener)) {
            assertHalfOpen(listener, balancer);
        }
    }

    private static void assertHalfOpen(TestListener listener, LoadBalancer balancer) throws Exception {
        try (Socket client = balancer.connect("127.0.0.2")) {
            client.getOutputStream().write(Replies.bytes("hello"));
            client.shutdownOutput();
            Replies.expect(client.getInputStream(), "hello");
            SocketAddress peer = client.getLocalSocketAddress();
            await().atMost(PATIENCE).until(() -> snapshot(listener, peer).open().equals(Set.of(Side.LOCAL)));
        }
    }

    /** TLS through a load balancer that does not look into it, half-closed by close_notify. */
    @ParameterizedTest
    @CsvSource({"haproxy", "nginx"})
    void passesTlsThrough(String program) throws Exception {
        Certificates certificates = new Certificates();
        String[] settings = required("tls.bundle=" + Certificates.BUNDLE);
        try (TestListener listener = TestListener.start(
                        TestListener.Transport.available().findFirst().orElseThrow(),
                        certificates.registry(certificates.server()),
                        settings);
                LoadBalancer balancer = program.equals("nginx")
                        ? LoadBalancer.nginx(folder, listener)
                        : LoadBalancer.haproxy(folder, listener, "send-proxy-v2");
                Socket plain = balancer.connect("127.0.0.2");
                SSLSocket client = (SSLSocket) certificates
                        .bundle(certificates.client("CN=client"))
                        .createSslContext()
                        .getSocketFactory()
                        .createSocket(plain, "localhost", 0, false)) {
            Replies.exchange(client, "hello");
            ConnectionSnapshot seen = snapshot(listener, plain.getLocalSocketAddress());
            assertThat(seen.tls()).isNotNull();
            assertThat(seen.proxy()).isNotNull();
            client.getOutputStream().write(Replies.bytes("that was all"));
            client.shutdownOutput();
            Replies.expect(client.getInputStream(), "that was all");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(plain.getInputStream().read()).isEqualTo(-1);
            // nothing was sent to the balancer's checks, which connect and go
            assertThat(Stream.generate(() -> closed(listener))
                            .filter(it -> it.received() > 0)
                            .findFirst())
                    .hasValueSatisfying(it -> assertThat(it.reason()).isEqualTo(CloseReason.PEER_CLOSED));
        }
    }

    private static ConnectionSummary closed(TestListener listener) {
        try {
            return listener.observer().nextClosed();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // in version 1 HAProxy names itself as the client, so access has to let it in
    @ParameterizedTest
    @CsvSource({"send-proxy, access.allow=127.0.0.0/8", "send-proxy-v2, access.deny=127.0.0.1"})
    void passesHealthChecksOfHaproxy(String option, String access) throws Exception {
        try (TestListener listener = TestListener.start(required(access, "timeouts.idle=20s"));
                LoadBalancer balancer = LoadBalancer.haproxy(
                        folder, listener, option + " check inter 100ms rise 2 fall 2 check-send-proxy")) {
            for (int i = 0; i < 5; i++) {
                ConnectionSummary check = listener.observer().nextClosed();
                assertThat(check.reason()).isIn(CloseReason.PEER_CLOSED, CloseReason.PEER_RESET);
                assertThat(check.received()).isZero();
            }
            try (Socket client = balancer.connect("127.0.0.2")) {
                Replies.exchange(client, "hello");
            }
        }
    }
}
