package dev.readback.frame;

import io.netty.channel.ChannelInboundHandler;

/**
 * Cuts the input of one connection into frames, and sends each on as one buffer. What is no frame ends in a
 * {@link FrameException}, after the frames that came before; the decoder is not used any more then. Belongs to the
 * connection's event loop.
 *
 * <p>A frame that came whole is a slice of the read that brought it; only one that came in pieces is put together by
 * copying. At the end of the input Netty's decoders drop what they hold and say nothing: whether that is a part of a
 * frame must be asked before.
 */
public interface FrameDecoder extends ChannelInboundHandler {

    /** Whether a frame has begun and is not complete. */
    boolean isInsideFrame();
}
