package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.readback.net.TestListener.Transport;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Timeouts as clients meet them, on each transport. */
class TimeoutSocketTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int FLOODERS = 20;
    private static final long MEGABYTE = 1024 * 1024;

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void closesSilentClientAfterItsIdleTimeout(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, "timeouts.idle=1s");
                Socket client = listener.connect()) {
            long lastByte = System.nanoTime();
            Replies.exchange(client, "hello");
            assertThat(client.getInputStream().read()).as("a FIN, not a reset").isEqualTo(-1);
            assertThat(Duration.ofNanos(System.nanoTime() - lastByte)).isBetween(SECOND, SECOND.multipliedBy(5));
            client.shutdownOutput();
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
            assertThat(listener.observer().timeouts()).containsExactly(TimeoutKind.IDLE);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void tellsClientItsTimeoutNotice(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, "timeouts.idle=200ms", "timeout-notice=too slow");
                Socket client = listener.connect()) {
            assertThat(Replies.text(client.getInputStream().readAllBytes())).isEqualTo("too slow");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void leavesClientThatKeepsSendingOpen(Transport transport) throws Exception {
        int frames = 8;
        try (ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
                TestListener listener = TestListener.start(transport, "timeouts.idle=1s");
                Socket client = listener.connect()) {
            long begin = System.nanoTime();
            Future<?> sending = pace.scheduleAtFixedRate(() -> send(client, "hello"), 0, 250, TimeUnit.MILLISECONDS);
            for (int i = 0; i < frames; i++) {
                Replies.expect(client.getInputStream(), "hello");
            }
            sending.cancel(false);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(SECOND);
            assertThat(listener.observer().timeouts()).isEmpty();
        }
    }

    private static void send(Socket client, String text) {
        try {
            client.getOutputStream().write(Replies.bytes(text));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void closesFloodersThatNeverReadAndServesTheRestInLittleMemory(Transport transport) throws Exception {
        AtomicLong flooded = new AtomicLong();
        List<Socket> flooders = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                TestListener listener = TestListener.start(transport, "timeouts.write=1s", "timeouts.idle=20s");
                Socket reader = listener.connect()) {
            Replies.exchange(reader, "hello");
            long before = buffersInUse();
            List<Future<?>> floods = new ArrayList<>();
            for (int i = 0; i < FLOODERS; i++) {
                Socket flooder = listener.connect(4096);
                flooders.add(flooder);
                floods.add(threads.submit(() -> flood(flooder, flooded)));
            }
            long most = before;
            while (listener.observer().active() > 1) {
                Replies.exchange(reader, "hello");
                most = Math.max(most, buffersInUse());
            }
            assertThat(floods).allSatisfy(it -> assertThat(it).succeedsWithin(PATIENCE));
            assertThat(flooded.get()).isGreaterThan(FLOODERS * 2 * MEGABYTE);
            assertThat(most - before)
                    .as("bytes of buffers while %s flooded", flooded)
                    .isLessThan(flooded.get() / 10);
            for (int i = 0; i < FLOODERS; i++) {
                assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
            }
            assertThat(listener.observer().readsPaused()).isGreaterThanOrEqualTo(FLOODERS);
        } finally {
            for (Socket flooder : flooders) {
                flooder.close();
            }
        }
    }

    private static Object flood(Socket client, AtomicLong flooded) {
        byte[] chunk = Replies.payload(64 * 1024);
        assertThatThrownBy(() -> {
                    while (true) {
                        client.getOutputStream().write(chunk);
                        flooded.addAndGet(chunk.length);
                    }
                })
                .as("a reset ends what nothing else would")
                .isInstanceOf(IOException.class);
        return client;
    }

    private static long buffersInUse() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }
}
