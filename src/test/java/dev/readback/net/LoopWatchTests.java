package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.readback.testing.LogRecorder;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** An event loop that is blocked is reported once, and again when it goes on; nothing else is. */
class LoopWatchTests {

    private final Loop calm = new Loop();
    private final Loop busy = new Loop();
    private final LogRecorder log = LogRecorder.of(LoopWatch.class);
    private long now = Long.MAX_VALUE - 1_000_000; // nanoTime may overflow at any time
    private final LoopWatch watch = new LoopWatch(List.of(calm, busy), now);

    @AfterEach
    void stopRecording() {
        log.close();
    }

    @Test
    void saysNothingOfLoopsThatAnswer() {
        rounds(Duration.ofMinutes(1));
        assertThat(lines()).isEmpty();
        assertThat(watch.blocked(now)).isEmpty();
    }

    @Test
    void saysOnceWhichLoopIsBlockedAndWhere() {
        rounds(Duration.ofSeconds(1));
        busy.blocked = true;
        rounds(Duration.ofSeconds(1));
        assertThat(lines()).isEmpty();
        rounds(Duration.ofSeconds(9));
        String thread = Thread.currentThread().getName();
        assertThat(log.lines(Level.WARN))
                .containsExactly("Event loop " + thread + " is blocked: its connections have stood still for 1250 ms");
        assertThat(log.events(Level.WARN).getFirst().getThrowableProxy().getStackTraceElementProxyArray())
                .anySatisfy(it -> assertThat(it.getSTEAsString()).contains("saysOnceWhichLoopIsBlockedAndWhere"));
        assertThat(watch.blocked(now))
                .containsExactly(new BlockedLoop(thread, Duration.ofMillis(9750).toNanos()));
    }

    @Test
    void saysHowLongItWasWhenTheLoopGoesOn() {
        rounds(Duration.ofSeconds(1));
        busy.blocked = true;
        rounds(Duration.ofSeconds(5));
        busy.blocked = false;
        rounds(Duration.ofSeconds(5));
        assertThat(log.lines(Level.INFO))
                .containsExactly("Event loop " + Thread.currentThread().getName() + " goes on after 5250 ms");
        assertThat(watch.blocked(now)).isEmpty();
    }

    @Test
    void blamesNobodyForTimeInWhichItDidNotRunItself() {
        rounds(Duration.ofSeconds(1));
        busy.blocked = true; // in fact it has not had its turn yet
        rounds(Duration.ofMillis(250));
        round(Duration.ofHours(8));
        assertThat(lines()).isEmpty();
        busy.blocked = false;
        rounds(Duration.ofSeconds(5));
        assertThat(lines()).isEmpty();
    }

    @Test
    void findsTheLoopThatIsBlockedBeyondThatTime() {
        rounds(Duration.ofSeconds(1));
        busy.blocked = true;
        rounds(Duration.ofMillis(250));
        round(Duration.ofHours(8));
        rounds(Duration.ofSeconds(1));
        assertThat(log.lines(Level.WARN)).hasSize(1).first().asString().endsWith("for 1250 ms");
    }

    @Test
    void leavesLoopsAloneThatHaveEnded() {
        busy.ended = true;
        rounds(Duration.ofSeconds(10));
        assertThat(lines()).isEmpty();
    }

    @Test
    void watchesTheLoopsOfTheListeners() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        Set<Thread> others = watchers();
        try (EventLoops loops = EventLoops.open()) {
            loops.settle();
            loops.group().next().execute(() -> awaitQuietly(blocked));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !loops.blocked().isEmpty());
            assertThat(loops.blocked()).singleElement().satisfies(it -> {
                assertThat(it.thread()).startsWith("readback-");
                assertThat(it.nanos()).isGreaterThan(LoopWatch.BLOCKED_NANOS);
            });
            assertThat(log.events(Level.WARN).getFirst().getThrowableProxy().getStackTraceElementProxyArray())
                    .anySatisfy(it -> assertThat(it.getSTEAsString()).contains("awaitQuietly"));
            blocked.countDown();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> loops.blocked().isEmpty());
        }
        assertThat(watchers()).isEqualTo(others);
    }

    @Test
    @EnabledIf("dev.readback.net.SharedLoopTests#isThereEpoll")
    void saysWhichLoopsWaitForAThread() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        SharedLoopGroup group = new SharedLoopGroup(1);
        List<EventExecutor> loops = new ArrayList<>();
        group.forEach(loops::add);
        try {
            loops.getFirst().execute(() -> {
                held.countDown();
                awaitQuietly(blocked);
            });
            assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
            LoopWatch shared = new LoopWatch(loops, now);
            for (int i = 0; i < 6; i++) {
                now += LoopWatch.ROUND_NANOS;
                shared.round(now);
            }
            String about = " is blocked: its connections have stood still for 1250 ms";
            assertThat(log.lines(Level.WARN))
                    .hasSize(2)
                    .anySatisfy(it ->
                            assertThat(it).startsWith("Event loop readback-").endsWith(about))
                    .contains("Event loop " + loops.getLast() + about + ", since no thread is free for it");
            assertThat(shared.blocked(now)).hasSize(2);
        } finally {
            blocked.countDown();
            assertThat(group.shutdownGracefully().await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Set<Thread> watchers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(it -> it.getName().equals("readback-watch"))
                .collect(Collectors.toSet());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void rounds(Duration time) {
        for (long left = time.toNanos(); left > 0; left -= LoopWatch.ROUND_NANOS) {
            round(Duration.ofNanos(LoopWatch.ROUND_NANOS));
        }
    }

    private void round(Duration sinceLast) {
        now += sinceLast.toNanos();
        watch.round(now);
        calm.turn();
        busy.turn();
    }

    private List<String> lines() {
        return Arrays.stream(new Level[] {Level.INFO, Level.WARN, Level.ERROR})
                .flatMap(it -> log.lines(it).stream())
                .toList();
    }

    /** Runs on the test's thread. */
    private static final class Loop implements Executor {

        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean blocked;
        private boolean ended;

        @Override
        public void execute(Runnable task) {
            if (ended) {
                throw new RejectedExecutionException();
            }
            tasks.add(task);
        }

        void turn() {
            while (!blocked && !tasks.isEmpty()) {
                tasks.remove().run();
            }
        }
    }
}
