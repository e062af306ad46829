package dev.readback.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of the pipeline at the socket: counts the bytes of one connection and stops reading while its peer does not
 * read. Belongs to the connection's event loop.
 */
final class Wire extends ChannelDuplexHandler {

    private final Connection connection;
    private long received;
    private long unflushed;
    private long flushed;
    private long sent;
    private long lastRead;
    private boolean paused;
    private boolean data; // whether any byte came that is no part of a handshake
    private @Nullable ChannelHandlerContext context; // null before the handler is in its pipeline
    private @Nullable DirectSocket direct; // null where all goes by the channel, and before something has come
    private boolean writeTimed; // whether the write timeout may run

    /** @param opened when the connection was accepted, on the event loop's clock */
    Wire(Connection connection, long opened) {
        this.connection = connection;
        this.lastRead = opened;
    }

    /** Bytes that came from the socket, without a PROXY header's. */
    long received() {
        return received;
    }

    /** Bytes that the socket took. */
    long sent() {
        return sent;
    }

    /** When bytes last came, and before the first when the connection was accepted, on the event loop's clock. */
    long lastRead() {
        return lastRead;
    }

    /** Whether reading stands still because the peer does not read. */
    boolean isPaused() {
        return paused;
    }

    /** Whether the channel's last read left nothing behind; for connections that drain, which only the channel reads. */
    boolean isInputDrained() {
        var reads = connection.channel().unsafe().recvBufAllocHandle();
        return reads.lastBytesRead() < reads.attemptedBytesRead();
    }

    /** Whether nothing that was written waits for the socket. */
    boolean isDrained() {
        ChannelOutboundBuffer buffer = connection.channel().unsafe().outboundBuffer();
        return buffer == null || buffer.isEmpty();
    }

    /** What comes from now on is data. */
    void begin() {
        lastRead = timeouts().now();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /** The first byte of data has come. */
    void dataCame() {
        if (!data) {
            data = true;
            timeouts().stop(TimeoutKind.FIRST_BYTE);
        }
    }

    /**
     * Reads once past the channel, and answers what came.
     *
     * @return whether the turn is over; otherwise the channel is to look what there is, and ends it
     */
    boolean read(DirectSocket socket) {
        if (paused || !connection.isPlain()) {
            return false;
        }
        direct = socket;
        ChannelHandlerContext ctx = context();
        int size = connection.readSize();
        int came = 0;
        try {
            ByteBuf read = socket.read(size, connection.isPassing());
            if (read == null) {
                return false;
            }
            came = read.readableBytes();
            channelRead(ctx, read);
        } catch (Throwable e) { // also memory that runs out: it ends this connection, and not the event loop
            ctx.fireExceptionCaught(e);
        }
        if (came == size && !paused && connection.isPlain()) {
            return false; // there may be more
        }
        ctx.fireChannelReadComplete();
        return true;
    }

    /** Whether replies can go past the channel: they would be the next that it sends. */
    boolean isDirect(ByteBuf replies) {
        return direct != null && replies.hasMemoryAddress() && !isAnythingWritten();
    }

    /** Sends replies for which {@link #isDirect} holds; what the socket does not take stays in the buffer, for the channel. */
    void send(ByteBuf replies) {
        if (sent < flushed) {
            settle(); // the channel has sent more by itself
        }
        int taken = Objects.requireNonNull(direct).write(replies);
        if (taken > 0) {
            flushed += taken;
            sent += taken;
            observer().sent(taken);
        }
    }

    // or the side is shut
    private boolean isAnythingWritten() {
        ChannelOutboundBuffer buffer = connection.channel().unsafe().outboundBuffer();
        return buffer == null || !buffer.isEmpty() || buffer.totalPendingWriteBytes() > 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!data && !connection.isEncrypted()) {
            dataCame();
        }
        int bytes = ((ByteBuf) message).readableBytes();
        received += bytes;
        observer().received(bytes);
        lastRead = timeouts().now();
        if (paused) {
            timeouts().putOff(TimeoutKind.IDLE, lastRead); // it stands still, and does not look
        }
        ctx.fireChannelRead(message);
        connection.readAnswered();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        unflushed += ((ByteBuf) message).readableBytes();
        ctx.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (sent < flushed) {
            settle(); // the transport may have sent more by itself, and if this write fails nothing can tell
        }
        flushed += unflushed;
        unflushed = 0;
        ctx.flush();
        settle();
        if (!ctx.channel().isWritable()) {
            pause(ctx.channel());
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            settle();
            resume();
        }
        ctx.fireChannelWritabilityChanged();
    }

    /** Hands all that was written to the socket, as far as it takes it. */
    void flush() {
        flush(context());
    }

    /** Tells when the socket has taken all that was written so far. */
    ChannelFuture taken() {
        ChannelHandlerContext ctx = context();
        ChannelFuture taken = ctx.write(Unpooled.EMPTY_BUFFER); // goes out last, so it is out when all else is
        flush(ctx);
        return taken;
    }

    /** Closes the socket. */
    void close() {
        context().close();
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    private void pause(Channel channel) {
        // a side that is shut is not writable either, and never will be
        if (!paused
                && channel.unsafe().outboundBuffer() != null
                && connection.ending().isListening()) {
            paused = true;
            channel.config().setAutoRead(false);
            timeouts().suspend(TimeoutKind.IDLE);
            observer().readPaused();
        }
    }

    /** Starts the frame timeout, which stands still while nothing is read. */
    void timeFrame() {
        timeouts().start(TimeoutKind.FRAME);
        if (paused) {
            timeouts().suspend(TimeoutKind.FRAME);
        }
    }

    /** Reads on. */
    void resume() {
        if (paused) {
            paused = false;
            if (connection.ending().isListening()) {
                timeouts().resume(TimeoutKind.IDLE);
                timeouts().resume(TimeoutKind.FRAME);
                if (!timeouts().isRunning(TimeoutKind.IDLE)) {
                    timeouts().start(TimeoutKind.IDLE); // turned on meanwhile
                }
            }
            connection.channel().config().setAutoRead(true);
        }
    }

    /** Applies timeouts of reading and writing that have changed, from when each began to run. */
    void retune() {
        settle(); // starts the write timeout if it was off while replies wait
        timeouts().retune(TimeoutKind.WRITE);
        if (connection.ending().isListening() && connection.isEstablished()) {
            if (!paused) {
                timeouts().restart(TimeoutKind.IDLE, lastRead);
            }
            if (!data) {
                timeouts().restart(TimeoutKind.FIRST_BYTE, lastRead);
            }
        }
    }

    /** Writes down what the socket has taken since the last call; times the peer while something waits. */
    void settle() {
        ChannelOutboundBuffer buffer = connection.channel().unsafe().outboundBuffer();
        if (buffer == null) {
            timeouts().stop(TimeoutKind.WRITE); // this side is shut: what still waited then was not sent
            return;
        }
        long waiting = buffer.isEmpty() ? 0 : waiting(buffer);
        long taken = flushed - waiting - sent;
        if (taken > 0) {
            sent += taken;
            observer().sent(taken);
        }
        if (waiting == 0) {
            if (writeTimed) {
                writeTimed = false;
                timeouts().stop(TimeoutKind.WRITE);
            }
        } else if (!timeouts().isRunning(TimeoutKind.WRITE)) {
            writeTimed = true;
            timeouts().start(TimeoutKind.WRITE);
        } else if (taken > 0) {
            timeouts().putOff(TimeoutKind.WRITE, timeouts().now());
        }
    }

    private Timeouts timeouts() {
        return connection.timeouts();
    }

    private ListenerObserver observer() {
        return connection.listener().observer();
    }

    // what a partial write took is gone from its buffer already, so what is readable is what waits
    private static long waiting(ChannelOutboundBuffer buffer) {
        Tally tally = new Tally();
        try {
            buffer.forEachFlushedMessage(tally);
        } catch (Exception e) {
            throw new IllegalStateException("a tally throws nothing", e);
        }
        return tally.bytes;
    }

    private static final class Tally implements ChannelOutboundBuffer.MessageProcessor {

        private long bytes;

        @Override
        public boolean processMessage(@Nullable Object message) {
            if (message instanceof ByteBuf buffer) {
                bytes += buffer.readableBytes();
            }
            return true;
        }
    }
}
