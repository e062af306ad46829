package dev.readback.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Cuts what is larger than a raw frame may be into frames; what is smaller is one. */
final class RawDecoder extends ChannelInboundHandlerAdapter implements FrameDecoder {

    private final int maxLength;

    RawDecoder(int maxLength) {
        this.maxLength = maxLength;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf piece = (ByteBuf) message;
        while (piece.readableBytes() > maxLength) {
            ctx.fireChannelRead(piece.readRetainedSlice(maxLength));
        }
        ctx.fireChannelRead(piece);
    }

    @Override
    public boolean isInsideFrame() {
        return false;
    }
}
