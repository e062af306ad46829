package dev.readback.net;

import io.netty.channel.epoll.EpollEventArray;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.internal.ThreadExecutorMap;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that run the event loops: whichever is free takes the next loop that has something to do.
 *
 * <p>So what is ready waits for a processor, and never for one thread that has none, or that is held up. They all wait for
 * one epoll instance, whose descriptors are the epoll instances of the loops. Each is there for one event
 * ({@code EPOLLONESHOT}, see {@code epoll_ctl(2)}), and again when the turn that it led to is over: this alone keeps a
 * loop from being run by two threads at once.
 */
final class LoopThreads {

    private static final Logger LOG = LoggerFactory.getLogger(LoopThreads.class);
    private static final int ONE_EVENT = Native.EPOLLIN | 1 << 30; // EPOLLONESHOT

    private final IntObjectMap<SharedLoop> loops; // by their descriptors
    private final SharedLoop first;
    private final LoopClock clock;
    private final FileDescriptor epoll = Native.newEpollCreate();
    private final FileDescriptor end = Native.newEventFd();
    private final AtomicInteger loopsLeft;
    private final AtomicInteger threadsLeft;

    private LoopThreads(List<SharedLoop> loops, int threads) {
        this.loops = new IntObjectHashMap<>(loops.size());
        this.first = loops.getFirst();
        this.clock = new LoopClock(loops);
        this.loopsLeft = new AtomicInteger(loops.size());
        this.threadsLeft = new AtomicInteger(threads);
        loops.forEach(it -> this.loops.put(it.descriptor(), it));
    }

    /** Starts this many threads, which end when all the loops have ended. Where one cannot be started, all ends. */
    static void start(List<SharedLoop> loops, int threads, ThreadFactory factory) {
        LoopThreads them = new LoopThreads(loops, threads);
        Runnable threaded = them::run;
        Runnable running = ThreadExecutorMap.apply(threaded, them.first); // only so do they have caches of buffers
        int started = 0;
        try {
            them.waitForAll();
            them.clock.start();
            for (; started < threads; started++) {
                factory.newThread(running).start();
            }
        } catch (Throwable e) {
            them.giveUp(threads - started);
            throw e;
        }
    }

    // the threads that there are run the loops to their end, and where there is none, this one does
    private void giveUp(int missing) {
        loops.values().forEach(SharedLoop::shutdownGracefully);
        if (threadsLeft.addAndGet(-missing) == 0) {
            if (loopsLeft.get() > 0) {
                loops.values().forEach(SharedLoop::turn);
                clock.end();
            }
            close();
        }
    }

    private void waitForAll() {
        try {
            Native.epollCtlAdd(epoll.intValue(), end.intValue(), Native.EPOLLIN);
            for (int descriptor : loops.keySet()) {
                Native.epollCtlAdd(epoll.intValue(), descriptor, ONE_EVENT);
            }
        } catch (IOException e) {
            throw new IllegalStateException("the event loops cannot be waited for", e);
        }
    }

    private void run() {
        EpollEventArray event = EpollAccess.newEvent();
        try {
            while (loopsLeft.get() > 0) {
                SharedLoop ready = loops.get(EpollAccess.await(epoll, event));
                if (ready != null) { // otherwise it is the end
                    run(ready);
                }
            }
        } catch (IOException e) {
            LOG.error("A thread of the event loops ends: it cannot wait for them", e);
        } finally {
            EpollAccess.free(event);
            leave();
        }
    }

    private void run(SharedLoop loop) throws IOException {
        if (goesOn(loop)) {
            clock.heed(loop.due());
            Native.epollCtlMod(epoll.intValue(), loop.descriptor(), ONE_EVENT);
        } else if (loopsLeft.decrementAndGet() == 0) {
            clock.end();
            Native.eventFdWrite(end.intValue(), 1); // nobody reads it, so it wakes all
        }
    }

    private static boolean goesOn(SharedLoop loop) {
        try {
            return loop.turn();
        } catch (Throwable e) { // a bug, or no memory: it costs neither the loop nor the thread
            LOG.error("{}: a turn failed", loop, e);
            return true;
        }
    }

    private void leave() {
        if (threadsLeft.decrementAndGet() == 0) {
            close();
        }
    }

    private void close() {
        try {
            end.close();
            epoll.close();
        } catch (IOException e) {
            LOG.debug("Not closed", e);
        }
    }
}
