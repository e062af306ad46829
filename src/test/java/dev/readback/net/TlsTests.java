package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.settings.ListenerSettings;
import dev.readback.testing.Certificates;
import dev.readback.testing.Settings;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One encrypted connection, on a clock that stands still; the client is the JDK's. */
final class TlsTests {

    private static final String ACKNOWLEDGEMENT = TestListener.ACKNOWLEDGEMENT;
    private static final Certificates CERTIFICATES = new Certificates();
    private static final X509Bundle SERVER = CERTIFICATES.server();
    private static final EventLoops LOOPS = EventLoops.nio();

    private final List<ListenerTls> opened = new ArrayList<>();

    /** Who encrypts, and by which version of the protocol. */
    record Way(SslProvider provider, String protocol) {

        static Stream<Way> all() {
            return Stream.of(SslProvider.JDK, SslProvider.OPENSSL_REFCNT)
                    .filter(it -> it == SslProvider.JDK || OpenSsl.isAvailable())
                    .flatMap(it -> Stream.of(new Way(it, "TLSv1.3"), new Way(it, "TLSv1.2")));
        }
    }

    private static Stream<Way> ways() {
        return Way.all();
    }

    private static Stream<Way> oldWays() {
        return Way.all().filter(it -> it.protocol().equals("TLSv1.2")); // 1.3 has no renegotiation
    }

    @AfterAll
    static void endThreads() {
        LOOPS.close();
    }

    @AfterEach
    void closeTls() {
        opened.forEach(ListenerTls::close);
    }

    private EmbeddedConnection server(Way way, String... lines) {
        List<String> all = new ArrayList<>(List.of(lines));
        all.add("tls.bundle=" + Certificates.BUNDLE);
        ListenerSettings settings = Settings.listener(all.toArray(String[]::new));
        ListenerTls tls = ListenerTls.open("test", settings, LOOPS, CERTIFICATES.registry(SERVER), way.provider());
        opened.add(tls);
        return EmbeddedConnection.open(tls, settings);
    }

    private static TlsClient client(EmbeddedConnection server, Way way) throws Exception {
        return client(server, way, null);
    }

    private static TlsClient client(EmbeddedConnection server, Way way, @Nullable X509Bundle certificate)
            throws Exception {
        return TlsClient.open(server, way.protocol(), CERTIFICATES.authority().getCertificate(), certificate);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void answersFrame(Way way) throws Exception {
        try (EmbeddedConnection server = server(way);
                TlsClient client = client(server, way).handshake()) {
            assertThat(client.write("hello").carry().received()).isEqualTo("hello" + ACKNOWLEDGEMENT);
            assertThat(client.agreed()).first().isEqualTo(way.protocol());
            assertThat(server.observer().handshakes()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void answersWhatCameInOneSegmentWithCloseNotifyThenSaysTheSame(Way way) throws Exception {
        try (EmbeddedConnection server = server(way, "framing.type=line");
                TlsClient client = client(server, way).handshake()) {
            client.write("one\ntwo\n").write("three\n").closeNotify().carry();
            assertThat(client.received())
                    .isEqualTo("one\n" + ACKNOWLEDGEMENT + "two\n" + ACKNOWLEDGEMENT + "three\n" + ACKNOWLEDGEMENT);
            assertThat(client.isEnded()).isTrue();
            assertThat(server.isOpen()).isFalse();
            assertThat(server.observer().nextClosed())
                    .returns(CloseReason.PEER_CLOSED, ConnectionSummary::reason)
                    .returns(3L, ConnectionSummary::acknowledgements);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void answersWhatComesByteByByte(Way way) throws Exception {
        try (EmbeddedConnection server = server(way, "framing.type=line");
                TlsClient client = client(server, way).handshake()) {
            for (byte one : client.write("one\n").write("two\n").closeNotify().sent()) {
                server.send(new byte[] {one});
            }
            assertThat(client.receive().received()).isEqualTo("one\n" + ACKNOWLEDGEMENT + "two\n" + ACKNOWLEDGEMENT);
            assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void answersFramesOfOneReadInOneWrite(Way way) throws Exception {
        try (EmbeddedConnection server = server(way, "framing.type=line");
                TlsClient client = client(server, way).handshake()) {
            int before = server.flushes();
            client.write("one\n").write("two\n").write("three\n").carry();
            assertThat(server.flushes() - before).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void cutsRecordIntoRawFrames(Way way) throws Exception {
        try (EmbeddedConnection server = server(way, "framing.max-length=4B");
                TlsClient client = client(server, way).handshake()) {
            assertThat(client.write("123456789").carry().received())
                    .isEqualTo("1234" + ACKNOWLEDGEMENT + "5678" + ACKNOWLEDGEMENT + "9" + ACKNOWLEDGEMENT);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void reportsFrameThatCloseNotifyCutsShort(Way way) throws Exception {
        try (EmbeddedConnection server = server(way, "framing.type=line");
                TlsClient client = client(server, way).handshake()) {
            client.write("one\ntw").closeNotify().carry();
            assertThat(client.received()).isEqualTo("one\n" + ACKNOWLEDGEMENT);
            assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.FRAME_TRUNCATED);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void takesFinWithoutCloseNotifyForTheEnd(Way way) throws Exception {
        try (EmbeddedConnection server = server(way);
                TlsClient client = client(server, way).handshake()) {
            client.write("hello").carry();
            server.shut();
            assertThat(client.receive().received()).isEqualTo("hello" + ACKNOWLEDGEMENT);
            assertThat(client.isEnded()).isTrue();
            assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void endsSilentClientPolitelyAfterIdleTimeout(Way way) throws Exception {
        try (EmbeddedConnection server = server(way, "timeouts.idle=5s", "timeout-notice=bye");
                TlsClient client = client(server, way).handshake()) {
            server.pass(Duration.ofSeconds(5));
            assertThat(client.receive().received()).isEqualTo("bye");
            assertThat(client.isEnded()).isTrue();
            assertThat(server.isShut()).isTrue();
            server.shut();
            assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void waitsForFirstByteOfDataNotOfTheHandshake(Way way) throws Exception {
        try (EmbeddedConnection server = server(way, "timeouts.first-byte=3s", "timeouts.idle=0s");
                TlsClient client = client(server, way).handshake()) {
            server.pass(Duration.ofSeconds(3));
            assertThat(client.receive().isEnded()).isTrue();
            server.shut();
            assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.FIRST_BYTE_TIMEOUT);
        }
        try (EmbeddedConnection server = server(way, "timeouts.first-byte=3s", "timeouts.idle=0s");
                TlsClient client = client(server, way).handshake()) {
            client.write("x").carry();
            server.pass(Duration.ofSeconds(3));
            assertThat(client.receive().isEnded()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void closesWhatCannotBeDecrypted(Way way) throws Exception {
        try (EmbeddedConnection server = server(way);
                TlsClient client = client(server, way).handshake()) {
            byte[] record = client.write("hello").sent();
            record[record.length - 1] ^= 1;
            server.send(record);
            assertThat(client.receive().received()).isEmpty();
            assertThat(client.fault()).hasMessageContaining("bad_record_mac");
            server.shut();
            assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.FRAME_INVALID);
        }
    }

    @ParameterizedTest
    @MethodSource("oldWays")
    void refusesToBeginAnew(Way way) throws Exception {
        try (EmbeddedConnection server = server(way);
                TlsClient client = client(server, way).handshake()) {
            client.write("hello").carry();
            client.renegotiate().carry();
            assertThat(client.received()).isEqualTo("hello" + ACKNOWLEDGEMENT);
            assertThat(server.isShut()).isTrue();
            server.shut();
            assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.FRAME_INVALID);
            assertThat(server.observer().handshakes()).isEqualTo(1);
        }
    }

    @Nested
    class KeepOpen {

        @Test
        void staysOpenBehindCloseNotifyUntilFin() throws Exception {
            Way way = new Way(SslProvider.JDK, "TLSv1.3");
            try (EmbeddedConnection server = server(way, "half-close=keep-open");
                    TlsClient client = client(server, way).handshake()) {
                client.write("hello").closeNotify().carry();
                assertThat(client.received()).isEqualTo("hello" + ACKNOWLEDGEMENT);
                assertThat(client.isEnded()).isFalse();
                assertThat(server.isOpen()).isTrue();
                server.shut();
                assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
            }
        }

        @Test
        void endsWithTls12WhichForbidsIt() throws Exception {
            Way way = new Way(SslProvider.JDK, "TLSv1.2");
            try (EmbeddedConnection server = server(way, "half-close=keep-open");
                    TlsClient client = client(server, way).handshake()) {
                client.write("hello").closeNotify().carry();
                assertThat(client.received()).isEqualTo("hello" + ACKNOWLEDGEMENT);
                assertThat(client.isEnded()).isTrue();
                assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
            }
        }
    }

    @Nested
    class TheHandshake {

        @Test
        void isTimed() throws Exception {
            for (Way way : Way.all().toList()) {
                try (EmbeddedConnection server = server(way, "timeouts.idle=1s")) {
                    server.pass(Duration.ofMillis(9_999));
                    assertThat(server.isOpen()).isTrue();
                    server.pass(Duration.ofMillis(1));
                    assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.HANDSHAKE_TIMEOUT);
                    assertThat(server.observer().handshakes()).isZero();
                }
            }
        }

        @Test
        void failsOnGarbage() throws Exception {
            for (Way way : Way.all().toList()) {
                try (EmbeddedConnection server = server(way)) {
                    server.send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    server.shut();
                    assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
                }
            }
        }

        @Test
        void failsWhenItIsBrokenOff() throws Exception {
            for (Way way : Way.all().toList()) {
                try (EmbeddedConnection server = server(way);
                        TlsClient client = client(server, way)) {
                    server.send(client.sent());
                    server.shut();
                    assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
                }
            }
        }

        @Test
        void isNoFailureWhereNothingCame() throws Exception {
            for (Way way : Way.all().toList()) {
                try (EmbeddedConnection server = server(way)) {
                    server.shut();
                    assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
                }
            }
        }

        @Test
        void needsCertificateThatIsTrusted() throws Exception {
            X509Bundle stranger = new Certificates().client("CN=stranger");
            for (Way way : Way.all().toList()) {
                for (X509Bundle certificate : new @Nullable X509Bundle[] {null, stranger}) {
                    try (EmbeddedConnection server = server(way, "tls.client-auth=need");
                            TlsClient client = client(server, way, certificate)) {
                        client.carry();
                        assertThat(client.fault())
                                .isInstanceOf(SSLException.class)
                                .hasMessageContaining("fatal alert");
                        server.shut();
                        assertThat(server.observer().nextClosed().reason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
                    }
                }
            }
        }

        @Test
        void servesWithoutCertificateThatIsOnlyWanted() throws Exception {
            for (Way way : Way.all().toList()) {
                for (X509Bundle certificate :
                        new @Nullable X509Bundle[] {null, CERTIFICATES.client("CN=client, O=Readback")}) {
                    try (EmbeddedConnection server = server(way, "tls.client-auth=want");
                            TlsClient client = client(server, way, certificate).handshake()) {
                        client.write("x").carry();
                        assertThat(client.received()).isEqualTo("x" + ACKNOWLEDGEMENT);
                        assertThat(server.snapshot().tls()).isNotNull().satisfies(it -> {
                            assertThat(it.protocol()).isEqualTo(way.protocol());
                            assertThat(it.serverName()).isEqualTo(Certificates.HOST);
                            assertThat(it.clientSubject())
                                    .isEqualTo(certificate == null ? null : "CN=client,O=Readback");
                        });
                    }
                }
            }
        }
    }
}
