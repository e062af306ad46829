package dev.readback.frame;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.ByteOrder;

/**
 * Reads a header that counts the body, and waits for as many bytes. The header is judged as soon as it is there, so a
 * wrong one costs no memory and no time.
 */
final class LengthDecoder extends LengthFieldBasedFrameDecoder implements FrameDecoder {

    private final LengthHeader header;
    private final int maxLength;

    LengthDecoder(LengthHeader header, int maxLength) {
        super(header.width() + maxLength, 0, header.width());
        this.header = header;
        this.maxLength = maxLength;
    }

    // Judges here: Netty would go on behind a frame that is too large, and knows no 8-byte header without a sign
    @Override
    protected long getUnadjustedFrameLength(ByteBuf in, int offset, int width, ByteOrder order) {
        long length = header.read(in, offset);
        if (length < 0) {
            throw new FrameException(
                    FrameException.Fault.INVALID,
                    "length header " + Long.toUnsignedString(length) + ", or " + length + ", cannot be a length");
        }
        if (length > maxLength) {
            throw new FrameException(
                    FrameException.Fault.TOO_LARGE,
                    "length header " + length + " is over the maximum of " + maxLength + " bytes");
        }
        return length;
    }

    @Override
    public boolean isInsideFrame() {
        return actualReadableBytes() > 0;
    }
}
