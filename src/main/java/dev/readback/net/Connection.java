package dev.readback.net;

import dev.readback.frame.FrameDecoder;
import dev.readback.frame.FrameException;
import dev.readback.frame.Reply;
import dev.readback.settings.HalfClose;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.integration.ip.tcp.connection.TcpListener;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

/**
 * One TCP connection: hands each frame to the gateway and sends its reply.
 *
 * <p>It is the last handler of its channel's pipeline and the gateway's connection; {@link Ending} says how it ends. All
 * of its state belongs to its event loop; what other threads may call says so.
 */
public final class Connection extends PushedConnection implements ChannelFutureListener {

    /** The header of each message that holds its {@link Connection}. */
    public static final String HEADER = "readback_connection";

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final InetSocketAddress UNKNOWN_PEER = InetSocketAddress.createUnresolved("unknown", 0);

    private final ListenerContext listener;
    private final long number;
    private final Channel channel;
    private final @Nullable FrameDecoder decoder; // null where one read is one frame
    private final Timeouts timeouts;
    private final long opened;
    private final long since; // a number, since all idle connections would keep an object for it
    private final Wire wire;
    private final Ending ending = new Ending(this);
    private @Nullable Entrance entrance; // null where data is all that comes
    private @Nullable Outbox outbox; // null before the handler is in its pipeline
    private @Nullable MessageHeaders headers; // null before the first frame
    private boolean answering;
    private boolean insideFrame; // as of the last read
    private long frameTimed = -1; // the frame for which the frame timeout was started last, counted from 0
    private long frames;
    private long acknowledgements;
    private int framesInTurn;
    private int acknowledgementsInTurn;
    private long turnBegan;

    Connection(ListenerContext listener, Channel channel, @Nullable FrameDecoder decoder) {
        super(channel.remoteAddress() instanceof InetSocketAddress address ? address : UNKNOWN_PEER);
        this.listener = listener;
        this.number = listener.nextNumber();
        this.channel = channel;
        this.decoder = decoder;
        this.timeouts = new Timeouts(this, channel.eventLoop());
        this.opened = timeouts.now();
        this.since = System.currentTimeMillis();
        this.wire = new Wire(this, opened);
    }

    /** Lets something come before the data; before the connection is opened. */
    void enterBy(Entrance way) {
        entrance = way;
    }

    /** Enters the listener's books, and leaves them when the channel closes, however it does. */
    void open() {
        listener.add(this);
        channel.closeFuture().addListener(this);
        timeouts.start(TimeoutKind.LIFETIME);
        if (entrance == null) {
            accept();
            awaitData();
        } else {
            entrance.open();
        }
    }

    /** Its client is known, and may stay. */
    void accept() {
        listener.observer().accepted();
    }

    /** What comes from now on is data. */
    void awaitData() {
        timeouts.start(TimeoutKind.IDLE);
        timeouts.start(TimeoutKind.FIRST_BYTE);
    }

    /** Whether nothing is left to be agreed on before the data. */
    boolean isEstablished() {
        return entrance == null || entrance.isEstablished();
    }

    /** Whether what comes is frames and nothing else, and no end is near: the channel would have nothing to add. */
    boolean isPlain() {
        return entrance == null && ending.isListening() && !ending.isDraining();
    }

    /** The most bytes that one read takes. */
    int readSize() {
        return listener.readSize();
    }

    /** Whether frames are whole reads, so that nothing of one is kept for the next turn. */
    boolean isPassing() {
        return decoder == null;
    }

    boolean isEncrypted() {
        return entrance != null && entrance.isEncrypted();
    }

    /** What happens when the client shuts its sending side. */
    HalfClose halfClose() {
        HalfClose wanted = listener.settings().halfClose();
        return entrance == null ? wanted : entrance.allowed(wanted);
    }

    /** Says to a TLS client that nothing more comes, behind all that waits. */
    void closeNotify() {
        if (entrance != null) {
            entrance.closeNotify();
        }
    }

    /** The channel is closed: everything that was acquired in {@link #open} is given back. */
    @Override
    public void operationComplete(ChannelFuture closed) {
        assert channel.eventLoop().inEventLoop();
        CloseReason reason = ending.closed();
        timeouts.stopAll();
        outbox().release();
        countTurn(0); // what was not sent is not acknowledged
        RefusalReason refused = entrance == null ? null : entrance.leave(reason);
        if (refused != null) {
            listener.remove(this, refused, timeouts.now());
            return;
        }
        listener.remove(
                this,
                new ConnectionSummary(
                        getConnectionId(),
                        peer(),
                        reason,
                        wire.received(),
                        wire.sent(),
                        frames,
                        acknowledgements,
                        timeouts.now() - opened));
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

    Ending ending() {
        return ending;
    }

    /** When it was accepted, on the event loop's clock. */
    long opened() {
        return opened;
    }

    /** How many frames have come, the one in hand included. On the event loop. */
    public long frames() {
        return frames;
    }

    // --- frames in, replies out

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        outbox = new Outbox(ctx, wire);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf frame = (ByteBuf) message;
        try {
            if (ending.answers()) {
                answer(frame);
                if (ending.isLastFrame()) {
                    ending.giveUp(CloseReason.LIFETIME);
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
            LOG.error(
                    "listener '{}', connection {}: the flow failed on frame {}",
                    listener.name(),
                    getConnectionId(),
                    frames,
                    e);
            ending.finish(CloseReason.ERROR);
        } finally {
            answering = false;
        }
    }

    private MessageHeaders headers() {
        MessageHeaders known = headers;
        if (known == null) {
            known = new ConnectionHeaders(this);
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
            if (ending.isDraining() && ending.answers() && !holdsPartOfFrame() && wire.isInputDrained()) {
                cork();
                ending.finish(CloseReason.DRAINED);
            } else {
                sendReplies();
            }
        }
        if (decoder != null) {
            timeFrame();
        }
    }

    private boolean holdsPartOfFrame() {
        return (decoder != null && decoder.isInsideFrame()) || (entrance != null && entrance.isInsideRecord());
    }

    /** Whether the last turn left a frame that has begun and is not complete. */
    boolean isInsideFrame() {
        return insideFrame;
    }

    // each frame anew, from the turn that began it: bytes that trickle in change nothing. After the replies are sent,
    // since that is when reading may be paused, and a frame that begins then is not timed before reading goes on
    private void timeFrame() {
        insideFrame = !ending.isClosing() && holdsPartOfFrame();
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
        countTurn(acknowledgementsInTurn);
    }

    // a write that fails closes the channel before it returns, and with it the turn is counted already
    private void countTurn(int acknowledged) {
        int answered = framesInTurn;
        if (answered > 0) {
            framesInTurn = 0;
            acknowledgementsInTurn = 0;
            acknowledgements += acknowledged;
            listener.observer().answered(answered, acknowledged, timeouts.now() - turnBegan);
        }
    }

    /** Sends the replies that wait for the end of the turn, uncounted until then. */
    void flushReplies() {
        outbox().flush();
    }

    // lets the last reply and the FIN leave in one segment: a client that waits for its reply before it sends the next
    // frame has then seen the FIN, and has sent nothing that stays unanswered
    private void cork() {
        if (channel instanceof EpollSocketChannel epoll) {
            epoll.config().setTcpCork(true);
        }
    }

    /** Sends the replies so far; what comes from here on is discarded as it comes. */
    void stopAnswering() {
        if (framesInTurn > 0) {
            sendReplies();
        }
        insideFrame = false;
        if (decoder != null && channel.pipeline().context(decoder) != null) {
            channel.pipeline().remove(decoder); // passes on what it holds, which is discarded too
        }
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
                                        getConnectionId(),
                                        Thread.currentThread().getName())
                        + "the connection's event loop before it returns");
        LOG.error("{}", late.getMessage(), late);
        execute(() -> ending.finish(CloseReason.ERROR));
        return late;
    }

    private Outbox outbox() {
        Outbox known = outbox;
        if (known == null) {
            throw new IllegalStateException("connection " + getConnectionId() + " is not in its pipeline yet");
        }
        return known;
    }

    // --- what happens to it

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        switch (event) {
            case ChannelInputShutdownEvent shut -> inputEnds();
            case SslHandshakeCompletionEvent done when done.isSuccess() -> established();
            case SslHandshakeCompletionEvent done -> tlsFailed(done.cause());
            case SslCloseCompletionEvent done when done.isSuccess() -> peerShuts(); // close_notify
            default -> {}
        }
    }

    private void established() {
        if (entrance != null) {
            entrance.established();
        }
    }

    /** The input has ended: the client has shut its sending side, and behind a close_notify it has closed. */
    void inputEnds() {
        if (isEncrypted() && ending.isPeerShut()) {
            ending.end(CloseReason.PEER_CLOSED);
        } else {
            peerShuts();
        }
    }

    private void peerShuts() {
        if (isEncrypted()) { // the last record may have brought frames in this turn
            if (framesInTurn > 0) {
                sendReplies();
            }
            insideFrame = holdsPartOfFrame();
        }
        ending.peerShuts();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        switch (cause) {
            case ReadPolicy.TurnOver over -> {} // the rest is read in the next turn
            case FrameException fault -> failed(fault);
            case SSLException broken -> tlsFailed(broken);
            case DecoderException undecoded
            when undecoded.getCause() instanceof SSLException broken -> tlsFailed(broken);
            case IOException lost -> {
                LOG.debug("listener '{}', connection {}: {}", listener.name(), getConnectionId(), lost.getMessage());
                ending.end(CloseReason.PEER_RESET);
            }
            default -> {
                LOG.error("listener '{}', connection {} failed", listener.name(), getConnectionId(), cause);
                ending.finish(CloseReason.ERROR);
            }
        }
    }

    private void tlsFailed(Throwable cause) {
        if (!ending.isClosing()) {
            LOG.debug("listener '{}', connection {}, TLS: {}", listener.name(), getConnectionId(), cause.getMessage());
        }
        ending.finish(isEstablished() ? CloseReason.FRAME_INVALID : CloseReason.HANDSHAKE_FAILED);
    }

    private void failed(FrameException fault) {
        LOG.debug(
                "listener '{}', connection {}, frame {}: {}",
                listener.name(),
                getConnectionId(),
                frames + 1,
                fault.getMessage());
        ending.finish(CloseReason.of(fault.fault()));
    }

    /** The input has ended inside a frame. */
    void truncated() {
        failed(new FrameException(FrameException.Fault.TRUNCATED, "the input ended inside a frame"));
    }

    /** A timeout ran out. */
    void timedOut(TimeoutKind kind) {
        listener.observer().timedOut(kind);
        LOG.info(
                "Connection timed out: listener '{}', connection {}, peer {}: {} after {} ms",
                listener.name(),
                getConnectionId(),
                NetUtil.toSocketAddressString(peer()),
                kind,
                kind.nanos(listener.timeouts()) / 1_000_000);
        ending.timedOut(kind);
    }

    /** Applies timeouts that have changed, from when each began to run. */
    void retune() {
        assert channel.eventLoop().inEventLoop();
        if (channel.isOpen()) {
            if (entrance == null || entrance.retune()) {
                wire.retune();
            }
            ending.retune();
            timeouts.retune(TimeoutKind.FRAME);
            if (insideFrame && ending.isListening() && !timeouts.isStarted(TimeoutKind.FRAME)) {
                wire.timeFrame();
            }
        }
    }

    // --- what other threads may call

    /** The listener's name and a number; made anew for each who asks, who are few. */
    @Override
    public String getConnectionId() {
        return listener.name() + "-" + number;
    }

    /** The connection as it is now. On the event loop. */
    ConnectionSnapshot snapshot() {
        long now = timeouts.now();
        return new ConnectionSnapshot(
                getConnectionId(),
                listener.name(),
                peer(),
                Instant.ofEpochMilli(since),
                now - opened,
                now - wire.lastRead(),
                wire.received(),
                wire.sent(),
                frames,
                acknowledgements,
                ending.openSides(),
                wire.isPaused(),
                entrance == null ? null : entrance.session(),
                ending.isClosing() ? ending.reason() : null,
                entrance == null ? null : entrance.proxy());
    }

    /** Finishes the connection as an operator would. Any thread. */
    @Override
    public void close() {
        execute(() -> ending.finish(CloseReason.OPERATOR));
    }

    /** Runs a task on the connection's event loop, unless that has ended, and all connections with it. Any thread. */
    void execute(Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("connection {}: its event loop has ended", getConnectionId());
        }
    }

    @Override
    public @Nullable SSLSession getSslSession() {
        return entrance == null ? null : entrance.sslSession();
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
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
    public String toString() {
        return "connection " + getConnectionId() + " of listener '" + listener.name() + "' with "
                + NetUtil.toSocketAddressString(peer());
    }
}
