package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Event loops that share their threads are event loops, and none waits for one thread. */
@EnabledIf("isThereEpoll")
class SharedLoopTests {

    private static final int THREADS = 2;
    private static final int SECONDS = 20;

    private final SharedLoopGroup group = new SharedLoopGroup(THREADS);
    private final List<SharedLoop> loops = StreamSupport.stream(group.spliterator(), false)
            .map(SharedLoop.class::cast)
            .toList();

    static boolean isThereEpoll() {
        return Epoll.isAvailable();
    }

    @AfterEach
    void end() {
        assertThat(group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(SECONDS, TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void runsTasksInTheirOrderAndNoTwoAtOnce() throws Exception {
        SharedLoop loop = loops.getFirst();
        int tasks = 20_000;
        List<Integer> ran = new ArrayList<>(); // of the loop, without a lock
        CountDownLatch done = new CountDownLatch(tasks);
        for (int i = 0; i < tasks; i++) {
            int number = i;
            loop.execute(() -> {
                ran.add(number);
                done.countDown();
            });
            if (i % 64 == 0) {
                loop.submit(() -> {}).get(SECONDS, TimeUnit.SECONDS); // so it sleeps again and again
            }
        }
        assertThat(done.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).isEqualTo(IntStream.range(0, tasks).boxed().toList());
    }

    @Test
    void runsWhatSeveralThreadsGiveItAtOnce() throws Exception {
        int givers = 4;
        int tasks = 20_000;
        int[] sums = new int[loops.size()]; // each of its loop, without a lock
        CountDownLatch done = new CountDownLatch(givers * tasks);
        List<Thread> threads = new ArrayList<>();
        for (int giver = 0; giver < givers; giver++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < tasks; i++) {
                    int which = i % loops.size();
                    loops.get(which).execute(() -> {
                        sums[which]++;
                        done.countDown();
                    });
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(done.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(sums).containsOnly(givers * tasks / loops.size());
    }

    /** What comes between a turn's begin and its look at what is ready is seen by that look; the next must wake it again. */
    @Test
    void isWokenAgainAfterATurnThatWasWokenAsItBegan() throws Exception {
        AtomicReference<@Nullable Runnable> once = new AtomicReference<>();
        IoHandlerFactory io = EpollIoHandler.newFactory(0, () -> (ready, hasTasks) -> {
            Runnable between = once.getAndSet(null);
            if (between != null) {
                between.run();
            }
            return ready.get();
        });
        SharedLoopGroup own = new SharedLoopGroup(1, io, Thread::new);
        try {
            SharedLoop loop = (SharedLoop) own.next();
            CountDownLatch first = new CountDownLatch(1);
            once.set(() -> {
                try {
                    Thread.ofPlatform()
                            .start(() -> loop.execute(first::countDown))
                            .join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            loop.execute(() -> {});
            assertThat(first.await(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(loop.submit(() -> "second").get(SECONDS, TimeUnit.SECONDS))
                    .isEqualTo("second");
        } finally {
            assertThat(own.shutdownGracefully().await(SECONDS, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void comesBackToTasksThatAreTooManyForATurn() throws Exception {
        SharedLoop loop = loops.getFirst();
        CountDownLatch done = new CountDownLatch(20_000);
        loop.execute(() -> {
            for (long left = done.getCount(); left > 0; left--) {
                loop.execute(done::countDown);
            }
        });
        assertThat(done.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void knowsItselfDuringItsTurnsOnly() throws Exception {
        SharedLoop loop = loops.getFirst();
        SharedLoop other = loops.get(1);
        assertThat(loop.submit(() ->
                                loop.inEventLoop() && !other.inEventLoop() && loop.holder() == Thread.currentThread())
                        .get(SECONDS, TimeUnit.SECONDS))
                .isTrue();
        assertThat(loop.inEventLoop()).isFalse();
        Awaitility.await().atMost(SECONDS, TimeUnit.SECONDS).until(() -> loop.holder() == null);
    }

    @Test
    void isRunByAnyThread() throws Exception {
        CyclicBarrier together = new CyclicBarrier(THREADS);
        SharedLoop first = loops.getFirst();
        SharedLoop second = loops.get(1);
        CompletableFuture<Thread> one = CompletableFuture.supplyAsync(() -> meet(together), first);
        CompletableFuture<Thread> two = CompletableFuture.supplyAsync(() -> meet(together), second);
        assertThat(one.get(SECONDS, TimeUnit.SECONDS)).isNotEqualTo(two.get(SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void goesOnWhileOtherLoopsHoldUpAThread() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        SharedLoop busy = loops.getFirst();
        busy.execute(() -> {
            held.countDown();
            await(go);
        });
        assertThat(held.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        try {
            for (SharedLoop loop : loops.subList(1, loops.size())) {
                assertThat(loop.submit(() -> "on").get(SECONDS, TimeUnit.SECONDS))
                        .isEqualTo("on");
                assertThat(loop.schedule(() -> "on time", 1, TimeUnit.MILLISECONDS)
                                .get(SECONDS, TimeUnit.SECONDS))
                        .isEqualTo("on time");
            }
            assertThat(busy.holder()).isNotNull();
        } finally {
            go.countDown();
        }
    }

    @Test
    void firesTimersInTheirOrderHoweverTheyAreSet() throws Exception {
        SharedLoop loop = loops.getFirst();
        List<String> fired = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(3);
        loop.schedule(() -> fire(fired, "last", done), 60, TimeUnit.MILLISECONDS);
        loop.submit(() -> loop.schedule(() -> fire(fired, "second", done), 40, TimeUnit.MILLISECONDS))
                .get(SECONDS, TimeUnit.SECONDS);
        loop.schedule(() -> fire(fired, "first", done), 20, TimeUnit.MILLISECONDS); // sooner than what it sleeps until
        assertThat(done.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(fired).containsExactly("first", "second", "last");
    }

    @Test
    void firesTimersThatFollowEachOther() throws Exception {
        int rounds = 200;
        CountDownLatch done = new CountDownLatch(rounds * loops.size());
        loops.forEach(it -> follow(it, rounds, done));
        assertThat(done.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void firesNoTimerThatIsCancelled() throws Exception {
        SharedLoop loop = loops.getFirst();
        AtomicInteger fired = new AtomicInteger();
        var cancelled = loop.schedule(fired::incrementAndGet, 20, TimeUnit.MILLISECONDS);
        assertThat(cancelled.cancel(false)).isTrue();
        loop.schedule(() -> {}, 40, TimeUnit.MILLISECONDS).get(SECONDS, TimeUnit.SECONDS);
        assertThat(fired).hasValue(0);
    }

    @Test
    void letsOthersHaveTheirTurnBetweenTasksThatNeverEnd() throws Exception {
        try (TestListener listener = TestListener.start(TestListener.Transport.DIRECT)) {
            CompletableFuture<@Nullable Void> stop = new CompletableFuture<>();
            for (IoEventLoop loop : loopsOf(listener)) {
                loop.execute(() -> again(loop, stop));
            }
            try (Socket client = listener.connect()) {
                client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                assertThat(client.getInputStream().readNBytes(5)).hasSize(5);
            } finally {
                stop.complete(null);
            }
        }
    }

    @Test
    void goesOnWhereATaskFails() throws Exception {
        SharedLoop loop = loops.getFirst();
        loop.execute(() -> {
            throw new IllegalStateException("a test's");
        });
        loop.execute(() -> {
            throw new OutOfMemoryError("a test's");
        });
        assertThat(loop.submit(() -> "on").get(SECONDS, TimeUnit.SECONDS)).isEqualTo("on");
    }

    @Test
    void endsWithItsChannelsAndTakesNothingAfterThat() throws Exception {
        CountDownLatch ran = new CountDownLatch(loops.size());
        EpollServerSocketChannel channel = new EpollServerSocketChannel();
        ChannelFuture registered = group.register(channel);
        assertThat(registered.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        loops.forEach(it -> it.execute(ran::countDown));
        end();
        assertThat(ran.getCount()).isZero(); // what it was given before
        assertThat(channel.isOpen()).isFalse();
        assertThat(loops).allSatisfy(it -> {
            assertThat(it.isShuttingDown()).isTrue();
            assertThat(it.isShutdown()).isTrue();
            assertThat(it.isTerminated()).isTrue();
            assertThatThrownBy(() -> it.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        });
        EventLoop ended = loops.getFirst();
        assertThat(ended.register(new EpollSocketChannel()).await().cause())
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void endsTimersWithItself() throws Exception {
        var never = loops.getFirst().schedule(() -> {}, 1, TimeUnit.DAYS);
        end();
        assertThat(never.isCancelled()).isTrue();
    }

    @Test
    void leavesNoThreadAndNoDescriptorBehind() throws Exception {
        Set<Thread> others = threads();
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            SharedLoopGroup again = new SharedLoopGroup(THREADS);
            for (EventExecutor loop : again) {
                loop.submit(() -> {}).get(SECONDS, TimeUnit.SECONDS);
            }
            assertThat(again.shutdownGracefully().await(SECONDS, TimeUnit.SECONDS))
                    .isTrue();
        }
        Awaitility.await().atMost(SECONDS, TimeUnit.SECONDS).until(() -> others.containsAll(threads()));
        assertThat(descriptors()).isLessThan(before + 20); // each group has 2 for itself and 4 for each loop
    }

    @Test
    void endsAllWhereALoopCannotBeMade() throws Exception {
        long before = descriptors();
        AtomicInteger made = new AtomicInteger();
        IoHandlerFactory epoll = EpollIoHandler.newFactory();
        assertThatThrownBy(() -> new SharedLoopGroup(
                        THREADS,
                        executor -> {
                            if (made.incrementAndGet() == 3) {
                                throw new IllegalStateException("no descriptor is left");
                            }
                            return epoll.newHandler(executor);
                        },
                        Thread::new))
                .rootCause()
                .hasMessage("no descriptor is left");
        assertThat(descriptors()).isLessThanOrEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void endsAllWhereAThreadCannotBeStarted(int started) throws Exception {
        Set<Thread> others = threads();
        long before = descriptors();
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() -> new SharedLoopGroup(THREADS, EpollIoHandler.newFactory(), running -> {
                    if (asked.getAndIncrement() == started) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    return new Thread(running, "readback-test");
                }))
                .hasMessage("unable to create native thread");
        Awaitility.await()
                .atMost(SECONDS, TimeUnit.SECONDS)
                .until(() -> others.containsAll(threads()) && descriptors() <= before);
    }

    private static List<IoEventLoop> loopsOf(TestListener listener) {
        return StreamSupport.stream(listener.loops().group().spliterator(), false)
                .map(IoEventLoop.class::cast)
                .toList();
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(it -> it.getName().startsWith("readback-"))
                .collect(Collectors.toSet());
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private static void again(IoEventLoop loop, CompletableFuture<?> stop) {
        if (!stop.isDone()) {
            loop.execute(() -> again(loop, stop));
        }
    }

    private static void follow(SharedLoop loop, int rounds, CountDownLatch done) {
        if (rounds > 0) {
            loop.schedule(
                    () -> {
                        done.countDown();
                        follow(loop, rounds - 1, done);
                    },
                    rounds % 3 * 100_000L, // at once, too
                    TimeUnit.NANOSECONDS);
        }
    }

    private static void fire(List<String> fired, String what, CountDownLatch done) {
        fired.add(what);
        done.countDown();
    }

    private static Thread meet(CyclicBarrier together) {
        try {
            together.await(SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
        return Thread.currentThread();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
