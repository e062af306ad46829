package dev.readback.net;

import dev.readback.frame.Framing;
import dev.readback.settings.HalfClose;
import dev.readback.settings.ListenerSettings;
import dev.readback.settings.TimeoutSettings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
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
    private static final long CLOSE_SECONDS = 5;

    private final String listener;
    private final ListenerSettings settings;
    private final EventLoops loops;
    private final ListenerObserver observer;
    private final Duration drainTimeout;
    private final @Nullable ListenerTls tls;
    private final AtomicLong ids = new AtomicLong();
    private volatile @Nullable ListenerContext context; // null before the first start
    private volatile @Nullable Channel server; // null while it does not listen
    private volatile ListenerState state = ListenerState.STOPPED;
    private volatile int port; // 0 before the first start
    private volatile boolean few; // whether it accepts a few connections only

    /**
     * @param listener the listener's name
     * @param drainTimeout how long connections may take to finish when the listener stops
     * @param tls encrypts its connections; null when nothing does
     */
    public NettyServerConnectionFactory(
            String listener,
            ListenerSettings settings,
            EventLoops loops,
            ListenerObserver observer,
            Duration drainTimeout,
            @Nullable ListenerTls tls) {
        super(settings.port());
        this.listener = listener;
        this.settings = settings;
        this.loops = loops;
        this.observer = observer;
        this.drainTimeout = drainTimeout;
        this.tls = tls;
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
                ListenerContext started =
                        new ListenerContext(listener, settings, observer, gateway, ids, getSender(), tls);
                listen(started, settings.port());
                context = started;
                if (tls != null) {
                    observer.encrypts(tls::expiry);
                }
                setActive(true);
                warnOfConnectionsThatNothingEnds();
            }
        } finally {
            lifecycleMonitor.unlock();
        }
    }

    /**
     * Starts, and accepts a few connections only until {@link #acceptAll}: further clients wait in the kernel's backlog. So
     * they leave descriptors to what is still to start.
     */
    public void startWithFew() {
        few = true;
        start();
    }

    /** Accepts all connections from now on. Any thread. */
    public void acceptAll() {
        lifecycleMonitor.lock();
        try {
            few = false;
            Channel bound = server;
            if (bound != null && !bound.eventLoop().isShuttingDown()) {
                AcceptLimit.lift(bound);
            }
        } finally {
            lifecycleMonitor.unlock();
        }
    }

    private void close(Channel bound) {
        AcceptLimit.lift(bound); // those that wait are as open as any to their clients
        bound.pipeline().get(Acceptor.class).closeWhenNoneWaits(bound);
        if (!bound.closeFuture().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("listener '{}' did not give back its address within {} s", listener, CLOSE_SECONDS);
        }
        loops.settle(); // what was accepted last may still be on its way to its event loop
    }

    // a client that shut its sending side and goes away then says so to nobody: TCP has nothing left to tell
    private void warnOfConnectionsThatNothingEnds() {
        if (tls == null // whose clients shut their side without a FIN, and close with one
                && settings.halfClose() == HalfClose.KEEP_OPEN
                && settings.timeouts().halfOpen().isZero()) {
            LOG.warn(
                    "listener '{}' has half-close keep-open and timeouts.half-open 0s: a client that shuts its sending"
                            + " side and goes away without a word keeps its connection for ever",
                    listener);
        }
    }

    /**
     * Stops accepting; open connections live on. Pausing what is paused does nothing.
     *
     * @throws IllegalStateException when the listener neither listens nor is paused
     */
    public void pause() {
        lifecycleMonitor.lock();
        try {
            switch (state) {
                case LISTENING -> {
                    unbind(ListenerState.PAUSED);
                    LOG.info("listener '{}' is paused", listener);
                }
                case PAUSED -> {}
                case DRAINING, STOPPED, FAILED ->
                    throw new IllegalStateException("listener '%s' is %s: only a listening one can be paused"
                            .formatted(listener, state.word()));
            }
        } finally {
            lifecycleMonitor.unlock();
        }
    }

    /**
     * Accepts again, on the same port. Resuming what listens does nothing.
     *
     * @throws ListenerBindException when the port was taken meanwhile; the listener is {@code failed} then
     * @throws IllegalStateException when the listener drains, is stopped, or could not start
     */
    public void resume() {
        lifecycleMonitor.lock();
        try {
            ListenerContext current = context;
            if (current == null || !isActive() || state == ListenerState.DRAINING) {
                throw new IllegalStateException(
                        "listener '%s' is %s: only one that has started can be resumed, when it is paused or failed"
                                .formatted(listener, state.word()));
            }
            if (state != ListenerState.LISTENING) {
                listen(current, port);
            }
        } finally {
            lifecycleMonitor.unlock();
        }
    }

    private void listen(ListenerContext connections, int wanted) {
        try {
            server = bind(connections, wanted);
        } catch (ListenerBindException e) {
            state = ListenerState.FAILED;
            throw e;
        }
        port = localPort();
        state = ListenerState.LISTENING;
        setListening(true);
        LOG.info("listener '{}' listens on {}", listener, address());
    }

    private void unbind(ListenerState next) {
        Channel bound = server;
        state = next;
        setListening(false);
        if (bound != null) {
            server = null;
            if (!bound.eventLoop().isShuttingDown()) {
                close(bound);
            }
        }
    }

    private Channel bind(ListenerContext started, int wanted) {
        Framing framing = settings.framing().framing();
        InetSocketAddress address = new InetSocketAddress(settings.address(), wanted);
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, getBacklog())
                .option(ChannelOption.SO_REUSEADDR, true)
                .handler(new ServerPipeline(started.admission()))
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true) // finds peers that vanished, where no timeout is set
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(HIGH_WATER / 2, HIGH_WATER))
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, readPolicy(framing))
                .childHandler(new ConnectionPipeline(started, framing))
                .bind(address)
                .awaitUninterruptibly();
        Throwable failure = bound.cause();
        if (failure != null) {
            throw new ListenerBindException(listener, address, failure);
        }
        return bound.channel();
    }

    private ReadPolicy readPolicy(Framing framing) {
        return tls == null ? new ReadPolicy(framing.readSize(), Outbox.ROOM) : new ReadPolicy(ListenerTls.READ_SIZE, 0);
    }

    /** What the server channel's events pass before Netty's own acceptor. */
    private final class ServerPipeline extends ChannelInitializer<Channel> {

        private final Admission admission;

        ServerPipeline(Admission admission) {
            this.admission = admission;
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new AcceptPause(listener), new Acceptor(admission));
            if (few) {
                channel.pipeline().addFirst(new AcceptLimit());
            }
        }
    }

    /** Binds in {@link #start}, and has nothing left to run. */
    @Override
    public void run() {}

    /**
     * Begins to stop: accepts no more connections, and ends each that is open as soon as its client loses nothing by it.
     * {@link #stop} waits for them.
     */
    public void drain() {
        lifecycleMonitor.lock();
        try {
            ListenerContext current = context;
            if (current != null && isActive() && state != ListenerState.DRAINING) {
                unbind(ListenerState.DRAINING);
                observer.draining(true);
                current.drain();
            }
        } finally {
            lifecycleMonitor.unlock();
        }
    }

    /** Drains, and resets the connections that are left at the drain timeout. */
    @Override
    public void stop() {
        drain();
        awaitConnections();
        lifecycleMonitor.lock();
        try {
            if (isActive()) {
                setActive(false);
                state = ListenerState.STOPPED;
                observer.draining(false);
                LOG.info("listener '{}' stopped", listener);
            }
        } finally {
            lifecycleMonitor.unlock();
        }
    }

    private void awaitConnections() {
        long end = System.nanoTime() + drainTimeout.toNanos();
        List<Connection> open = connections();
        while (!open.isEmpty() && end - System.nanoTime() > 0) {
            await(open, end - System.nanoTime());
            open = connections();
        }
        if (!open.isEmpty()) {
            open.forEach(it -> it.execute(() -> it.ending().abort(CloseReason.DRAIN_FORCED)));
            await(open, TimeUnit.SECONDS.toNanos(ABORT_SECONDS));
        }
    }

    private static void await(List<Connection> open, long nanos) {
        CountDownLatch left = new CountDownLatch(open.size());
        open.forEach(it -> it.channel().closeFuture().addListener(closed -> left.countDown()));
        try {
            if (!left.await(nanos, TimeUnit.NANOSECONDS)) {
                LOG.debug("{} connections are open still", left.getCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            open.forEach(it -> it.execute(() -> it.ending().abort(CloseReason.DRAIN_FORCED)));
        }
    }

    /** How the connections that were open at the drain have ended so far. */
    public DrainReport drained() {
        ListenerContext current = context;
        return current == null ? DrainReport.NONE : current.drained();
    }

    /** What the listener is doing. */
    public ListenerState state() {
        return state;
    }

    /** The settings with which it started; {@link #timeouts} may differ by now. */
    public ListenerSettings settings() {
        return settings;
    }

    /** The timeouts in force. */
    public TimeoutSettings timeouts() {
        ListenerContext current = context;
        return current == null ? settings.timeouts() : current.timeouts();
    }

    /** Puts other timeouts in force, for new connections and for those that are open. */
    public void tune(TimeoutSettings tuned) {
        ListenerContext current = context;
        Assert.state(current != null, () -> "listener '" + listener + "' is not started");
        current.tune(tuned);
        LOG.info("listener '{}' has other timeouts: {}", listener, tuned);
    }

    /** The port in use, also while paused: the one that was taken when the setting is 0, and 0 itself before the start. */
    @Override
    public int getPort() {
        return port == 0 ? super.getPort() : port;
    }

    private int localPort() {
        return getServerSocketAddress() instanceof InetSocketAddress bound ? bound.getPort() : 0;
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

    /** Snapshots of the open connections, each taken on its event loop. */
    public CompletableFuture<List<ConnectionSnapshot>> snapshots() {
        Map<EventLoop, List<Connection>> byLoop = connections().stream()
                .collect(Collectors.groupingBy(it -> it.channel().eventLoop()));
        List<CompletableFuture<List<ConnectionSnapshot>>> parts = byLoop.entrySet().stream()
                .map(it -> CompletableFuture.supplyAsync(() -> open(it.getValue()), it.getKey()))
                .toList();
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(
                        all -> parts.stream().flatMap(it -> it.join().stream()).toList());
    }

    private static List<ConnectionSnapshot> open(List<Connection> connections) {
        return connections.stream()
                .filter(Connection::isOpen)
                .map(Connection::snapshot)
                .toList();
    }

    /** Does something to an open connection, and returns how it is then; empty when there is no such connection. */
    public Optional<CompletableFuture<ConnectionSnapshot>> operate(String connectionId, Operation operation) {
        return Optional.ofNullable(connection(connectionId))
                .map(it -> CompletableFuture.supplyAsync(
                        () -> operation.on(it), it.channel().eventLoop()));
    }

    private @Nullable Connection connection(String connectionId) {
        ListenerContext current = context;
        return current == null ? null : current.connection(connectionId);
    }

    @Override
    public List<String> getOpenConnectionIds() {
        return connections().stream().map(Connection::getConnectionId).toList();
    }

    @Override
    public boolean closeConnection(String connectionId) {
        return operate(connectionId, Operation.CLOSE).isPresent();
    }

    @Override
    public String toString() {
        return "listener '" + listener + "'";
    }
}
