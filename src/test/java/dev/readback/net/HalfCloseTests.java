package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.readback.net.TestListener.Transport;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections of which one side is shut, on each transport. */
class HalfCloseTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void answersThenCloses(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport);
                Socket client = listener.connect()) {
            client.getOutputStream().write(Replies.bytes("hello"));
            client.shutdownOutput();
            assertThat(Replies.readAll(client)).isEqualTo(new Replies("hello", 1));
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
            assertNothingHalfOpen(listener);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void answersAllThatCameBeforeTheFinOfAClientThatReadsLate(Transport transport) throws Exception {
        byte[] sent = Replies.payload(8 * 1024 * 1024);
        try (ExecutorService sender = Executors.newVirtualThreadPerTaskExecutor();
                TestListener listener = TestListener.start(transport);
                Socket client = listener.connect(4096)) {
            Future<?> sending = sender.submit(() -> {
                client.getOutputStream().write(sent);
                client.shutdownOutput();
                return sent;
            });
            await().atMost(PATIENCE).until(() -> listener.observer().readsPaused() > 0);
            String payload = Replies.readAll(client).payload();
            assertThat(sending).succeedsWithin(PATIENCE);
            assertThat(payload.equals(Replies.text(sent)))
                    .as("%d bytes came back as they were sent", payload.length())
                    .isTrue();
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void keepsItsSideOpenUntilTheHalfOpenTimeout(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, "half-close=keep-open", "timeouts.half-open=1s");
                Socket client = listener.connect()) {
            client.getOutputStream().write(Replies.bytes("hello"));
            long shut = System.nanoTime();
            client.shutdownOutput();
            Replies.expect(client.getInputStream(), "hello");
            await().atMost(PATIENCE).until(() -> listener.observer().halfOpen(Side.PEER) == 1);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(System.nanoTime() - shut)
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.HALF_OPEN_TIMEOUT);
            assertThat(listener.observer().timeouts()).containsExactly(TimeoutKind.HALF_OPEN);
            assertNothingHalfOpen(listener);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void keepsItsSideOpenPastTheIdleTimeout(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, "half-close=keep-open", "timeouts.idle=200ms");
                Socket client = listener.connect()) {
            Replies.exchange(client, "hello");
            client.shutdownOutput();
            client.setSoTimeout(600);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(listener.observer().halfOpen(Side.PEER)).isEqualTo(1);
            assertThat(listener.observer().active()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void closesAtOnceWhenToldTo(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, "half-close=close-now");
                Socket client = listener.connect()) {
            Replies.exchange(client, "hello");
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
            assertNothingHalfOpen(listener);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void itsOwnCloseLeavesTheClientEveryByteAndNoReset(Transport transport) throws Exception {
        byte[] late = Replies.payload(100_000);
        try (TestListener listener = TestListener.start(transport, "timeouts.idle=200ms", "timeouts.linger=20s");
                Socket client = listener.connect()) {
            client.getOutputStream().write(Replies.bytes("hello"));
            await().atMost(PATIENCE).until(() -> listener.observer().halfOpen(Side.LOCAL) == 1);
            client.getOutputStream().write(late);
            await().atMost(PATIENCE).until(() -> listener.observer().receivedBytes() == 5 + late.length);
            assertThat(Replies.readAll(client)).isEqualTo(new Replies("hello", 1));
            client.getOutputStream().write(late); // a reset on its way would fail this or what follows
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(listener.observer().nextClosed())
                    .returns(CloseReason.IDLE_TIMEOUT, ConnectionSummary::reason)
                    .returns(5L + 2L * late.length, ConnectionSummary::received)
                    .returns(1L, ConnectionSummary::frames);
            assertThat(listener.observer().timeouts()).containsExactly(TimeoutKind.IDLE);
            assertNothingHalfOpen(listener);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void lingerBoundsItsOwnClose(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, "timeouts.idle=200ms", "timeouts.linger=300ms");
                Socket client = listener.connect()) {
            Replies.exchange(client, "hello");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            ConnectionSummary summary = listener.observer().nextClosed();
            assertThat(summary.reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
            assertThat(summary.nanos())
                    .isGreaterThanOrEqualTo(Duration.ofMillis(500).toNanos());
            assertThat(listener.observer().timeouts()).containsExactly(TimeoutKind.IDLE, TimeoutKind.LINGER);
            assertNothingHalfOpen(listener);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void resetWhileReadingLeavesNothingHalfOpen(Transport transport) throws Exception {
        try (TestListener listener =
                TestListener.start(transport, "half-close=keep-open", "timeouts.half-open=200ms")) {
            Socket client = listener.connect();
            Replies.exchange(client, "hello");
            client.setSoLinger(true, 0);
            client.close();
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
            assertNothingHalfOpen(listener);
            // a timeout that was started after the end would run out before this connection is over
            try (Socket next = listener.connect()) {
                next.shutdownOutput();
                assertThat(next.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.HALF_OPEN_TIMEOUT);
            assertThat(listener.observer().timeouts()).containsExactly(TimeoutKind.HALF_OPEN);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void halfOpenTimeoutEndsWhatAClientThatIsGoneLeft(Transport transport) throws Exception {
        try (TestListener listener =
                TestListener.start(transport, "half-close=keep-open", "timeouts.half-open=200ms")) {
            Socket client = listener.connect();
            client.getOutputStream().write(Replies.bytes("hello"));
            client.shutdownOutput();
            await().atMost(PATIENCE).until(() -> listener.observer().halfOpen(Side.PEER) == 1);
            client.close(); // over an unread reply: a reset, which the transport does not tell after a FIN
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.HALF_OPEN_TIMEOUT);
            assertNothingHalfOpen(listener);
        }
    }

    // the gauges move on the event loop before the end is told, so they are final by then
    private static void assertNothingHalfOpen(TestListener listener) {
        assertThat(listener.observer().halfOpen(Side.PEER)).isZero();
        assertThat(listener.observer().halfOpen(Side.LOCAL)).isZero();
    }
}
