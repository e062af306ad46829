package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.readback.net.TestListener.Transport;
import dev.readback.testing.LeakRecorder;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that do everything wrong leave nothing behind, and disturb nobody, on each transport. */
class HostileTests {

    private static final int THREADS = 4;
    private static final int AT_ONCE = 1000;
    private static final int VANISHED = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long CACHED_BUFFERS = 16 * 1024 * 1024; // what the allocator may keep for later

    /** What a client does to a connection that it has just opened. */
    private enum Misdeed {
        RESETS_AT_ONCE {
            @Override
            void commit(SocketChannel client) throws IOException {
                client.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        },
        RESETS_AFTER_SENDING {
            @Override
            void commit(SocketChannel client) throws IOException {
                send(client, 100);
                client.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        },
        SAYS_NOTHING {
            @Override
            void commit(SocketChannel client) {}
        },
        SENDS_BYTE_AT_A_TIME {
            @Override
            void commit(SocketChannel client) throws IOException {
                for (int i = 0; i < 3; i++) {
                    send(client, 1);
                }
            }
        },
        SHUTS_AT_ONCE {
            @Override
            void commit(SocketChannel client) throws IOException {
                client.shutdownOutput();
            }
        },
        SENDS_AND_SHUTS {
            @Override
            void commit(SocketChannel client) throws IOException {
                send(client, 5000);
                client.shutdownOutput();
            }
        },
        CLOSES_OVER_UNREAD_REPLIES {
            @Override
            void commit(SocketChannel client) throws IOException {
                send(client, 5000);
            }
        };

        abstract void commit(SocketChannel client) throws IOException;

        static Misdeed of(int turn) {
            return values()[turn % values().length];
        }

        private static void send(SocketChannel client, int bytes) throws IOException {
            client.write(ByteBuffer.allocate(bytes)); // what does not fit is not sent: nobody reads it anyway
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    @Timeout(180)
    void hundredThousandInSequenceLeaveNothingBehind(Transport transport) throws Exception {
        afterwardsNothingIsLeft(transport, 100_000, listener -> {
            AtomicLong opened = new AtomicLong();
            try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
                List<Future<?>> clients = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    clients.add(threads.submit(() -> sequence(listener, 100_000 / THREADS, opened)));
                }
                assertThat(clients).allSatisfy(it -> assertThat(it).succeedsWithin(Duration.ofMinutes(2)));
            }
        });
    }

    private static Object sequence(TestListener listener, int connections, AtomicLong opened) throws IOException {
        for (int i = 0; i < connections; i++) {
            int turn = (int) opened.getAndIncrement();
            try (SocketChannel client = SocketChannel.open(address(listener, turn))) {
                client.configureBlocking(false);
                commit(Misdeed.of(turn), client);
            }
            if (i % 100 == 0) {
                waitForAccepts(listener, opened.get());
            }
        }
        return connections;
    }

    // past its backlog the kernel drops connections of which Readback never hears
    private static void waitForAccepts(TestListener listener, long opened) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> listener.observer().acceptedConnections() > opened - AT_ONCE);
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void thousandAtOnceLeaveNothingBehind(Transport transport) throws Exception {
        afterwardsNothingIsLeft(transport, AT_ONCE, listener -> {
            List<SocketChannel> clients = new ArrayList<>();
            try {
                for (int i = 0; i < AT_ONCE; i++) {
                    SocketChannel client = SocketChannel.open(address(listener, i));
                    client.configureBlocking(false);
                    clients.add(client);
                }
                await().atMost(PATIENCE).until(() -> listener.observer().acceptedConnections() > AT_ONCE);
                for (int i = 0; i < AT_ONCE; i++) {
                    commit(Misdeed.of(i), clients.get(i));
                }
            } finally {
                for (SocketChannel client : clients) {
                    client.close();
                }
            }
        });
    }

    private static void commit(Misdeed misdeed, SocketChannel client) {
        try {
            misdeed.commit(client);
        } catch (IOException e) {
            throw new IllegalStateException(misdeed + " failed, though Readback does not reset", e);
        }
    }

    // as many addresses as it takes not to run out of ports that wait out their last connection
    private static InetSocketAddress address(TestListener listener, int turn) throws IOException {
        int host = Files.exists(Path.of("/proc/self")) ? 1 + turn % 32 : 1; // all of 127/8 is loopback on Linux
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0." + host), listener.port());
    }

    private interface Attack {
        void on(TestListener listener) throws Exception;
    }

    private static void afterwardsNothingIsLeft(Transport transport, int connections, Attack attack) throws Exception {
        try (TestListener listener = TestListener.start(transport, "timeouts.idle=3s", "timeouts.linger=500ms")) {
            try (Socket client = listener.connect()) {
                Replies.exchange(client, "warm");
                client.shutdownOutput();
                listener.observer().nextClosed();
            }
            long descriptors = openDescriptors();
            long buffers = buffersInUse();

            assertThat(replies(listener, attack)).isGreaterThan(100);

            await().atMost(PATIENCE).until(() -> listener.observer().active() == 0);
            assertThat(listener.observer().acceptedConnections()).isEqualTo(connections + VANISHED + 2L);
            assertThat(listener.factory().getOpenConnectionIds()).isEmpty();
            assertThat(listener.observer().halfOpen(Side.PEER)).isZero();
            assertThat(listener.observer().halfOpen(Side.LOCAL)).isZero();
            assertThat(reasons(listener, connections + VANISHED + 1))
                    .containsOnly(CloseReason.PEER_CLOSED, CloseReason.PEER_RESET, CloseReason.IDLE_TIMEOUT);
            assertThat(LeakRecorder.reports()).isEmpty();
            assertThat(buffersInUse()).isLessThan(buffers + CACHED_BUFFERS);
            await("descriptors are closed")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors));
        }
    }

    /** How many replies a well-behaved client had while others attacked, and until those that vanished were closed. */
    private static int replies(TestListener listener, Attack attack) throws Exception {
        AtomicInteger replies = new AtomicInteger();
        List<Socket> vanished = new ArrayList<>();
        try (ScheduledExecutorService bystander = Executors.newSingleThreadScheduledExecutor();
                Socket client = listener.connect()) {
            Future<?> serving =
                    bystander.scheduleWithFixedDelay(() -> exchange(client, replies), 0, 2, TimeUnit.MILLISECONDS);
            for (int i = 0; i < VANISHED; i++) {
                vanished.add(listener.connect()); // and is never heard of again
            }
            attack.on(listener);
            await().atMost(PATIENCE).until(() -> listener.observer().active() == 1);
            assertThat(serving).as("a wrong reply ends it").isNotDone();
            serving.cancel(false);
            return replies.get();
        } finally {
            for (Socket client : vanished) {
                client.close();
            }
        }
    }

    private static void exchange(Socket client, AtomicInteger replies) {
        try {
            Replies.exchange(client, "frame " + replies.get());
            replies.incrementAndGet();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<CloseReason> reasons(TestListener listener, int connections) throws InterruptedException {
        Set<CloseReason> reasons = EnumSet.noneOf(CloseReason.class);
        for (int i = 0; i < connections; i++) {
            reasons.add(listener.observer().nextClosed().reason());
        }
        return reasons;
    }

    private static long buffersInUse() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    private static long openDescriptors() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(descriptors), "open descriptors are counted in /proc/self/fd, which is not here");
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.count();
        }
    }
}
