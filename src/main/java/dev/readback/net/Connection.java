package dev.readback.net;

import dev.readback.frame.FrameDecoder;
import dev.readback.frame.FrameException;
import dev.readback.frame.Reply;
import dev.readback.settings.HalfClose;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.serializer.Deserializer;
import org.springframework.core.serializer.Serializer;
import org.springframework.integration.ip.IpHeaders;
import org.springframework.integration.ip.tcp.connection.SocketInfo;
import org.springframework.integration.ip.tcp.connection.TcpConnection;
import org.springframework.integration.ip.tcp.connection.TcpListener;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

/**
 * One TCP connection: hands each frame to the gateway, and closes, for one reason, once.
 *
 * <p>It is the last handler of its channel's pipeline and the gateway's {@link TcpConnection}. All of its state belongs
 * to its event loop; what other threads may call says so.
 *
 * <p>There are three ways to end. {@link #finish}: what waits is sent, Readback's side is shut, and what still comes is
 * discarded until the client closes too or {@code timeouts.linger} is over, since a socket closed over unread input
 * resets the connection, and the reset can overtake the last reply. {@link #end}: the socket is closed.
 * {@link #abort}: the connection is reset.
 */
public final class Connection extends ChannelInboundHandlerAdapter implements TcpConnection, ChannelFutureListener {

    /** The header of each message that holds its {@link Connection}. */
    public static final String HEADER = "readback_connection";

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final InetSocketAddress UNKNOWN_PEER = InetSocketAddress.createUnresolved("unknown", 0);

    private final ListenerContext listener;
    private final Channel channel;
    private final String id;
    private final InetSocketAddress peer;
    private final @Nullable FrameDecoder decoder; // null where one read is one frame
    private final Wire wire;
    private final Timeouts timeouts;
    private final long opened;
    private final Instant since;
    private final ReplySlot replies = new ReplySlot(this);
    private @Nullable Outbox outbox; // null before the handler is in its pipeline
    private @Nullable MessageHeaders headers; // null before the first frame
    private @Nullable CloseReason reason; // null while nothing has ended the connection
    private boolean answering;
    private boolean answers = true; // until either side is shut by Readback
    private boolean insideFrame; // as of the last read
    private long frameTimed = -1; // the frame for which the frame timeout was started last, counted from 0
    private @Nullable Future<?> lastFrame; // ends the wait for the frame that has begun; null but for a last frame
    private boolean closing;
    private boolean peerShut;
    private boolean localShut;
    private boolean ignoringInput; // an operator shut the reading side
    private boolean draining;
    private long peerShutAt;
    private long frames;
    private long acknowledgements;
    private int framesInTurn;
    private int acknowledgementsInTurn;
    private long turnBegan;

    Connection(ListenerContext listener, Channel channel, @Nullable FrameDecoder decoder) {
        this.listener = listener;
        this.channel = channel;
        this.decoder = decoder;
        this.id = listener.nextId();
        this.peer = channel.remoteAddress() instanceof InetSocketAddress address ? address : UNKNOWN_PEER;
        this.timeouts = new Timeouts(this, channel.eventLoop());
        this.wire = new Wire(this, listener.observer(), timeouts);
        this.opened = timeouts.now();
        this.since = Instant.now();
    }

    /** Enters the listener's books, and leaves them when the channel closes, however it does. */
    void open() {
        listener.add(this);
        channel.closeFuture().addListener(this);
        timeouts.start(TimeoutKind.IDLE);
        timeouts.start(TimeoutKind.FIRST_BYTE);
        timeouts.start(TimeoutKind.LIFETIME);
    }

    ListenerContext listener() {
        return listener;
    }

    Channel channel() {
        return channel;
    }

    Wire wire() {
        return wire;
    }

    Timeouts timeouts() {
        return timeouts;
    }

    /** Whether what comes next is still answered. */
    boolean isListening() {
        return !closing && !peerShut;
    }

    /** The client. Any thread. */
    public InetSocketAddress peer() {
        return peer;
    }

    /** How many frames have come, the one in hand included. On the event loop. */
    public long frames() {
        return frames;
    }

    // --- frames in, replies out

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        outbox = new Outbox(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf frame = (ByteBuf) message;
        try {
            if (answers) {
                answer(frame);
                if (lastFrame != null) {
                    giveUp(CloseReason.LIFETIME);
                }
            }
        } finally {
            frame.release();
        }
    }

    private void answer(ByteBuf frame) {
        if (framesInTurn++ == 0) {
            turnBegan = wire.lastRead();
        }
        frames++;
        answering = true;
        try {
            listener.gateway().onMessage(new GenericMessage<>(frame, headers()));
        } catch (RuntimeException e) {
            LOG.error("listener '{}', connection {}: the flow failed on frame {}", listener.name(), id, frames, e);
            finish(CloseReason.ERROR);
        } finally {
            answering = false;
        }
    }

    private MessageHeaders headers() {
        MessageHeaders known = headers;
        if (known == null) {
            Map<String, Object> map = new HashMap<>();
            map.put(IpHeaders.CONNECTION_ID, id);
            map.put(IpHeaders.HOSTNAME, getHostName());
            map.put(IpHeaders.IP_ADDRESS, getHostAddress());
            map.put(IpHeaders.REMOTE_PORT, getPort());
            map.put(MessageHeaders.REPLY_CHANNEL, replies);
            map.put(HEADER, this);
            known = new MessageHeaders(map);
            headers = known;
        }
        return known;
    }

    /**
     * Writes the reply to the frame in hand.
     *
     * @throws IllegalStateException when no frame is in hand on this thread; the connection is closed
     * @throws IllegalArgumentException when the payload is no {@link Reply}
     */
    @Override
    public void send(Message<?> message) {
        if (!isAnswering()) {
            throw answeredLate();
        }
        if (!(message.getPayload() instanceof Reply reply)) {
            throw new IllegalArgumentException("listener '%s' answers with a %s, not with a %s"
                    .formatted(listener.name(), message.getPayload().getClass().getName(), Reply.class.getName()));
        }
        outbox().add(reply.echo(), reply.acknowledgement());
        if (reply.acknowledgement().length > 0) {
            acknowledgementsInTurn++;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (framesInTurn > 0) {
            if (draining && answers && !isInsideFrame() && wire.isInputDrained()) {
                cork();
                finish(CloseReason.DRAINED);
            } else {
                sendReplies();
            }
        }
        if (decoder != null) {
            timeFrame();
        }
    }

    private boolean isInsideFrame() {
        return decoder != null && decoder.isInsideFrame();
    }

    // each frame anew, from the turn that began it: bytes that trickle in change nothing. After the replies are sent,
    // since that is when reading may be paused, and a frame that begins then is not timed before reading goes on
    private void timeFrame() {
        insideFrame = !closing && isInsideFrame();
        if (!insideFrame) {
            timeouts.stop(TimeoutKind.FRAME);
        } else if (frameTimed != frames) {
            frameTimed = frames;
            wire.timeFrame();
        }
    }

    /**
     * The frames of one read are answered. The replies leave together when the turn ends, but sooner when they are many:
     * so a connection whose peer does not read holds no more than the water mark and the replies to one read.
     *
     * <p>How many those are is up to the settings: a read of 4 KB of 1-byte records with the default acknowledgement of 11
     * bytes makes 48 KB.
     */
    void readAnswered() {
        if (framesInTurn > 0 && !channel.isWritable()) {
            sendReplies();
        }
    }

    private void sendReplies() {
        outbox().flush();
        int answered = framesInTurn;
        int acknowledged = acknowledgementsInTurn;
        framesInTurn = 0;
        acknowledgementsInTurn = 0;
        acknowledgements += acknowledged;
        listener.observer().answered(answered, acknowledged, timeouts.now() - turnBegan);
    }

    /** Whether a frame is in hand on the calling thread. Any thread. */
    boolean isAnswering() {
        return channel.eventLoop().inEventLoop() && answering;
    }

    /** Closes the connection whose flow answered too late, and says what is wrong with that. Any thread. */
    IllegalStateException answeredLate() {
        IllegalStateException late = new IllegalStateException(
                "listener '%s', connection %s: the flow answered on thread '%s' after it had returned; a flow answers on "
                                .formatted(
                                        listener.name(),
                                        id,
                                        Thread.currentThread().getName())
                        + "the connection's event loop before it returns");
        LOG.error("{}", late.getMessage(), late);
        execute(() -> finish(CloseReason.ERROR));
        return late;
    }

    private Outbox outbox() {
        Outbox known = outbox;
        if (known == null) {
            throw new IllegalStateException("connection " + id + " is not in its pipeline yet");
        }
        return known;
    }

    // --- the ends

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !peerShut) {
            peerShut = true;
            peerShutAt = timeouts.now();
            peerHasShut();
        }
    }

    private void peerHasShut() {
        if (!ignoringInput) {
            listener.observer().halfOpened(Side.PEER);
        }
        timeouts.stop(TimeoutKind.IDLE);
        timeouts.stop(TimeoutKind.FIRST_BYTE);
        timeouts.stop(TimeoutKind.FRAME);
        if (localShut) {
            end(ignoringInput ? CloseReason.OPERATOR : CloseReason.PEER_CLOSED);
        } else if (insideFrame && answers) {
            failed(new FrameException(FrameException.Fault.TRUNCATED, "the input ended inside a frame"));
        } else if (!closing) {
            switch (listener.settings().halfClose()) {
                case ANSWER_THEN_CLOSE -> whenDrained(() -> end(CloseReason.PEER_CLOSED));
                case KEEP_OPEN -> timeouts.start(TimeoutKind.HALF_OPEN);
                case CLOSE_NOW -> end(CloseReason.PEER_CLOSED);
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        switch (cause) {
            case ReadPolicy.TurnOver over -> LOG.trace("connection {}: {}", id, over.getMessage());
            case FrameException fault -> failed(fault);
            case IOException lost -> {
                LOG.debug("listener '{}', connection {}: {}", listener.name(), id, lost.getMessage());
                end(CloseReason.PEER_RESET);
            }
            default -> {
                LOG.error("listener '{}', connection {} failed", listener.name(), id, cause);
                finish(CloseReason.ERROR);
            }
        }
    }

    private void failed(FrameException fault) {
        LOG.debug("listener '{}', connection {}, frame {}: {}", listener.name(), id, frames + 1, fault.getMessage());
        finish(CloseReason.of(fault.fault()));
    }

    /** A timeout ran out. */
    void timedOut(TimeoutKind kind) {
        listener.observer().timedOut(kind);
        LOG.info(
                "Connection timed out: listener '{}', connection {}, peer {}: {} after {} ms",
                listener.name(),
                id,
                NetUtil.toSocketAddressString(peer),
                kind,
                kind.nanos(listener.timeouts()) / 1_000_000);
        switch (kind) {
            case IDLE, FIRST_BYTE, FRAME, HALF_OPEN -> giveUp(kind.reason());
            case LIFETIME -> giveUpAfterFrame(kind.reason());
            // nothing gets through to such a peer, and a polite close would leave its replies to the kernel
            case WRITE -> abort(kind.reason());
            // there is nothing to say to a peer with which nothing is agreed yet
            case HANDSHAKE, LINGER -> end(kind.reason());
        }
    }

    // a frame that has begun may be completed, for as long as timeouts.frame still lets it, and without that for linger
    private void giveUpAfterFrame(CloseReason cause) {
        because(cause);
        long frame = TimeoutKind.FRAME.nanos(listener.timeouts());
        long patience = frame > 0 ? frame : TimeoutKind.LINGER.nanos(listener.timeouts());
        if (insideFrame && patience > 0) {
            lastFrame = channel.eventLoop().schedule(() -> giveUp(cause), patience, TimeUnit.NANOSECONDS);
        } else {
            giveUp(cause);
        }
    }

    private void giveUp(CloseReason cause) {
        notice();
        finish(cause);
    }

    private void notice() {
        byte[] notice = listener.timeoutNotice();
        if (notice.length > 0 && !closing && channel.isActive()) {
            outbox().flush();
            channel.write(Unpooled.wrappedBuffer(notice), channel.voidPromise());
        }
    }

    /** Ends politely, for this reason unless there is one already. */
    void finish(CloseReason cause) {
        assert channel.eventLoop().inEventLoop();
        because(cause);
        if (closing || !channel.isOpen()) {
            return;
        }
        closing = true;
        answers = false;
        timeouts.stop(TimeoutKind.IDLE);
        timeouts.stop(TimeoutKind.FIRST_BYTE);
        timeouts.stop(TimeoutKind.FRAME);
        timeouts.stop(TimeoutKind.LIFETIME);
        timeouts.stop(TimeoutKind.HALF_OPEN);
        wire.resume();
        if (framesInTurn > 0) {
            sendReplies();
        }
        insideFrame = false;
        stopWaitingForFrame();
        if (decoder != null) {
            // what comes from here on is discarded as it comes, and so is what the decoder holds and now passes on
            channel.pipeline().remove(decoder);
        }
        whenDrained(this::shutLocal);
    }

    private void stopWaitingForFrame() {
        Future<?> wait = lastFrame;
        if (wait != null) {
            wait.cancel(false);
            lastFrame = null;
        }
    }

    private void shutLocal() {
        wire.settle(); // the transport may have sent the last bytes by itself, and after this nothing can tell
        if (peerShut || TimeoutKind.LINGER.nanos(listener.timeouts()) == 0) {
            channel.close();
        } else {
            sendFin();
            timeouts.start(TimeoutKind.LINGER);
        }
    }

    private void sendFin() {
        if (channel.isOpen() && !localShut) {
            localShut = true;
            listener.observer().halfOpened(Side.LOCAL);
            ((DuplexChannel) channel).shutdownOutput();
        }
    }

    /** Closes the socket, for this reason unless there is one already. */
    void end(CloseReason cause) {
        assert channel.eventLoop().inEventLoop();
        because(cause);
        closing = true;
        if (channel.isOpen()) {
            wire.settle();
            channel.close();
        }
    }

    /** Resets the connection, for this reason unless there is one already. */
    void abort(CloseReason cause) {
        assert channel.eventLoop().inEventLoop();
        if (channel.isOpen()) {
            if (reason == CloseReason.DRAINED) {
                reason = cause; // it was to be drained, and was not
            }
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            end(cause);
        }
    }

    private void because(CloseReason cause) {
        if (reason == null) {
            reason = cause;
        }
    }

    private void whenDrained(Runnable next) {
        channel.flush();
        if (wire.isDrained()) {
            next.run();
        } else {
            // goes out last, so it is out when all else is
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
                if (written.isSuccess()) {
                    next.run();
                }
            });
        }
    }

    /** The channel is closed: everything that was acquired in {@link #open} is given back. */
    @Override
    public void operationComplete(ChannelFuture closed) {
        assert channel.eventLoop().inEventLoop();
        because(CloseReason.PEER_RESET); // only a failed write closes a channel without a reason
        closing = true;
        timeouts.stopAll();
        stopWaitingForFrame();
        outbox().release();
        if (peerShut || ignoringInput) {
            listener.observer().halfOpenEnded(Side.PEER);
        }
        if (localShut) {
            listener.observer().halfOpenEnded(Side.LOCAL);
        }
        listener.remove(this, summary());
    }

    private ConnectionSummary summary() {
        CloseReason known = reason == null ? CloseReason.ERROR : reason;
        return new ConnectionSummary(
                id, peer, known, wire.received(), wire.sent(), frames, acknowledgements, timeouts.now() - opened);
    }

    // --- what operators do

    /**
     * Shuts Readback's sending side, once what waits is sent: the client sees the end of the stream, and what it sends
     * from now on is counted and not answered.
     */
    void shutWrite() {
        assert channel.eventLoop().inEventLoop();
        answers = false;
        whenDrained(this::sendFinToOpenPeer);
    }

    private void sendFinToOpenPeer() {
        if (peerShut) {
            end(CloseReason.PEER_CLOSED);
        } else {
            sendFin();
        }
    }

    /** Ignores what comes from now on, which is still counted; what waits is still sent. */
    void shutRead() {
        assert channel.eventLoop().inEventLoop();
        answers = false;
        if (!ignoringInput) {
            ignoringInput = true;
            if (!peerShut) {
                listener.observer().halfOpened(Side.PEER);
            }
        }
    }

    /** Shuts both sides; the connection is over when the client closes too, or {@code timeouts.linger} later. */
    void shutBoth() {
        shutRead();
        whenDrained(() -> {
            if (peerShut || TimeoutKind.LINGER.nanos(listener.timeouts()) == 0) {
                end(CloseReason.OPERATOR);
            } else {
                sendFin();
                timeouts.start(TimeoutKind.LINGER);
            }
        });
    }

    /** Applies timeouts that have changed, from when each began to run. */
    void retune() {
        assert channel.eventLoop().inEventLoop();
        if (!channel.isOpen()) {
            return;
        }
        wire.settle(); // starts the write timeout if it was off while replies wait
        timeouts.retune(TimeoutKind.WRITE);
        timeouts.retune(TimeoutKind.LINGER);
        if (!closing) {
            timeouts.restart(TimeoutKind.LIFETIME, opened);
            if (peerShut) {
                retuneHalfOpen();
            } else {
                retuneReading();
            }
        }
    }

    private void retuneHalfOpen() {
        if (listener.settings().halfClose() == HalfClose.KEEP_OPEN) {
            timeouts.restart(TimeoutKind.HALF_OPEN, peerShutAt);
        }
    }

    private void retuneReading() {
        if (!wire.isPaused()) {
            timeouts.restart(TimeoutKind.IDLE, lastActivity());
        }
        if (wire.received() == 0) {
            timeouts.restart(TimeoutKind.FIRST_BYTE, opened);
        }
        timeouts.retune(TimeoutKind.FRAME);
        if (insideFrame && !timeouts.isRunning(TimeoutKind.FRAME)) {
            wire.timeFrame();
        }
    }

    private long lastActivity() {
        return wire.received() == 0 ? opened : wire.lastRead();
    }

    // --- the drain

    /**
     * Ends the connection as soon as the client loses nothing by it: right behind the next reply, or when it has been
     * quiet for a second, in which a frame that was under way would have come.
     */
    void drain() {
        assert channel.eventLoop().inEventLoop();
        draining = true;
        finishIfQuiet();
    }

    private void finishIfQuiet() {
        long left = QUIET_NANOS - (timeouts.now() - lastActivity());
        if (peerShut || !answers || (left <= 0 && !insideFrame)) {
            finish(CloseReason.DRAINED);
        } else if (channel.isOpen()) {
            long next = left > 0 ? left : QUIET_NANOS; // a frame that has begun is waited for, up to the drain timeout
            channel.eventLoop().schedule(this::finishIfQuiet, next, TimeUnit.NANOSECONDS);
        }
    }

    // lets the last reply and the FIN leave in one segment: a client that waits for its reply before it sends the next
    // frame has then seen the FIN, and has sent nothing that stays unanswered
    private void cork() {
        if (channel instanceof EpollSocketChannel epoll) {
            epoll.config().setTcpCork(true);
        }
    }

    // --- what other threads may call

    /** The connection as it is now. On the event loop. */
    ConnectionSnapshot snapshot() {
        long now = timeouts.now();
        Set<Side> open = EnumSet.noneOf(Side.class);
        if (!peerShut && !ignoringInput) {
            open.add(Side.PEER);
        }
        if (!localShut) {
            open.add(Side.LOCAL);
        }
        return new ConnectionSnapshot(
                id,
                listener.name(),
                peer,
                since,
                now - opened,
                now - lastActivity(),
                wire.received(),
                wire.sent(),
                frames,
                acknowledgements,
                open,
                wire.isPaused(),
                closing ? reason : null);
    }

    /** Finishes the connection as an operator would. Any thread. */
    @Override
    public void close() {
        execute(() -> finish(CloseReason.OPERATOR));
    }

    /** Runs a task on the connection's event loop, unless that has ended, and all connections with it. Any thread. */
    void execute(Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("connection {}: its event loop has ended", id);
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public String getHostName() {
        return getHostAddress(); // no look-up: it would block the event loop
    }

    @Override
    public String getHostAddress() {
        return peer.isUnresolved() ? peer.getHostString() : peer.getAddress().getHostAddress();
    }

    @Override
    public int getPort() {
        return peer.getPort();
    }

    @Override
    public String getConnectionId() {
        return id;
    }

    @Override
    public boolean isServer() {
        return true;
    }

    @Override
    public TcpListener getListener() {
        return listener.gateway();
    }

    @Override
    public long incrementAndGetConnectionSequence() {
        return frames;
    }

    @Override
    public @Nullable SSLSession getSslSession() {
        return null;
    }

    @Override
    public @Nullable SocketInfo getSocketInfo() {
        return null; // there is no java.net.Socket behind this connection
    }

    @Override
    public @Nullable Object getPayload() {
        return null; // frames are pushed
    }

    @Override
    public @Nullable Object getDeserializerStateKey() {
        return null;
    }

    @Override
    public Deserializer<?> getDeserializer() {
        throw new UnsupportedOperationException("the pipeline's decoder makes the frames");
    }

    @Override
    public Serializer<?> getSerializer() {
        throw new UnsupportedOperationException("the connection writes its replies itself");
    }

    @Override
    public void run() {
        throw new UnsupportedOperationException("the event loop runs this connection");
    }

    @Override
    public String toString() {
        return "connection " + id + " of listener '" + listener.name() + "' with "
                + NetUtil.toSocketAddressString(peer);
    }
}
