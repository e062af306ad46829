package dev.readback.frame;

import io.netty.handler.codec.FixedLengthFrameDecoder;

/** Cuts off as many bytes as a record has. */
final class StructDecoder extends FixedLengthFrameDecoder implements FrameDecoder {

    StructDecoder(int size) {
        super(size);
    }

    @Override
    public boolean isInsideFrame() {
        return actualReadableBytes() > 0;
    }
}
