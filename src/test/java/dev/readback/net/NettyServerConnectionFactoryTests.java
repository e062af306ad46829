package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.readback.net.TestListener.Transport;
import dev.readback.testing.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A listener's start, its stop, and what it knows of its connections, on each transport. */
class NettyServerConnectionFactoryTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void isBoundWhenStartReturns(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport);
                Socket client = listener.connect()) {
            assertThat(listener.port()).isPositive();
            assertThat(listener.factory().isListening()).isTrue();
            assertThat(listener.factory().address()).isEqualTo("*:" + listener.port());
            Replies.exchange(client, "hello");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void secondStartChangesNothing(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport);
                Socket client = listener.connect()) {
            Replies.exchange(client, "before");
            int port = listener.port();
            listener.factory().start();
            assertThat(listener.port()).isEqualTo(port);
            assertThat(listener.factory().getOpenConnectionIds()).hasSize(1);
            Replies.exchange(client, "after");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void saysWhichAddressIsInUseAndLeavesNoThread(Transport transport) throws Exception {
        EventLoops loops = transport.open();
        try (ServerSocket taken = new ServerSocket(0)) {
            NettyServerConnectionFactory factory = factory(loops, "port=" + taken.getLocalPort());
            assertThatExceptionOfType(ListenerBindException.class)
                    .isThrownBy(factory::start)
                    .withMessage(
                            "listener 'test' cannot bind 0.0.0.0:%d: address already in use", taken.getLocalPort());
            assertThat(factory.isListening()).isFalse();
            assertThat(factory.address()).isEmpty();
            factory.stop();
        } finally {
            loops.close();
        }
        assertThat(loops.group().isTerminated()).isTrue();
        assertThat(loops.group()).allSatisfy(it -> assertThat(it.isTerminated()).isTrue());
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void namesTheAddressThatItWasGiven(Transport transport) throws Exception {
        try (EventLoops loops = transport.open();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            NettyServerConnectionFactory factory = factory(loops, "address=127.0.0.1", "port=" + taken.getLocalPort());
            assertThatExceptionOfType(ListenerBindException.class)
                    .isThrownBy(factory::start)
                    .withMessage(
                            "listener 'test' cannot bind 127.0.0.1:%d: address already in use", taken.getLocalPort());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void startsOnceTheAddressIsFree(Transport transport) throws Exception {
        try (EventLoops loops = transport.open()) {
            NettyServerConnectionFactory factory;
            try (ServerSocket taken = new ServerSocket(0)) {
                factory = factory(loops, "port=" + taken.getLocalPort());
                assertThatThrownBy(factory::start).isInstanceOf(ListenerBindException.class);
            }
            factory.start();
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), factory.getPort())) {
                Replies.exchange(client, "hello");
            } finally {
                factory.stop();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void knowsItsPortOnceItIsBound(Transport transport) {
        try (EventLoops loops = transport.open()) {
            NettyServerConnectionFactory factory = factory(loops, "port=0");
            assertThat(factory.getPort()).isZero();
            factory.start();
            assertThat(factory.getPort()).isPositive();
            factory.stop();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void stopClosesConnectionsPolitely(Transport transport) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                TestListener listener = TestListener.start(transport);
                Socket client = listener.connect()) {
            Replies.exchange(client, "hello");
            Future<?> stopping = threads.submit(listener.factory()::stop);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.shutdownOutput();
            assertThat(stopping).succeedsWithin(PATIENCE);
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.DRAINED);
            assertThat(listener.factory().isListening()).isFalse();
            assertThatThrownBy(listener::connect).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void secondStopChangesNothing(Transport transport) {
        try (TestListener listener = TestListener.start(transport)) {
            listener.factory().stop();
            listener.factory().stop();
            assertThat(listener.factory().isListening()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void stopReturnsWhenTheEventLoopsHaveEndedBeforeIt(Transport transport) {
        EventLoops loops = transport.open();
        NettyServerConnectionFactory factory = factory(loops);
        factory.start();
        loops.close();
        factory.stop();
        assertThat(factory.isListening()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void stopResetsClientsThatNeverStopSending(Transport transport) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                EventLoops loops = transport.open()) {
            RecordingObserver observer = new RecordingObserver();
            NettyServerConnectionFactory factory = factory(loops, observer, "timeouts.linger=20s");
            factory.start();
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), factory.getPort())) {
                Future<Throwable> sending = threads.submit(() -> sendUntilReset(client));
                Future<?> reading = threads.submit(() -> drain(client));
                await().atMost(PATIENCE).until(() -> observer.frames() > 0);
                factory.stop();
                assertThat(sending).succeedsWithin(PATIENCE);
                assertThat(reading).isNotCancelled();
            }
            assertThat(observer.nextClosed().reason()).isEqualTo(CloseReason.DRAIN_FORCED);
            assertThat(observer.active()).isZero();
        }
    }

    private static Throwable sendUntilReset(Socket client) {
        byte[] chunk = Replies.payload(10_000);
        try {
            while (true) {
                client.getOutputStream().write(chunk);
            }
        } catch (IOException reset) {
            return reset;
        }
    }

    private static Object drain(Socket client) throws IOException {
        return client.getInputStream().readAllBytes();
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void stopLeavesNoneOfTheConnectionsThatComeMeanwhile(Transport transport) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                EventLoops loops = transport.open()) {
            RecordingObserver observer = new RecordingObserver();
            NettyServerConnectionFactory factory = factory(loops, observer, "timeouts.linger=1s");
            List<Socket> open = new ArrayList<>();
            for (int round = 0; round < 20; round++) {
                factory.start();
                int port = factory.getPort();
                CompletableFuture<?> first = new CompletableFuture<>();
                Future<List<Socket>> connecting = threads.submit(() -> connectUntilRefused(port, first));
                assertThat(first).succeedsWithin(PATIENCE);
                factory.stop();
                assertThat(observer.active()).as("open after stop %d", round).isZero();
                assertThat(connecting).succeedsWithin(PATIENCE);
                open.addAll(connecting.get());
            }
            for (Socket client : open) {
                client.close();
            }
        }
    }

    private static List<Socket> connectUntilRefused(int port, CompletableFuture<?> first) {
        List<Socket> open = new ArrayList<>();
        try {
            while (open.size() < 500) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
                open.add(client);
                client.shutdownOutput();
                first.complete(null);
            }
        } catch (IOException refused) {
            // the listener is gone, as it should
        }
        return open;
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void startsAgainAfterStopWithIdsThatWereNotGivenBefore(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport)) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                listener.factory().start();
                try (Socket client = listener.connect()) {
                    Replies.exchange(client, "hello");
                    ids.addAll(listener.factory().getOpenConnectionIds());
                }
                listener.factory().stop();
            }
            assertThat(ids).hasSize(2).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void closesTheConnectionThatAnOperatorNames(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport);
                Socket first = listener.connect();
                Socket other = listener.connect()) {
            Replies.exchange(first, "hello");
            String id = listener.factory().getOpenConnectionIds().stream()
                    .filter(it -> port(listener, it) == first.getLocalPort())
                    .findFirst()
                    .orElseThrow();
            assertThat(listener.factory().closeConnection(id)).isTrue();
            assertThat(first.getInputStream().read()).isEqualTo(-1);
            first.shutdownOutput();
            assertThat(listener.observer().nextClosed())
                    .returns(CloseReason.OPERATOR, ConnectionSummary::reason)
                    .returns(id, ConnectionSummary::id);
            assertThat(listener.factory().closeConnection(id)).isFalse();
            Replies.exchange(other, "still here");
        }
    }

    private static int port(TestListener listener, String id) {
        return listener.factory().connections().stream()
                .filter(it -> it.getConnectionId().equals(id))
                .findFirst()
                .orElseThrow()
                .getPort();
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void operatorsCloseSendsWhatWaits(Transport transport) throws Exception {
        byte[] sent = Replies.payload(8 * 1024 * 1024);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                TestListener listener = TestListener.start(transport);
                Socket client = listener.connect(4096)) {
            Future<?> sending = threads.submit(() -> {
                client.getOutputStream().write(sent);
                client.shutdownOutput();
                return sent;
            });
            await().atMost(PATIENCE).until(() -> listener.observer().readsPaused() > 0);
            String id = listener.factory().getOpenConnectionIds().getFirst();
            listener.factory().closeConnection(id);
            byte[] replies = client.getInputStream().readAllBytes();
            assertThat(sending).succeedsWithin(PATIENCE);
            Replies parts = Replies.parse(replies);
            assertThat(Replies.text(sent).startsWith(parts.payload())).isTrue();
            assertThat(listener.observer().nextClosed())
                    .returns(CloseReason.OPERATOR, ConnectionSummary::reason)
                    .returns((long) replies.length, ConnectionSummary::sent)
                    .returns((long) parts.acknowledgements(), ConnectionSummary::acknowledgements);
        }
    }

    @Test
    void needsAGateway() {
        try (EventLoops loops = EventLoops.open()) {
            NettyServerConnectionFactory factory = new NettyServerConnectionFactory(
                    "test", Settings.listener(), loops, ListenerObserver.NONE, Duration.ofSeconds(1), null);
            assertThatThrownBy(factory::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("listener 'test' has no gateway");
        }
    }

    private static NettyServerConnectionFactory factory(EventLoops loops, String... settings) {
        return factory(loops, new RecordingObserver(), settings);
    }

    private static NettyServerConnectionFactory factory(
            EventLoops loops, RecordingObserver observer, String... settings) {
        NettyServerConnectionFactory factory = new NettyServerConnectionFactory(
                "test", Settings.listener(settings), loops, observer, Duration.ofSeconds(1), null);
        factory.registerListener(message -> TestListener.echo(message));
        return factory;
    }
}
