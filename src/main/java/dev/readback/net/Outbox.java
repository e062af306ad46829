package dev.readback.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Puts the replies to one read together, so that they leave in few writes and one flush. Belongs to the connection's
 * event loop.
 *
 * <p>A reply to a frame that has its buffer to itself is made in that buffer. Small ones are copied behind each other;
 * a large one goes out as it is. While the peer does not take what it was sent, no reply waits in a buffer much larger
 * than itself: one byte would keep the whole buffer of its read.
 */
final class Outbox {

    /** Up to here a copy costs less than a buffer of its own in the write, in bytes. */
    private static final int COPIED = 1024;

    /** Room behind each read that lets most acknowledgements be appended in place, in bytes. */
    static final int ROOM = 64;

    private static final int FIRST_CAPACITY = 256;

    /** Where one buffer ends and the next begins, in bytes. */
    private static final int FULL = 16 * 1024;

    /** Each event loop's own. */
    private static final FastThreadLocal<byte[]> COPY = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[COPIED];
        }
    };

    private final ChannelHandlerContext context;
    private final Wire wire;
    private @Nullable ByteBuf last;
    private boolean unflushed;

    Outbox(ChannelHandlerContext context, Wire wire) {
        this.context = context;
        this.wire = wire;
    }

    /** Adds a reply; {@code frame} stays the caller's. */
    void add(ByteBuf frame, byte[] acknowledgement) {
        int length = frame.readableBytes();
        ByteBuf open = last;
        if (open != null && fits(open, length + acknowledgement.length)) {
            copy(frame, length, open).writeBytes(acknowledgement);
        } else if (isOwn(frame) && isWaste(frame, length) && isWaiting()) {
            begin(copy(frame, length, buffer(length + acknowledgement.length)).writeBytes(acknowledgement));
        } else if (isOwn(frame) && frame.maxFastWritableBytes() > acknowledgement.length) {
            begin(frame.retain().writeBytes(acknowledgement));
        } else if (length <= COPIED) {
            begin(copy(frame, length, buffer(length + acknowledgement.length)).writeBytes(acknowledgement));
        } else {
            begin(frame.retain());
            if (acknowledgement.length > 0) {
                begin(buffer(acknowledgement.length).writeBytes(acknowledgement));
            }
        }
        unflushed = true;
    }

    /** Sends all that was added. */
    void flush() {
        if (unflushed) {
            unflushed = false;
            if (!isSent()) {
                write();
                context.flush();
            }
        }
    }

    private boolean isSent() {
        ByteBuf open = last;
        if (open == null || !wire.isDirect(open)) {
            return false;
        }
        wire.send(open);
        int left = open.readableBytes();
        if (left == 0) {
            last = null;
            open.release();
            return true;
        }
        if (isWaste(open, left)) {
            spare(open, left);
        }
        return false;
    }

    private void spare(ByteBuf open, int left) {
        try {
            last = copy(open, left, buffer(left));
            open.release();
        } catch (OutOfMemoryError e) {
            // a reply that has begun goes out whole all the same, in the buffer that it has
        }
    }

    /** Drops what was added and not sent: the connection is gone. */
    void release() {
        ReferenceCountUtil.release(last);
        last = null;
        unflushed = false;
    }

    private static boolean isOwn(ByteBuf buffer) {
        return buffer.refCnt() == 1 && !buffer.isReadOnly();
    }

    private static boolean isWaste(ByteBuf frame, int length) {
        return frame.capacity() > 2 * Math.max(length, FIRST_CAPACITY);
    }

    private boolean isWaiting() {
        ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
        return buffer != null && !buffer.isEmpty();
    }

    private static boolean fits(ByteBuf open, int length) {
        return length <= COPIED && isOwn(open) && hasRoom(open, length);
    }

    private static boolean hasRoom(ByteBuf open, int length) {
        return open.maxFastWritableBytes() >= length || (open.capacity() < FULL && open.maxCapacity() > FULL);
    }

    // by way of an array: to copy from one direct buffer to another, Netty makes objects of more bytes than most frames
    // have
    private static ByteBuf copy(ByteBuf frame, int length, ByteBuf to) {
        if (length > COPIED) {
            return to.writeBytes(frame, frame.readerIndex(), length);
        }
        byte[] bytes = COPY.get();
        frame.getBytes(frame.readerIndex(), bytes, 0, length);
        return to.writeBytes(bytes, 0, length);
    }

    private ByteBuf buffer(int length) {
        return context.alloc().ioBuffer(Math.max(length, FIRST_CAPACITY));
    }

    private void begin(ByteBuf next) {
        write();
        last = next;
    }

    private void write() {
        ByteBuf open = last;
        if (open != null) {
            last = null;
            context.write(open, context.voidPromise());
        }
    }
}
