package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What operators do to a listener and its connections while they live. */
class ControlTests {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final String REPLY = "hello" + TestListener.ACKNOWLEDGEMENT;
    private static final long PATIENCE_SECONDS = 20;

    @Test
    void aPauseRefusesNewConnectionsAndLeavesLiveOnesAlone() throws Exception {
        try (TestListener listener = TestListener.start();
                Socket client = listener.connect()) {
            exchange(client);
            listener.factory().pause();
            assertThat(listener.factory().state()).isEqualTo(ListenerState.PAUSED);
            assertThatThrownBy(listener::connect).isInstanceOf(ConnectException.class);
            exchange(client);
            listener.factory().resume();
            assertThat(listener.factory().state()).isEqualTo(ListenerState.LISTENING);
            try (Socket another = listener.connect()) {
                exchange(another);
            }
            exchange(client);
        }
    }

    @Test
    void aHundredPausesUnderLoadLoseNothingOnLiveConnections() throws Exception {
        try (TestListener listener = TestListener.start()) {
            AtomicBoolean stop = new AtomicBoolean();
            List<Socket> clients =
                    List.of(listener.connect(), listener.connect(), listener.connect(), listener.connect());
            List<CompletableFuture<Long>> loads = clients.stream()
                    .map(it -> CompletableFuture.supplyAsync(() -> load(it, stop)))
                    .toList();
            for (int i = 0; i < 100; i++) {
                listener.factory().pause();
                listener.factory().resume();
            }
            stop.set(true);
            long exchanged = 0;
            for (CompletableFuture<Long> load : loads) {
                exchanged += load.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            long total = exchanged;
            assertThat(total).isPositive();
            await().untilAsserted(() ->
                    assertThat(listener.observer().acknowledgements()).isEqualTo(total));
            assertThat(listener.observer().active()).isEqualTo(4);
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aResumeSaysThatThePortWasTakenMeanwhile() throws Exception {
        try (TestListener listener = TestListener.start("address=127.0.0.1");
                Socket client = listener.connect()) {
            listener.factory().pause();
            int port = listener.port();
            try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(taken.getLocalPort()).isEqualTo(port);
                assertThatThrownBy(listener.factory()::resume)
                        .isInstanceOf(ListenerBindException.class)
                        .hasMessage("listener 'test' cannot bind 127.0.0.1:" + port + ": address already in use");
                assertThat(listener.factory().state()).isEqualTo(ListenerState.FAILED);
                exchange(client);
            }
            listener.factory().resume();
            assertThat(listener.factory().state()).isEqualTo(ListenerState.LISTENING);
            assertThat(listener.port()).isEqualTo(port);
        }
    }

    @Test
    void aListenerThatCouldNotStartAgainIsNotResumed() throws Exception {
        try (TestListener listener = TestListener.start("address=127.0.0.1", "port=" + freePort())) {
            listener.factory().stop();
            try (ServerSocket taken = new ServerSocket(listener.port(), 1, InetAddress.getLoopbackAddress())) {
                assertThat(taken.isBound()).isTrue();
                assertThatThrownBy(listener.factory()::start).isInstanceOf(ListenerBindException.class);
            }
            assertThatThrownBy(listener.factory()::resume)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("listener 'test' is failed: only one that has started can be resumed");
            listener.factory().start();
            try (Socket client = listener.connect()) {
                exchange(client);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @Test
    void aStoppedListenerIsNeitherPausedNorResumed() {
        try (TestListener listener = TestListener.start()) {
            listener.factory().stop();
            assertThatThrownBy(listener.factory()::pause)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("listener 'test' is stopped");
            assertThatThrownBy(listener.factory()::resume)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("listener 'test' is stopped");
        }
    }

    @Test
    void tuningClosesConnectionsThatWereIdleForLongerAlready() throws Exception {
        try (TestListener listener = TestListener.start("timeouts.idle=60s");
                Socket client = listener.connect()) {
            exchange(client);
            listener.factory().tune(listener.factory().timeouts().with(Map.of("idle", "10ms")));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.close();
            assertThat(listener.observer().nextClosed())
                    .returns(CloseReason.IDLE_TIMEOUT, ConnectionSummary::reason)
                    .satisfies(it -> assertThat(it.nanos()).isLessThan(TimeUnit.SECONDS.toNanos(60)));
        }
    }

    @Test
    void tuningTurnsATimeoutOnForLiveConnectionsAndOff() throws Exception {
        try (TestListener listener = TestListener.start("timeouts.idle=0s");
                Socket client = listener.connect()) {
            exchange(client);
            listener.factory().tune(listener.factory().timeouts().with(Map.of("idle", "30s")));
            listener.factory().tune(listener.factory().timeouts().with(Map.of("idle", "0s")));
            exchange(client);
            listener.factory().tune(listener.factory().timeouts().with(Map.of("lifetime", "1ms")));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.close();
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.LIFETIME);
        }
    }

    @Test
    void shutWriteShowsTheClientTheEndAndStillCountsWhatItSends() throws Exception {
        try (TestListener listener = TestListener.start();
                Socket client = listener.connect()) {
            exchange(client);
            operate(listener, Operation.SHUTDOWN_WRITE);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.getOutputStream().write(HELLO);
            await().untilAsserted(() ->
                    assertThat(listener.observer().receivedBytes()).isEqualTo(2L * HELLO.length));
            assertThat(snapshot(listener).open()).containsExactly(Side.PEER);
            assertThat(listener.observer().halfOpen(Side.LOCAL)).isEqualTo(1);
            client.close();
            assertThat(listener.observer().nextClosed())
                    .returns(CloseReason.PEER_CLOSED, ConnectionSummary::reason)
                    .returns(1L, ConnectionSummary::frames)
                    .returns((long) REPLY.length(), ConnectionSummary::sent);
            assertThat(listener.observer().halfOpen(Side.LOCAL)).isZero();
        }
    }

    @Test
    void shutReadIgnoresWhatComesAndStillDeliversWhatIsPending() throws Exception {
        try (TestListener listener = TestListener.start("timeouts.write=60s");
                Socket client = listener.connect()) {
            CompletableFuture<Void> sender = CompletableFuture.runAsync(
                    () -> sendUntil(client, () -> listener.observer().readsPaused() > 0));
            await().until(() -> listener.observer().readsPaused() > 0);
            ConnectionSnapshot shut = operate(listener, Operation.SHUTDOWN_READ);
            assertThat(shut.open()).containsExactly(Side.LOCAL);
            long answers = shut.received() + shut.frames() * TestListener.ACKNOWLEDGEMENT.length();
            assertThat(shut.sent()).isLessThan(answers);
            assertThat(client.getInputStream().readNBytes((int) answers)).hasSize((int) answers);
            sender.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            client.shutdownOutput();
            assertThat(client.getInputStream().read())
                    .as("nothing more is answered")
                    .isEqualTo(-1);
            assertThat(listener.observer().nextClosed())
                    .returns(CloseReason.PEER_CLOSED, ConnectionSummary::reason)
                    .returns(shut.frames(), ConnectionSummary::frames)
                    .satisfies(it -> assertThat(it.received()).isGreaterThan(shut.received()));
            assertThat(listener.observer().halfOpen(Side.PEER)).isZero();
        }
    }

    @Test
    void shutBothEndsWithTheClientOrAtTheLinger() throws Exception {
        try (TestListener listener = TestListener.start("timeouts.linger=50ms")) {
            try (Socket client = listener.connect()) {
                exchange(client);
                operate(listener, Operation.SHUTDOWN_BOTH);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
                assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.LINGER_TIMEOUT);
            }
            listener.factory().tune(listener.factory().timeouts().with(Map.of("linger", "60s")));
            try (Socket client = listener.connect()) {
                exchange(client);
                operate(listener, Operation.SHUTDOWN_BOTH);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.OPERATOR);
        }
    }

    @Test
    void resetSendsAReset() throws Exception {
        try (TestListener listener = TestListener.start();
                Socket client = listener.connect()) {
            exchange(client);
            operate(listener, Operation.RESET);
            assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.OPERATOR);
        }
    }

    @Test
    void showsAConnectionAsItIs() throws Exception {
        try (TestListener listener = TestListener.start();
                Socket client = listener.connect()) {
            exchange(client);
            assertThat(snapshot(listener))
                    .returns("test-1", ConnectionSnapshot::id)
                    .returns("test", ConnectionSnapshot::listener)
                    .returns(client.getLocalPort(), it -> it.peer().getPort())
                    .returns((long) HELLO.length, ConnectionSnapshot::received)
                    .returns((long) REPLY.length(), ConnectionSnapshot::sent)
                    .returns(1L, ConnectionSnapshot::frames)
                    .returns(1L, ConnectionSnapshot::acknowledgements)
                    .returns(false, ConnectionSnapshot::readPaused)
                    .returns(null, ConnectionSnapshot::closing)
                    .satisfies(it -> assertThat(it.open()).containsExactlyInAnyOrder(Side.PEER, Side.LOCAL))
                    .satisfies(it -> assertThat(it.ageNanos()).isGreaterThanOrEqualTo(it.idleNanos()));
            assertThat(listener.factory().operate("test-2", Operation.CLOSE)).isEmpty();
        }
    }

    private static void sendUntil(Socket client, BooleanSupplier enough) {
        byte[] chunk = new byte[64 * 1024];
        try {
            do {
                client.getOutputStream().write(chunk);
            } while (!enough.getAsBoolean());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ConnectionSnapshot operate(TestListener listener, Operation operation) throws Exception {
        return listener.factory()
                .operate(snapshot(listener).id(), operation)
                .orElseThrow()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static ConnectionSnapshot snapshot(TestListener listener) throws Exception {
        List<ConnectionSnapshot> open = listener.factory().snapshots().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(open).hasSize(1);
        return open.getFirst();
    }

    private static void exchange(Socket client) throws IOException {
        client.getOutputStream().write(HELLO);
        byte[] reply = client.getInputStream().readNBytes(REPLY.length());
        assertThat(new String(reply, StandardCharsets.US_ASCII)).isEqualTo(REPLY);
    }

    private static long load(Socket client, AtomicBoolean stop) {
        long exchanged = 0;
        try {
            while (!stop.get()) {
                exchange(client);
                exchanged++;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return exchanged;
    }
}
