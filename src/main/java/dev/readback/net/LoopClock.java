package dev.readback.net;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes event loops whose timers are due, from a thread of its own: the threads that run them wait without a time, which
 * is cheaper than with one, and may all be held up.
 */
final class LoopClock {

    private static final Logger LOG = LoggerFactory.getLogger(LoopClock.class);

    private final List<SharedLoop> loops;
    private final Thread thread = new Thread(this::run, "readback-clock");
    private volatile long next = SharedLoop.NEVER; // what the thread sleeps until; never while it looks
    private volatile boolean ended;

    LoopClock(List<SharedLoop> loops) {
        this.loops = loops;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** A loop's next timer is due at this time, which the loop tells already. Any thread. */
    void heed(long due) {
        if (due < next) {
            LockSupport.unpark(thread);
        }
    }

    /** Ends the thread. */
    void end() {
        ended = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!ended) {
            try {
                look();
            } catch (Throwable e) { // no memory, or a bug: without it no timeout would end
                LOG.error("Timers of event loops were not looked at", e);
            } finally {
                next = SharedLoop.NEVER;
            }
        }
    }

    private void look() {
        long now = loops.getFirst().ticker().nanoTime();
        loops.forEach(it -> fire(it, now));
        long first = first();
        next = first;
        if (first == first()) { // who told an earlier time before did not wake us
            park(first - now);
        }
    }

    private static void fire(SharedLoop loop, long now) {
        long due = loop.due();
        if (due <= now) {
            loop.fire(due);
        }
    }

    private long first() {
        return loops.stream().mapToLong(SharedLoop::due).min().orElse(SharedLoop.NEVER);
    }

    private void park(long nanos) {
        if (!ended) {
            LockSupport.parkNanos(this, nanos);
        }
    }
}
