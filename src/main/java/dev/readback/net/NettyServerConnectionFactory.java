package dev.readback.net;

import dev.readback.frame.Framing;
import dev.readback.settings.ListenerSettings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.integration.ip.tcp.connection.AbstractServerConnectionFactory;
import org.springframework.integration.ip.tcp.connection.TcpListener;
import org.springframework.util.Assert;

/**
 * Accepts one listener's connections for a Spring Integration gateway, on Netty.
 *
 * <p>{@link #start} returns when the address is bound, or throws {@link ListenerBindException}. Starting what runs and
 * stopping what is stopped does nothing: the gateway and the application context both do. Any thread.
 */
public final class NettyServerConnectionFactory extends AbstractServerConnectionFactory {

    /** Connections that the kernel completes while none is accepted; net.core.somaxconn is its upper limit. */
    private static final int BACKLOG = 4096;

    /** Past this many bytes that the peer has not taken, its connection is not read; it is again below half of it. */
    static final int HIGH_WATER = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(NettyServerConnectionFactory.class);
    private static final long ABORT_SECONDS = 5;

    private final String listener;
    private final ListenerSettings settings;
    private final EventLoops loops;
    private final ListenerObserver observer;
    private final Duration drainTimeout;
    private volatile @Nullable ListenerContext context; // null before the first start
    private volatile @Nullable Channel server; // null while stopped

    /**
     * @param listener the listener's name
     * @param drainTimeout how long connections may take to finish when the listener stops
     */
    public NettyServerConnectionFactory(
            String listener,
            ListenerSettings settings,
            EventLoops loops,
            ListenerObserver observer,
            Duration drainTimeout) {
        super(settings.port());
        this.listener = listener;
        this.settings = settings;
        this.loops = loops;
        this.observer = observer;
        this.drainTimeout = drainTimeout;
        setBacklog(BACKLOG);
    }

    @Override
    public String getComponentType() {
        return "netty-server-connection-factory";
    }

    /** The name of the listener whose connections these are. */
    public String listener() {
        return listener;
    }

    @Override
    public void start() {
        lifecycleMonitor.lock();
        try {
            if (!isActive()) {
                TcpListener gateway = getListener();
                Assert.state(gateway != null, () -> "listener '" + listener + "' has no gateway");
                ListenerContext started = new ListenerContext(
                        listener, settings, observer, String.valueOf(getComponentName()), gateway, getSender());
                context = started;
                server = bind(started);
                setActive(true);
                setListening(true);
                LOG.info("listener '{}' listens on {}", listener, address());
            }
        } finally {
            lifecycleMonitor.unlock();
        }
    }

    private Channel bind(ListenerContext started) {
        Framing framing = settings.framing().framing();
        InetSocketAddress address = new InetSocketAddress(settings.address(), settings.port());
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, getBacklog())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true) // finds peers that vanished, where no timeout is set
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(HIGH_WATER / 2, HIGH_WATER))
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new ReadPolicy(framing.readSize(), Outbox.ROOM))
                .childHandler(new ConnectionPipeline(started, framing))
                .bind(address)
                .awaitUninterruptibly();
        Throwable failure = bound.cause();
        if (failure != null) {
            throw new ListenerBindException(listener, address, failure);
        }
        return bound.channel();
    }

    /** Binds in {@link #start}, and has nothing left to run. */
    @Override
    public void run() {}

    /**
     * Stops accepting, lets open connections finish for the drain timeout, then resets those that are left.
     */
    @Override
    public void stop() {
        lifecycleMonitor.lock();
        try {
            Channel bound = server;
            if (bound == null) {
                return;
            }
            setActive(false);
            setListening(false);
            server = null;
            bound.close().awaitUninterruptibly();
            drain();
            LOG.info("listener '{}' stopped", listener);
        } finally {
            lifecycleMonitor.unlock();
        }
    }

    private void drain() {
        List<Connection> open = connections();
        CountDownLatch left = new CountDownLatch(open.size());
        open.forEach(it -> {
            it.channel().closeFuture().addListener(closed -> left.countDown());
            it.execute(() -> it.finish(CloseReason.DRAINED));
        });
        if (!await(left, drainTimeout.toNanos())) {
            LOG.warn("listener '{}' resets {} connections that did not finish", listener, left.getCount());
            open.forEach(it -> it.execute(() -> it.abort(CloseReason.DRAIN_FORCED)));
            await(left, TimeUnit.SECONDS.toNanos(ABORT_SECONDS));
        }
    }

    private static boolean await(CountDownLatch latch, long nanos) {
        try {
            return latch.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The port in use: the one that was taken when the setting is 0, and 0 itself before the start. */
    @Override
    public int getPort() {
        return getServerSocketAddress() instanceof InetSocketAddress address ? address.getPort() : super.getPort();
    }

    @Override
    public @Nullable SocketAddress getServerSocketAddress() {
        Channel bound = server;
        return bound == null ? null : bound.localAddress();
    }

    /** Where it listens, as users write it; empty while it does not. */
    public String address() {
        if (!(getServerSocketAddress() instanceof InetSocketAddress bound)) {
            return "";
        }
        return bound.getAddress().isAnyLocalAddress() ? "*:" + bound.getPort() : NetUtil.toSocketAddressString(bound);
    }

    /** The open connections as they are now. */
    List<Connection> connections() {
        ListenerContext current = context;
        return current == null ? List.of() : List.copyOf(current.connections());
    }

    @Override
    public List<String> getOpenConnectionIds() {
        return connections().stream().map(Connection::getConnectionId).toList();
    }

    @Override
    public boolean closeConnection(String connectionId) {
        ListenerContext current = context;
        Connection connection = current == null ? null : current.connection(connectionId);
        if (connection == null) {
            return false;
        }
        connection.close();
        return true;
    }

    @Override
    public String toString() {
        return "listener '" + listener + "'";
    }
}
