package dev.readback.net;

import static dev.readback.net.ProxyHeaders.LOCAL;
import static dev.readback.net.ProxyHeaders.PROXY;
import static dev.readback.net.ProxyHeaders.TCP4;
import static dev.readback.net.ProxyHeaders.UNSPEC;
import static dev.readback.net.ProxyHeaders.binary;
import static dev.readback.net.ProxyHeaders.join;
import static dev.readback.net.ProxyHeaders.required;
import static dev.readback.net.ProxyHeaders.text;
import static dev.readback.net.ProxyHeaders.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.integration.ip.IpHeaders;

/** A connection is the client's that its PROXY header names, and does not begin before that. */
class ProxyReaderTests {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String REPLY = "hello" + TestListener.ACKNOWLEDGEMENT;

    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of(bytes(text("203.0.113.9", 4000)), "tcp4", "203.0.113.9:4000"),
                Arguments.of(bytes(text("2001:db8::9", 4000)), "tcp6", "[2001:db8::9]:4000"),
                Arguments.of(bytes(text("::ffff:203.0.113.9", 4000)), "tcp6", "203.0.113.9:4000"),
                Arguments.of(binary("203.0.113.9", 4000), "tcp4", "203.0.113.9:4000"),
                Arguments.of(binary("2001:db8::9", 4000), "tcp6", "[2001:db8::9]:4000"),
                Arguments.of(binary("203.0.113.9", 4000, value(2, "example.org")), "tcp4", "203.0.113.9:4000"),
                Arguments.of(bytes("PROXY UNKNOWN\r\n"), "unknown", null),
                Arguments.of(bytes("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"), "unknown", null),
                Arguments.of(binary(PROXY, UNSPEC, new byte[0]), "unknown", null),
                Arguments.of(binary(PROXY, UNSPEC, value(2, "example.org")), "unknown", null),
                Arguments.of(binary(LOCAL, UNSPEC, new byte[0]), "local", null),
                Arguments.of(binary(LOCAL, TCP4, new byte[12]), "local", null),
                Arguments.of(binary(PROXY, 0x31, Arrays.copyOf(bytes("/run/client"), 216)), "unix", null));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void namesTheClientHoweverTheHeaderIsCut(byte[] header, String protocol, @Nullable String client) throws Exception {
        String peer = client == null ? "192.0.2.7:40000" : client;
        byte[] all = join(header, bytes("hello"));
        for (int cut = 0; cut < header.length; cut += Math.max(1, header.length / 60)) {
            try (TestConnection connection = TestConnection.open(required())) {
                send(connection, Arrays.copyOf(all, cut));
                send(connection, Arrays.copyOfRange(all, cut, all.length));
                assertServed(connection, protocol, peer);
            }
        }
        try (TestConnection connection = TestConnection.open(required("framing.type=line"))) {
            for (byte next : join(header, bytes("hello\n"))) {
                send(connection, new byte[] {next});
            }
            assertThat(connection.channel().taken()).isEqualTo("hello\n" + TestListener.ACKNOWLEDGEMENT);
            assertThat(proxy(connection).protocol()).isEqualTo(protocol);
        }
    }

    private static void assertServed(TestConnection connection, String protocol, String peer) {
        assertThat(connection.channel().taken()).isEqualTo(REPLY);
        ConnectionSnapshot snapshot = connection.connection().snapshot();
        assertThat(NetUtil.toSocketAddressString(snapshot.peer())).isEqualTo(peer);
        assertThat(proxy(connection))
                .returns(protocol, ProxyHeader::protocol)
                .returns(TestChannel.PEER, ProxyHeader::via);
        assertThat(snapshot.received())
                .as("bytes received, the header not counted")
                .isEqualTo(5);
        assertThat(connection.observer().receivedBytes()).isEqualTo(5);
        assertThat(connection.observer().acceptedConnections()).isEqualTo(1);
        assertThat(handlers(connection.channel()))
                .as("what is left of the entrance")
                .allMatch(it -> !it.getClass().getName().contains("roxy"));
    }

    private static List<ChannelHandler> handlers(Channel channel) {
        return channel.pipeline().toMap().values().stream().toList();
    }

    @Test
    void showsWhatTheHeaderHolds() throws Exception {
        byte[] inside = join(value(0x21, "TLSv1.3"), value(0x22, "client"));
        byte[] header = binary(
                "203.0.113.9",
                4000,
                value(0x01, "h2"),
                value(0x02, "example.org"),
                value(0x03, "abcd"),
                value(0x05, new byte[] {1, 2, (byte) 0xff}),
                value(0x20, join(new byte[] {7, 0, 0, 0, 0}, inside)),
                value(0x30, "blue"),
                value(0xe0, HexFormat.of().parseHex("ffffffffffffffff")),
                value(0xea, "\u0001vpce-08d2bf15fac5001c9"),
                value(0xee, HexFormat.of().parseHex("0178563412")),
                value(0xe1, "own"));
        try (TestConnection connection = TestConnection.open(required())) {
            send(connection, header);
            ProxyHeader proxy = proxy(connection);
            assertThat(proxy)
                    .returns(2, ProxyHeader::version)
                    .returns("203.0.113.9:4000", ProxyHeader::source)
                    .returns("198.51.100.1:12345", ProxyHeader::destination);
            assertThat(proxy.values())
                    .containsExactly(
                            plain(0x01, "alpn", "h2"),
                            plain(0x02, "authority", "example.org"),
                            plain(0x03, "crc32c", "0x61626364"),
                            plain(0x05, "unique-id", "0x0102ff"),
                            new ProxyValue(
                                    0x20,
                                    "ssl",
                                    "client=ssl+cert-conn+cert-sess verify=0",
                                    List.of(plain(0x21, "ssl-version", "TLSv1.3"), plain(0x22, "ssl-cn", "client"))),
                            plain(0x30, "netns", "blue"),
                            plain(0xe0, "gcp-psc-connection-id", "18446744073709551615"),
                            plain(0xea, "aws-vpc-endpoint-id", "vpce-08d2bf15fac5001c9"),
                            plain(0xee, "azure-private-endpoint-link-id", "305419896"),
                            plain(0xe1, "other", "own"));
        }
    }

    private static ProxyValue plain(int type, String name, String value) {
        return new ProxyValue(type, name, value, List.of());
    }

    @Test
    void tellsTheFlowWhoTheClientIs() throws Exception {
        try (TestConnection connection = TestConnection.open(
                message -> {
                    assertThat(message.getHeaders())
                            .containsAllEntriesOf(
                                    Map.of(IpHeaders.IP_ADDRESS, "203.0.113.9", IpHeaders.REMOTE_PORT, 4000));
                    TestListener.echo(message);
                },
                required())) {
            connection.receive(text("203.0.113.9", 4000) + "hello");
            assertThat(connection.channel().taken()).isEqualTo(REPLY);
            connection.channel().close();
            assertThat(connection.observer().nextClosed().peer()).isEqualTo(new InetSocketAddress("203.0.113.9", 4000));
        }
    }

    static Stream<byte[]> noHeaders() {
        byte[] announcesTooMuch = Arrays.copyOf(binary(PROXY, TCP4, new byte[ProxyReader.MAX_LENGTH - 15]), 16);
        return Stream.of(
                bytes("h"),
                bytes("GET / HTTP/1.1\r\n"),
                bytes("PROXy"),
                bytes("PROXY\t"),
                bytes("\r\n\r\n\r"),
                HexFormat.of().parseHex("0d0a0d0a000d0a515549540a11"),
                HexFormat.of().parseHex("0d0a0d0a000d0a515549540a22"),
                HexFormat.of().parseHex("160301"),
                announcesTooMuch,
                bytes("PROXY TCP4 203.0.113.9\r\n"),
                bytes("PROXY TCP4 203.0.113.256 198.51.100.1 4000 12345\r\n"),
                bytes("PROXY TCP4 2001:db8::9 2001:db8::12 4000 12345\r\n"),
                bytes("PROXY TCP4 example.org 198.51.100.1 4000 12345\r\n"),
                bytes("PROXY TCP4 203.0.113.9 198.51.100.1 65536 12345\r\n"),
                bytes("PROXY TCP6 fe80::9%eth0 2001:db8::12 4000 12345\r\n"),
                bytes("PROXY UDP4 203.0.113.9 198.51.100.1 4000 12345\r\n"),
                bytes("PROXY TCP5 203.0.113.9 198.51.100.1 4000 12345\r\n"),
                bytes("PROXY " + "x".repeat(120)),
                binary(PROXY, 0x12, new byte[12]),
                binary(PROXY, 0x32, new byte[216]),
                binary(PROXY, 0x41, new byte[36]),
                binary(PROXY, TCP4, new byte[11]),
                binary(PROXY, 0x21, new byte[35]),
                binary(PROXY, 0x31, new byte[215]),
                binary("203.0.113.9", 4000, HexFormat.of().parseHex("02ffff00")),
                binary(
                        "203.0.113.9",
                        4000,
                        value(2, "example.org"),
                        HexFormat.of().parseHex("20000400000000")));
    }

    @ParameterizedTest
    @MethodSource("noHeaders")
    void closesAtOnceWhatHasNoHeader(byte[] input) throws Exception {
        for (boolean cut : new boolean[] {false, true}) {
            try (TestConnection connection = TestConnection.open(required("framing.type=line"))) {
                if (cut) {
                    for (byte next : input) {
                        if (connection.isOpen()) {
                            send(connection, new byte[] {next});
                        }
                    }
                } else {
                    send(connection, join(input, bytes("hello\r\nPROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n")));
                }
                assertThat(connection.isOpen()).isFalse();
                ConnectionSummary summary = connection.observer().nextClosed();
                assertThat(summary.reason()).isEqualTo(CloseReason.PROXY_HEADER_INVALID);
                assertThat(summary.received()).isZero();
                assertThat(connection.channel().taken()).isEmpty();
                assertThat(connection.observer().acceptedConnections()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"P", "PROXY TCP4 203.0.113.9", "\r\n\r\n"})
    void closesWhatEndsInsideItsHeader(String piece) throws Exception {
        try (TestConnection connection = TestConnection.open(required())) {
            connection.receive(piece);
            connection.channel().peerShuts();
            assertThat(connection.observer().nextClosed().reason()).isEqualTo(CloseReason.PROXY_HEADER_INVALID);
        }
    }

    @Test
    void takesAConnectionThatEndsAtOnceForACheck() throws Exception {
        try (TestConnection connection = TestConnection.open(required("half-close=keep-open"))) {
            connection.channel().peerShuts();
            assertThat(connection.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
        }
    }

    @Test
    void answersWhatComesBetweenTheHeaderAndTheEnd() throws Exception {
        try (TestConnection connection = TestConnection.open(required())) {
            connection.receive(text("203.0.113.9", 4000) + "hello");
            connection.channel().peerShuts();
            assertThat(connection.channel().taken()).isEqualTo(REPLY);
            assertThat(connection.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
        }
    }

    @Test
    void waitsForTheHeaderAsLongAsForAHandshakeAndOnlyThenForData() throws Exception {
        try (TestConnection connection =
                TestConnection.open(required("timeouts.handshake=10s", "timeouts.first-byte=3s", "timeouts.idle=4s"))) {
            connection.receive("PROXY TCP4 ");
            connection.passAlmost(SECOND.multipliedBy(10));
            connection.receive("203.0.113.9 198.51.100.1 4000 12345\r\n");
            connection.passAlmost(SECOND.multipliedBy(3));
            assertThat(connection.isUntouched()).isTrue();
            connection.passTheRest();
            assertThat(connection.observer().timeouts()).containsExactly(TimeoutKind.FIRST_BYTE);
        }
    }

    @Test
    void closesWhatHasNoHeaderInTime() throws Exception {
        try (TestConnection connection = TestConnection.open(required("timeouts.handshake=10s"))) {
            connection.receive("PROXY TCP4 ");
            connection.passAlmost(SECOND.multipliedBy(10));
            assertThat(connection.isUntouched()).isTrue();
            connection.passTheRest();
            assertThat(connection.observer().timeouts()).containsExactly(TimeoutKind.HANDSHAKE);
            assertThat(connection.observer().nextClosed().reason()).isEqualTo(CloseReason.HANDSHAKE_TIMEOUT);
        }
    }

    @Test
    void obeysAHandshakeTimeoutThatChangesMeanwhile() throws Exception {
        try (TestConnection connection = TestConnection.open(required("timeouts.handshake=0s", "timeouts.idle=1s"))) {
            connection.pass(SECOND.multipliedBy(2));
            connection.tune("handshake", "3s");
            connection.passAlmost(SECOND);
            assertThat(connection.isUntouched()).isTrue();
            connection.passTheRest();
            assertThat(connection.observer().timeouts()).containsExactly(TimeoutKind.HANDSHAKE);
        }
    }

    @Test
    void readsNoHeaderAnyMoreOnceAnOperatorCloses() throws Exception {
        try (TestConnection connection = TestConnection.open(required())) {
            connection.receive("PROXY ");
            connection.ending().finish(CloseReason.OPERATOR);
            connection.receive("no header, and ignored");
            assertThat(connection.isLingering()).isTrue();
            connection.channel().peerShuts();
            assertThat(connection.observer().nextClosed().reason()).isEqualTo(CloseReason.OPERATOR);
            assertThat(connection.observer().receivedBytes()).isZero();
            assertThat(connection.observer().acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    void waitsASecondForTheHeaderInADrainAndServesWhatComes() throws Exception {
        try (TestConnection connection = TestConnection.open(required())) {
            connection.listener().drain();
            connection.channel().runPendingTasks();
            connection.passAlmost(SECOND);
            connection.receive(text("203.0.113.9", 4000) + "hello");
            assertThat(connection.channel().taken()).isEqualTo(REPLY);
            connection.pass(SECOND);
            assertThat(connection.isLingering()).isTrue();
            connection.channel().peerShuts();
            assertThat(connection.observer().nextClosed().reason()).isEqualTo(CloseReason.DRAINED);
        }
    }

    @Test
    void turnsAwayInADrainWhatHasNoHeader() throws Exception {
        try (TestConnection connection = TestConnection.open(required())) {
            connection.listener().drain();
            connection.channel().runPendingTasks();
            connection.pass(SECOND);
            assertThat(connection.isLingering()).isTrue();
            connection.channel().peerShuts();
            assertThat(connection.observer().nextRefused()).isEqualTo(RefusalReason.DRAINING);
            assertThat(connection.observer().acceptedConnections()).isZero();
            assertThat(connection.observer().active()).isZero();
        }
    }

    @Test
    void dropsTheDataOfAClientThatIsTurnedAway() throws Exception {
        try (TestConnection connection = TestConnection.open(required("access.deny=203.0.113.0/24"))) {
            connection.receive(text("203.0.113.9", 4000) + "hello");
            assertThat(connection.isOpen()).isFalse();
            assertThat(connection.observer().nextRefused()).isEqualTo(RefusalReason.DENIED);
            assertThat(connection.observer().receivedBytes()).isZero();
            assertThat(connection.observer().acceptedConnections()).isZero();
            assertThat(connection.observer().active()).isZero();
        }
    }

    private static ProxyHeader proxy(TestConnection connection) {
        ProxyHeader proxy = connection.connection().snapshot().proxy();
        assertThat(proxy).isNotNull();
        return Objects.requireNonNull(proxy);
    }

    private static void send(TestConnection connection, byte[] bytes) {
        if (bytes.length > 0) {
            connection
                    .channel()
                    .writeInbound(connection
                            .channel()
                            .alloc()
                            .ioBuffer(bytes.length + Outbox.ROOM)
                            .writeBytes(bytes));
        }
    }

    private static byte[] bytes(String text) {
        return Replies.bytes(text);
    }
}
