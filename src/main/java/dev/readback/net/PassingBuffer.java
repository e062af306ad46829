package dev.readback.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Memory of one event loop for what is read, answered and sent within one turn: each turn finds it warm, and takes
 * nothing from a pool. When its last holder releases it, it is there for the next turn; while somebody keeps it, it is
 * not. Taken on its event loop; released by any thread.
 */
final class PassingBuffer extends UnpooledDirectByteBuf {

    /** The largest read that it serves: many times the raw frame's default of 4 KB, and small beside a thread's stack. */
    private static final int SIZE = 16 * 1024;

    PassingBuffer() {
        super(UnpooledByteBufAllocator.DEFAULT, SIZE + Outbox.ROOM, SIZE + Outbox.ROOM);
        release();
    }

    /** The buffer, empty, for a read of this size; null when that is too large or somebody keeps the buffer. */
    @Nullable
    ByteBuf take(int size) {
        if (size + Outbox.ROOM > capacity() || refCnt() > 0) {
            return null;
        }
        resetRefCnt();
        return setIndex(0, 0);
    }

    /** Gives the memory back: the event loop ends. What somebody keeps still is left to the end of the process. */
    void free() {
        if (refCnt() == 0) {
            super.deallocate();
        }
    }

    @Override
    protected void deallocate() {
        // it comes back by being free
    }
}
