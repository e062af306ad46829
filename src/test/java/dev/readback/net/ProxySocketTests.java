package dev.readback.net;

import static dev.readback.net.ProxyHeaders.required;
import static dev.readback.net.ProxyHeaders.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.net.TestListener.Transport;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may connect behind a load balancer, on each transport. */
class ProxySocketTests {

    private static final String TRANSPORTS = "dev.readback.net.TestListener$Transport#available";

    @ParameterizedTest
    @MethodSource(TRANSPORTS)
    void takesNoHeaderFromStrangers(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(
                        transport, "proxy-protocol.mode=required", "proxy-protocol.trusted=127.0.0.2");
                Socket stranger = listener.connectFrom("127.0.0.3");
                Socket balancer = listener.connectFrom("127.0.0.2")) {
            assertThat(listener.observer().nextRefused()).isEqualTo(RefusalReason.DENIED);
            RefusalTests.expectEnd(stranger);
            exchange(balancer, "203.0.113.9");
            assertThat(listener.observer().acceptedConnections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource(TRANSPORTS)
    void judgesTheClientAndNotTheLoadBalancer(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(
                        transport, required("access.allow=203.0.113.0/24", "access.deny=203.0.113.9"));
                Socket allowed = listener.connect();
                Socket denied = listener.connect();
                Socket unknown = listener.connect()) {
            exchange(allowed, "203.0.113.8");
            send(denied, text("203.0.113.9", 4000) + "hello");
            assertThat(listener.observer().nextRefused()).isEqualTo(RefusalReason.DENIED);
            RefusalTests.expectEnd(denied);
            send(unknown, "PROXY UNKNOWN\r\n");
            Replies.exchange(unknown, "a check");
            assertThat(listener.observer().acceptedConnections()).isEqualTo(2);
            assertThat(listener.observer().receivedBytes()).isEqualTo("hello".length() + "a check".length());
        }
    }

    @ParameterizedTest
    @MethodSource(TRANSPORTS)
    void limitsTheClientAndNotTheLoadBalancer(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, required("limits.connections-per-address=1"));
                Socket first = listener.connect();
                Socket other = listener.connect();
                Socket checks = listener.connect();
                Socket second = listener.connect();
                Socket third = listener.connect()) {
            exchange(first, "203.0.113.8");
            exchange(other, "203.0.113.9");
            send(checks, "PROXY UNKNOWN\r\n");
            Replies.exchange(checks, "a check");
            send(second, text("203.0.113.8", 4001));
            assertThat(listener.observer().nextRefused()).isEqualTo(RefusalReason.ADDRESS_LIMIT);
            RefusalTests.expectEnd(second);
            first.close();
            listener.observer().nextClosed();
            exchange(third, "203.0.113.8");
        }
    }

    @ParameterizedTest
    @MethodSource(TRANSPORTS)
    void countsConnectionsWithoutTheirHeaderToTheLimit(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, required("limits.connections=1"));
                Socket waiting = listener.connect();
                Socket second = listener.connect()) {
            assertThat(listener.observer().nextRefused()).isEqualTo(RefusalReason.LIMIT);
            RefusalTests.expectEnd(second);
            assertThat(listener.observer().acceptedConnections()).isZero();
            exchange(waiting, "203.0.113.9");
        }
    }

    @ParameterizedTest
    @MethodSource(TRANSPORTS)
    void answersHeaderDataAndEndThatComeTogether(Transport transport) throws Exception {
        for (int i = 0; i < 20; i++) {
            try (TestListener listener = TestListener.start(transport, required());
                    Socket client = listener.connect()) {
                send(client, text("203.0.113.9", 4000) + "hello");
                client.shutdownOutput();
                assertThat(Replies.text(client.getInputStream().readAllBytes()))
                        .isEqualTo("hello" + TestListener.ACKNOWLEDGEMENT);
                assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "PROXY TCP4 1.1.1.1 2.2.2.2 x 2\r\n"})
    void closesClientsThatSendNoHeader(String input) throws Exception {
        for (Transport transport : Transport.available().toList()) {
            try (TestListener listener = TestListener.start(transport, required());
                    Socket client = listener.connect()) {
                send(client, input);
                RefusalTests.expectEnd(client);
                assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.PROXY_HEADER_INVALID);
                assertThat(listener.observer().active()).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource(TRANSPORTS)
    void drainsConnectionsThatWaitForTheirHeader(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, required());
                Socket waiting = listener.connect();
                Socket served = listener.connect()) {
            exchange(served, "203.0.113.9");
            listener.factory().drain();
            assertThat(waiting.getInputStream().read()).isEqualTo(-1);
            waiting.close();
            assertThat(listener.observer().nextRefused()).isEqualTo(RefusalReason.DRAINING);
            assertThat(served.getInputStream().read()).isEqualTo(-1);
            served.close();
            listener.factory().stop();
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.DRAINED);
            assertThat(listener.factory().drained()).isEqualTo(new DrainReport(1, 0));
        }
    }

    private static void exchange(Socket socket, String client) throws IOException {
        send(socket, text(client, 4000));
        Replies.exchange(socket, "hello");
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(Replies.bytes(text));
    }
}
