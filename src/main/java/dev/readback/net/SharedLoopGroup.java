package dev.readback.net;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Event loops on epoll that share their threads. */
final class SharedLoopGroup extends MultiThreadIoEventLoopGroup {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** So one is ready while another is on its turn, and a turn has few connections to hold up. */
    private static final int LOOPS_FOR_EACH_THREAD = 2;

    /** @param threads how many run them */
    SharedLoopGroup(int threads) {
        this(threads, EpollIoHandler.newFactory(), new DefaultThreadFactory("readback"));
    }

    SharedLoopGroup(int threads, IoHandlerFactory io, ThreadFactory factory) {
        super(threads * LOOPS_FOR_EACH_THREAD, (Executor) null, io, new ArrayList<SharedLoop>());
        List<SharedLoop> loops = new ArrayList<>();
        for (EventExecutor loop : this) {
            loops.add((SharedLoop) loop);
        }
        LoopThreads.start(loops, threads, factory);
    }

    /** @param made the list of those that were made before, of which no thread knows yet */
    @Override
    protected IoEventLoop newChild(Executor executor, IoHandlerFactory io, Object... made) {
        @SuppressWarnings("unchecked") // the constructor's
        List<SharedLoop> loops = (List<SharedLoop>) made[0];
        try {
            SharedLoop loop = new SharedLoop("readback-loop-" + NUMBERS.incrementAndGet(), this, io);
            loops.add(loop);
            return loop;
        } catch (Throwable e) { // Netty waits for the others to end
            loops.forEach(SharedLoop::shutdownGracefully);
            loops.forEach(SharedLoop::turn);
            throw e;
        }
    }
}
