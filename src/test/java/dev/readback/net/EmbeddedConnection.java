package dev.readback.net;

import dev.readback.frame.FrameDecoder;
import dev.readback.settings.ListenerSettings;
import dev.readback.testing.Settings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;

/** One connection of a listener without a socket, on a clock that stands still: the test is its peer. */
public final class EmbeddedConnection implements AutoCloseable {

    private final RecordingObserver observer = new RecordingObserver();
    private final ByteArrayOutputStream replies = new ByteArrayOutputStream();
    private final Duplex channel = new Duplex();
    private int writes;

    private EmbeddedConnection(ListenerSettings settings, Consumer<Message<?>> gateway, @Nullable ListenerTls tls) {
        channel.freezeTime();
        ListenerContext listener =
                new ListenerContext("test", settings, observer, gateway::accept, new AtomicLong(), null, tls);
        channel.pipeline()
                .addLast(new ConnectionPipeline(listener, settings.framing().framing()));
    }

    /** Opens a connection with settings such as {@code framing.type=line}, which echoes and acknowledges. */
    public static EmbeddedConnection open(String... settings) {
        return open(TestListener::echo, settings);
    }

    /** Opens one with a gateway of the test's own. */
    public static EmbeddedConnection open(Consumer<Message<?>> gateway, String... settings) {
        return open(gateway, Settings.listener(settings));
    }

    /** Opens one with settings that are bound already. */
    public static EmbeddedConnection open(Consumer<Message<?>> gateway, ListenerSettings settings) {
        return new EmbeddedConnection(settings, gateway, null);
    }

    /** Opens one that is encrypted. */
    static EmbeddedConnection open(ListenerTls tls, ListenerSettings settings) {
        return new EmbeddedConnection(settings, TestListener::echo, tls);
    }

    /** Sends pieces, each of which is read in a turn of its own. */
    public EmbeddedConnection send(byte[]... pieces) {
        for (byte[] piece : pieces) {
            if (piece.length > 0) {
                channel.writeInbound(buffer(piece));
            }
        }
        return this;
    }

    /** Sends pieces, each of which is one read, all in one turn. */
    public EmbeddedConnection sendInOneTurn(byte[]... pieces) {
        for (byte[] piece : pieces) {
            channel.writeOneInbound(buffer(piece));
        }
        channel.flushInbound();
        return this;
    }

    private ByteBuf buffer(byte[] bytes) {
        return channel.alloc().ioBuffer(bytes.length + Outbox.ROOM).writeBytes(bytes);
    }

    /** Shuts the peer's sending side. */
    public EmbeddedConnection shut() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        channel.runPendingTasks();
        return this;
    }

    /** Lets the peer stop taking replies, or take them again. What is written goes out all the same. */
    public EmbeddedConnection taking(boolean takes) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        Objects.requireNonNull(buffer).setUserDefinedWritability(1, takes);
        channel.runPendingTasks();
        return this;
    }

    /** Lets time go by. */
    public EmbeddedConnection pass(Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        return this;
    }

    /** All that was sent to the peer since the opening. */
    public byte[] replies() {
        for (ByteBuf reply = channel.readOutbound(); reply != null; reply = channel.readOutbound()) {
            byte[] bytes = new byte[reply.readableBytes()];
            reply.readBytes(bytes).release();
            replies.writeBytes(bytes);
            writes += bytes.length > 0 ? 1 : 0;
        }
        return replies.toByteArray();
    }

    /** How many buffers {@link #replies} found. */
    public int writes() {
        return writes;
    }

    /** How often the socket was given something. */
    int flushes() {
        return channel.flushes;
    }

    ConnectionSnapshot snapshot() {
        return Objects.requireNonNull(channel.pipeline().get(Connection.class)).snapshot();
    }

    public RecordingObserver observer() {
        return observer;
    }

    /** Whether the socket is open, which it is longer than it is of use. */
    public boolean isOpen() {
        return channel.isOpen();
    }

    /** Whether Readback has shut its sending side. */
    public boolean isShut() {
        return channel.isOutputShutdown();
    }

    /** Whether frames are still cut and answered. */
    public boolean isDecoding() {
        return channel.pipeline().get(FrameDecoder.class) != null;
    }

    /** Closes the peer's end, and fails where something went wrong that no handler dealt with. */
    @Override
    public void close() {
        replies();
        channel.unsafe().close(channel.voidPromise()); // not through the pipeline, where TLS would say goodbye first
        channel.finishAndReleaseAll();
    }

    private static final class Duplex extends EmbeddedChannel implements DuplexChannel {

        private boolean outputShutdown;
        private int flushes;

        @Override
        protected void doWrite(ChannelOutboundBuffer buffer) throws Exception {
            flushes += buffer.totalPendingWriteBytes() > 0 ? 1 : 0;
            super.doWrite(buffer);
        }

        @Override
        public boolean isInputShutdown() {
            return false;
        }

        @Override
        public ChannelFuture shutdownInput() {
            return shutdownInput(newPromise());
        }

        @Override
        public ChannelFuture shutdownInput(ChannelPromise promise) {
            throw new UnsupportedOperationException("Readback shuts its own side only");
        }

        @Override
        public boolean isOutputShutdown() {
            return outputShutdown;
        }

        @Override
        public ChannelFuture shutdownOutput() {
            return shutdownOutput(newPromise());
        }

        @Override
        public ChannelFuture shutdownOutput(ChannelPromise promise) {
            outputShutdown = true;
            return promise.setSuccess();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public ChannelFuture shutdown() {
            return shutdown(newPromise());
        }

        @Override
        public ChannelFuture shutdown(ChannelPromise promise) {
            return shutdownOutput(promise);
        }
    }
}
