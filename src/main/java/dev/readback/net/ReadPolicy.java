package dev.readback.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides how much one read takes, and when a connection has read enough for now.
 *
 * <p>Each buffer has room behind what is read, so that an acknowledgement can be appended without a copy.
 */
final class ReadPolicy extends DefaultMaxMessagesRecvByteBufAllocator {

    /** What one connection may read before the others have their turn, in bytes. */
    static final int TURN = 64 * 1024;

    /** The same in reads. Netty gives its own policies this many, and those of others one. */
    static final int READS = 16;

    private final int readSize;
    private final int room;

    /**
     * @param readSize the most bytes that one read takes
     * @param room bytes to keep free behind them
     */
    ReadPolicy(int readSize, int room) {
        super(READS);
        this.readSize = readSize;
        this.room = room;
    }

    @Override
    public RecvByteBufAllocator.ExtendedHandle newHandle() {
        return new TurnHandle();
    }

    /**
     * Ends a connection's turn at reading.
     *
     * <p>After a FIN, Netty's epoll transport reads to the end of the input whatever the handle says and whether or not
     * reading is paused, so a peer that sends much, shuts its side and does not read would fill the memory. Only an
     * exception stops it: this one, which is no error. What is left is read in the next turn.
     */
    static final class TurnOver extends RuntimeException {

        private TurnOver() {
            super("this connection has read enough for now", null, false, false);
        }
    }

    /** Not Netty's own handle: with what it needs for its general case, it takes half as much memory again. */
    private final class TurnHandle implements ExtendedHandle {

        private @Nullable ChannelConfig config; // null before the first turn
        private int buffers;
        private int messages;
        private int bytes;
        private int attempted;
        private int last;

        @Override
        public void reset(ChannelConfig current) {
            config = current;
            buffers = 0;
            messages = 0;
            bytes = 0;
        }

        @Override
        public int guess() {
            return readSize;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator alloc) {
            // the first read is always made: it is what notices a reset while reading is paused
            if (buffers > 0 && (isPaused() || buffers >= maxMessagesPerRead() || isTurnOver())) {
                throw new TurnOver();
            }
            buffers++;
            return alloc.ioBuffer(readSize + room).capacity(readSize);
        }

        @Override
        public void incMessagesRead(int count) {
            messages += count;
        }

        @Override
        public void attemptedBytesRead(int count) {
            attempted = count;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        @Override
        public void lastBytesRead(int count) {
            last = count;
            if (count > 0) {
                bytes += count;
            }
        }

        @Override
        public int lastBytesRead() {
            return last;
        }

        @Override
        public boolean continueReading() {
            return isMyTurn() && (!respectMaybeMoreData() || attempted == last);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return isMyTurn() && (!respectMaybeMoreData() || maybeMoreData.get());
        }

        private boolean isMyTurn() {
            return bytes > 0 && !isTurnOver() && !isPaused() && messages < maxMessagesPerRead();
        }

        @Override
        public void readComplete() {}

        private boolean isPaused() {
            ChannelConfig current = config;
            return current != null && !current.isAutoRead();
        }

        private boolean isTurnOver() {
            return bytes >= TURN;
        }
    }
}
