package dev.readback.net;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports event loops that do nothing for longer than a second: what blocks one stops all of its connections.
 *
 * <p>A thread of its own gives each loop a task four times a second, and looks how long the last one has waited. Time in
 * which this thread did not run either is nobody's fault: the whole process stood still, for a garbage collection or
 * because its machine was suspended.
 */
final class LoopWatch implements AutoCloseable {

    /** A loop that took no task for longer is blocked. */
    static final long BLOCKED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How often the loops are looked at. */
    static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final Logger LOG = LoggerFactory.getLogger(LoopWatch.class);
    private static final long CLOSE_SECONDS = 5;

    private final List<Ping> pings;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Thread thread; // null until started
    private long lastRound;

    /** @param now the time, in nanoseconds, on the clock of all that is asked here */
    LoopWatch(List<? extends Executor> loops, long now) {
        this.pings = loops.stream().map(Ping::new).toList();
        this.lastRound = now;
    }

    /** Begins to watch, until it is closed. */
    LoopWatch start() {
        round(System.nanoTime()); // before the loops have anything else to do, so that each tells its thread
        Thread watching = new Thread(this::watch, "readback-watch");
        watching.setDaemon(true);
        watching.start();
        thread = watching;
        return this;
    }

    private void watch() {
        try {
            do {
                round(System.nanoTime());
            } while (!closed.await(ROUND_NANOS, TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at each loop once. On the watching thread, or in a test's stead of it. */
    void round(long now) {
        long lost = now - lastRound - ROUND_NANOS;
        lastRound = now;
        pings.forEach(it -> it.look(now, lost > ROUND_NANOS ? lost : 0));
    }

    /** The loops that are blocked, the longest first. Any thread. */
    List<BlockedLoop> blocked(long now) {
        return pings.stream()
                .map(it -> it.blocked(now))
                .filter(Objects::nonNull)
                .sorted(Comparator.comparingLong(BlockedLoop::nanos).reversed())
                .toList();
    }

    /** Ends the watching thread. */
    @Override
    public void close() {
        closed.countDown();
        Thread watching = thread;
        try {
            if (watching != null && !watching.join(Duration.ofSeconds(CLOSE_SECONDS))) {
                LOG.warn("The watch over the event loops did not end within {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The task that one loop is given again and again. Written by the watching thread, but for what the loop answers. */
    private static final class Ping implements Runnable {

        private final Executor loop;
        private volatile @Nullable Thread thread; // that answered last; null before the first answer
        private volatile boolean answered = true;
        private volatile @Nullable String reported; // by this name; null while it is not blocked
        private volatile long sent;

        Ping(Executor loop) {
            this.loop = loop;
        }

        /** The loop answers. */
        @Override
        public void run() {
            if (thread == null) {
                thread = Thread.currentThread();
            }
            answered = true;
        }

        void look(long now, long lost) {
            if (answered) {
                String name = reported;
                if (name != null) {
                    reported = null;
                    LOG.info("Event loop {} goes on after {} ms", name, millis(now - sent));
                }
                send(now);
            } else {
                long since = sent + lost;
                sent = since;
                if (reported == null && now - since > BLOCKED_NANOS) {
                    report(now - since);
                }
            }
        }

        private void send(long now) {
            sent = now;
            answered = false;
            try {
                loop.execute(this);
            } catch (RejectedExecutionException e) {
                answered = true; // it ends, as all of them do
            }
        }

        private void report(long nanos) {
            Thread blocked = thread();
            String name = blocked == null ? loop.toString() : blocked.getName();
            reported = name;
            String message = "Event loop {} is blocked: its connections have stood still for {} ms";
            if (blocked == null) {
                LOG.warn(message + ", since no thread is free for it", name, millis(nanos));
            } else {
                LOG.warn(message, name, millis(nanos), new Whereabouts(blocked));
            }
        }

        @Nullable
        BlockedLoop blocked(long now) {
            String name = reported;
            return name == null ? null : new BlockedLoop(name, now - sent);
        }

        private @Nullable Thread thread() {
            return loop instanceof SharedLoop shared ? shared.holder() : thread;
        }

        private static long millis(long nanos) {
            return TimeUnit.NANOSECONDS.toMillis(nanos);
        }
    }

    /** Where a thread is: nothing was thrown. */
    private static final class Whereabouts extends Exception {

        Whereabouts(Thread thread) {
            super("the blocked thread is here", null, false, true);
            setStackTrace(thread.getStackTrace());
        }
    }
}
