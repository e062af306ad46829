package dev.readback.frame;

import dev.readback.testing.CountingAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A framing's decoder, with what comes out of it. Takes the decoder out at a fault, as a connection does. */
final class FrameReader implements AutoCloseable {

    private final CountingAllocator allocator = new CountingAllocator();
    private final List<byte[]> frames = new ArrayList<>();
    private final FrameDecoder decoder;
    private final EmbeddedChannel channel;
    private @Nullable Throwable fault;
    private int faults;

    FrameReader(Framing framing) {
        decoder = framing.newDecoder().orElseThrow();
        channel = new EmbeddedChannel(decoder, new Sink());
        channel.config().setAllocator(allocator);
    }

    /** Reads pieces, and lets go of all that it does not have to keep. */
    FrameReader read(byte[]... pieces) {
        for (byte[] piece : pieces) {
            if (piece.length > 0) {
                channel.writeInbound(allocator.buffer(piece.length).writeBytes(piece));
            }
        }
        return this;
    }

    List<byte[]> frames() {
        return frames;
    }

    boolean isInsideFrame() {
        return decoder.isInsideFrame();
    }

    /** What came up the pipeline; empty for nothing. */
    Optional<Throwable> fault() {
        return Optional.ofNullable(fault);
    }

    /** How often something came up. */
    int faults() {
        return faults;
    }

    /** Bytes in buffers that are not released. */
    long held() {
        return allocator.held();
    }

    /** Bytes that were ever allocated, those of the pieces included. */
    long allocated() {
        return allocator.allocated();
    }

    /** Ends the input. */
    void end() {
        channel.finishAndReleaseAll();
    }

    @Override
    public void close() {
        end();
    }

    private final class Sink extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf frame = (ByteBuf) message;
            if (fault == null) {
                byte[] bytes = new byte[frame.readableBytes()];
                frame.getBytes(frame.readerIndex(), bytes);
                frames.add(bytes);
            }
            frame.release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fault = cause;
            faults++;
            ctx.pipeline().remove(decoder);
        }
    }
}
