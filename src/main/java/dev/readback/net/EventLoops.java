package dev.readback.net;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops on which all connections live, and their threads, of which there is one for each processor.
 *
 * <p>A bean of its own, that is destroyed after all listeners: owned by a listener, its threads would outlive a bind that
 * failed and keep the JVM from exiting.
 */
public final class EventLoops implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);
    private static final long SHUTDOWN_SECONDS = 5;
    private static final long SETTLE_SECONDS = 5;

    private final MultiThreadIoEventLoopGroup group;
    private final Class<? extends ServerSocketChannel> serverChannel;
    private final LoopWatch watch;

    private EventLoops(MultiThreadIoEventLoopGroup group, Class<? extends ServerSocketChannel> serverChannel) {
        this.group = group;
        this.serverChannel = serverChannel;
        this.watch = new LoopWatch(loops(), System.nanoTime()).start();
    }

    private List<EventExecutor> loops() {
        List<EventExecutor> loops = new ArrayList<>();
        group.forEach(loops::add);
        return loops;
    }

    /**
     * Starts event loops on epoll where there is epoll, which share their threads and have a way around the channel for
     * connections that need neither TLS nor a PROXY header; and on the JDK's selectors elsewhere, each with its thread.
     */
    public static EventLoops open() {
        return Epoll.isAvailable() ? direct() : nio();
    }

    static EventLoops direct() {
        return direct(processors());
    }

    // one thread has nobody to share with, and waits for its one loop at less cost
    static EventLoops direct(int processors) {
        return new EventLoops(
                processors == 1 ? threaded(1, DirectEpoll.newFactory()) : new SharedLoopGroup(processors),
                EpollServerSocketChannel.class);
    }

    static EventLoops epoll() {
        return new EventLoops(threaded(processors(), EpollIoHandler.newFactory()), EpollServerSocketChannel.class);
    }

    static EventLoops nio() {
        return new EventLoops(threaded(processors(), NioIoHandler.newFactory()), NioServerSocketChannel.class);
    }

    private static MultiThreadIoEventLoopGroup threaded(int loops, IoHandlerFactory io) {
        return new MultiThreadIoEventLoopGroup(loops, new DefaultThreadFactory("readback"), io);
    }

    private static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    IoEventLoopGroup group() {
        return group;
    }

    Class<? extends ServerSocketChannel> serverChannel() {
        return serverChannel;
    }

    /** The event loops that have been blocked for longer than a second, the longest first. Any thread. */
    public List<BlockedLoop> blocked() {
        return watch.blocked(System.nanoTime());
    }

    /** Waits until the event loops have done what they were given before, at most 5 s. */
    void settle() {
        if (group.isShuttingDown()) {
            return;
        }
        CountDownLatch left = new CountDownLatch(group.executorCount());
        group.forEach(it -> it.execute(left::countDown));
        try {
            if (!left.await(SETTLE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{} event loops were busy for {} s", left.getCount(), SETTLE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the event loops, at most 5 s later. */
    @Override
    public void close() {
        watch.close();
        if (!group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(SHUTDOWN_SECONDS + 1, TimeUnit.SECONDS)) {
            LOG.warn("The event loops did not end within {} s", SHUTDOWN_SECONDS);
        }
    }
}
