package dev.readback.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Cuts at each LF, and looks at each byte once.
 *
 * <p>Not Netty's own line decoder: that one holds a CR at the end of a read back with the LF, takes lines up to two bytes
 * over its maximum, searches all of a read for the end of a line that is too long already, and goes on behind it.
 */
final class LineDecoder extends ByteToMessageDecoder implements FrameDecoder {

    private static final byte LF = '\n';

    private final int maxLength;
    private int searched; // bytes of the unfinished line in which there is no LF

    LineDecoder(int maxLength) {
        this.maxLength = maxLength;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        int start = in.readerIndex();
        int available = Math.min(in.readableBytes(), maxLength);
        int end = in.indexOf(start + searched, start + available, LF);
        if (end >= 0) {
            searched = 0;
            out.add(in.readRetainedSlice(end + 1 - start));
        } else if (available == maxLength) {
            throw new FrameException(
                    FrameException.Fault.TOO_LARGE, "no line end within the maximum of " + maxLength + " bytes");
        } else {
            searched = available;
        }
    }

    @Override
    public boolean isInsideFrame() {
        return actualReadableBytes() > 0;
    }
}
