package dev.readback.testing;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;

/** Allocates on the heap, and counts to the byte. */
public final class CountingAllocator extends AbstractByteBufAllocator {

    private long allocated;
    private long held;

    public CountingAllocator() {
        super(false);
    }

    /** Bytes that were ever allocated. */
    public long allocated() {
        return allocated;
    }

    /** Bytes of those that are not free again. */
    public long held() {
        return held;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity) {

            @Override
            protected byte[] allocateArray(int length) {
                allocated += length;
                held += length;
                return super.allocateArray(length);
            }

            @Override
            protected void freeArray(byte[] array) {
                held -= array.length;
                super.freeArray(array);
            }
        };
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return newHeapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }
}
