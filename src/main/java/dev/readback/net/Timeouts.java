package dev.readback.net;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The timeouts of one connection. Belongs to its event loop.
 *
 * <p>A timeout that is put off with each byte must cost no more than writing down the time: its task stays where it is,
 * and starts anew for the rest when it comes too early.
 */
final class Timeouts {

    /** How often within its time the write timeout looks whether the peer took something. */
    private static final int WRITE_LOOKS = 10;

    private final Connection connection;
    private final EventLoop eventLoop;
    private @Nullable Timer first; // the timeouts that run or stand still: one or two, so a list is small and quick

    Timeouts(Connection connection, EventLoop eventLoop) {
        this.connection = connection;
        this.eventLoop = eventLoop;
    }

    /** Starts a timeout, or puts it off if it runs already; nothing when it is off. */
    void start(TimeoutKind kind) {
        assert eventLoop.inEventLoop();
        long limit = limit(kind);
        if (limit == 0) {
            return;
        }
        Timer timer = find(kind);
        if (timer == null) {
            timer = new Timer(kind, first);
            first = timer;
        }
        timer.since = now();
        if (timer.task == null) {
            timer.schedule(limit);
        }
    }

    /** Lets a timeout run from a moment in the past, on the event loop's clock; nothing when it is off. */
    void restart(TimeoutKind kind, long since) {
        stop(kind);
        start(kind);
        Timer timer = find(kind);
        if (timer != null) {
            timer.since = since;
            timer.reschedule();
        }
    }

    /** Lets a timeout that runs obey the settings as they are now. */
    void retune(TimeoutKind kind) {
        Timer timer = find(kind);
        if (timer != null) {
            timer.reschedule();
        }
    }

    /** Puts a timeout off, if it runs. */
    void putOff(TimeoutKind kind, long now) {
        Timer timer = find(kind);
        if (timer != null) {
            timer.since = now;
            timer.elapsed = 0;
        }
    }

    boolean isRunning(TimeoutKind kind) {
        Timer timer = find(kind);
        return timer != null && timer.task != null;
    }

    /** Whether a timeout runs or stands still. */
    boolean isStarted(TimeoutKind kind) {
        return find(kind) != null;
    }

    /** Lets a timeout stand still, until {@link #resume} lets it run on for what was left. */
    void suspend(TimeoutKind kind) {
        Timer timer = find(kind);
        if (timer != null && timer.task != null) {
            timer.cancel();
            timer.elapsed = now() - timer.began();
        }
    }

    void resume(TimeoutKind kind) {
        Timer timer = find(kind);
        if (timer != null && timer.task == null) {
            timer.since = now() - timer.elapsed;
            timer.schedule(Math.max(limit(kind) - timer.elapsed, 0));
        }
    }

    void stop(TimeoutKind kind) {
        assert eventLoop.inEventLoop();
        Timer timer = find(kind);
        if (timer != null) {
            timer.cancel();
            remove(timer);
        }
    }

    void stopAll() {
        for (Timer timer = first; timer != null; timer = timer.next) {
            timer.cancel();
        }
        first = null;
    }

    private @Nullable Timer find(TimeoutKind kind) {
        Timer timer = first;
        while (timer != null && timer.kind != kind) {
            timer = timer.next;
        }
        return timer;
    }

    private void remove(Timer timer) {
        if (first == timer) {
            first = timer.next;
            return;
        }
        for (Timer it = first; it != null; it = it.next) {
            if (it.next == timer) {
                it.next = timer.next;
            }
        }
    }

    /** The event loop's clock, in nanoseconds. */
    long now() {
        return eventLoop.ticker().nanoTime();
    }

    private long limit(TimeoutKind kind) {
        return kind.nanos(connection.listener().timeouts());
    }

    private final class Timer implements Runnable {

        private final TimeoutKind kind;
        private @Nullable Timer next;
        private long since;
        private long elapsed; // while it stands still
        private @Nullable Future<?> task; // null while it stands still

        Timer(TimeoutKind kind, @Nullable Timer next) {
            this.kind = kind;
            this.next = next;
        }

        void schedule(long nanos) {
            long delay = kind == TimeoutKind.WRITE ? Math.min(nanos, Math.max(limit(kind) / WRITE_LOOKS, 1)) : nanos;
            task = eventLoop.schedule(this, delay, TimeUnit.NANOSECONDS);
        }

        // bytes that come put the idle timeout off without a word to it: that is one look-up less for each read
        private long began() {
            long lastRead = connection.wire().lastRead();
            return kind == TimeoutKind.IDLE && lastRead - since > 0 ? lastRead : since;
        }

        void reschedule() {
            if (task != null) {
                cancel();
                schedule(Math.max(limit(kind) - (now() - began()), 0));
            }
        }

        void cancel() {
            Future<?> current = task;
            if (current != null) {
                current.cancel(false);
                task = null;
            }
        }

        @Override
        public void run() {
            if (kind == TimeoutKind.WRITE) {
                connection.wire().settle(); // may put this timer off, or stop it
                if (find(kind) != this) {
                    return;
                }
            }
            task = null;
            long limit = limit(kind);
            long left = limit - (now() - began());
            if (left > 0) {
                schedule(left);
            } else {
                remove(this);
                if (limit > 0) {
                    connection.timedOut(kind);
                }
            }
        }
    }
}
