package dev.readback.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A channel whose peer and whose clock are the test's: the clock stands still until {@link #pass}, and the peer takes what
 * {@link #peerTakes} says, everything to begin with.
 */
final class TestChannel extends EmbeddedChannel implements DuplexChannel {

    static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.7", 40_000);

    private final MockTicker clock;
    private @Nullable AbstractUnsafe transport; // set by the superclass's constructor
    private final @Nullable SocketConfig config; // null in the superclass's constructor
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private long takenDirectly;
    private long window = Long.MAX_VALUE;
    private @Nullable IOException failure; // null while writes work
    private boolean inputShut;
    private boolean outputShut;

    TestChannel() {
        this(Ticker.newMockTicker());
    }

    private TestChannel(MockTicker clock) {
        super(builder().register(false).ticker(clock));
        this.clock = clock;
        this.config = new SocketConfig();
    }

    // --- the clock

    /** Lets time pass, and each task run at its time. */
    void pass(Duration duration) {
        long left = duration.toNanos();
        long next = runScheduledPendingTasks();
        while (next >= 0 && next <= left) {
            clock.advance(next, TimeUnit.NANOSECONDS);
            left -= next;
            next = runScheduledPendingTasks();
        }
        clock.advance(left, TimeUnit.NANOSECONDS);
        runScheduledPendingTasks();
    }

    // --- the peer

    /** The peer takes this many bytes more, and no others. */
    void peerTakes(long bytes) {
        window = bytes;
        if (isOpen()) {
            unsafe().flush(); // as the transport does when a socket can be written again
            runPendingTasks();
        }
    }

    void peerTakesNothing() {
        peerTakes(0);
    }

    void peerTakesAll() {
        peerTakes(Long.MAX_VALUE);
    }

    /** The peer shuts its sending side. */
    void peerShuts() {
        inputShut = true;
        pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        runPendingTasks();
    }

    /** The peer resets the connection, and a read notices. */
    void peerResets() {
        pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        runPendingTasks();
    }

    /** Each write fails from now on. */
    void breakWrites() {
        failure = new IOException("Broken pipe");
    }

    boolean failsWrites() {
        return failure != null;
    }

    /** All that the peer has taken, as text. */
    String taken() {
        return taken.toString(StandardCharsets.US_ASCII);
    }

    /** How many bytes of them came past this channel. */
    long takenDirectly() {
        return takenDirectly;
    }

    /** Whether a close would reset the connection. */
    boolean isReset() {
        return config().getOption(ChannelOption.SO_LINGER) == 0;
    }

    /** The socket past this channel, with so much to be read, at most {@code size} bytes a time; the peer is the same. */
    DirectSocket direct(ByteBuf input) {
        return new DirectSocket() {
            @Override
            public @Nullable ByteBuf read(int size, boolean passing) {
                int length = Math.min(size, input.readableBytes());
                return length == 0
                        ? null
                        : alloc().ioBuffer(length + Outbox.ROOM).writeBytes(input, length);
            }

            @Override
            public int write(ByteBuf bytes) {
                int length = failure == null ? take(bytes) : 0;
                takenDirectly += length;
                return length;
            }
        };
    }

    private int take(ByteBuf bytes) {
        int length = (int) Math.min(window, bytes.readableBytes());
        try {
            bytes.readBytes(taken, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory takes all
        }
        window -= length;
        return length;
    }

    // --- what the superclass asks

    @Override
    protected AbstractUnsafe newUnsafe() {
        AbstractUnsafe unsafe = super.newUnsafe();
        transport = unsafe;
        return unsafe;
    }

    @Override
    public ChannelConfig config() {
        return config == null ? super.config() : config;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return PEER;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws IOException {
        while (in.current() instanceof ByteBuf next) {
            if (failure != null) {
                throw failure;
            }
            int length = (int) Math.min(window, next.readableBytes());
            if (length == 0 && next.isReadable()) {
                return;
            }
            next.getBytes(next.readerIndex(), taken, length);
            window -= length;
            in.removeBytes(length);
        }
    }

    @Override
    protected void doShutdownOutput() {
        outputShut = true;
    }

    @Override
    public boolean isInputShutdown() {
        return inputShut;
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        peerShuts();
        return promise.setSuccess();
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShut;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        if (transport == null) {
            throw new IllegalStateException("the channel is made");
        }
        transport.shutdownOutput(promise);
        return promise;
    }

    @Override
    public boolean isShutdown() {
        return inputShut && outputShut;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        shutdownInput();
        return shutdownOutput(promise);
    }

    /** Knows the one option of sockets that a connection sets for itself. */
    private final class SocketConfig extends DefaultChannelConfig {

        private int linger = -1;

        SocketConfig() {
            super(TestChannel.this);
            setWriteBufferWaterMark(new WriteBufferWaterMark(
                    NettyServerConnectionFactory.HIGH_WATER / 2, NettyServerConnectionFactory.HIGH_WATER));
        }

        @Override
        public <T> boolean setOption(ChannelOption<T> option, T value) {
            if (option.equals(ChannelOption.SO_LINGER)) {
                linger = (Integer) value;
                return true;
            }
            return super.setOption(option, value);
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T getOption(ChannelOption<T> option) {
            return option.equals(ChannelOption.SO_LINGER) ? (T) Integer.valueOf(linger) : super.getOption(option);
        }
    }
}
