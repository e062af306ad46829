package dev.readback.frame;

import io.netty.channel.ChannelPipeline;

/**
 * How a stream of bytes is cut into frames.
 *
 * <p>The transport knows no framing: it reads at most {@link #readSize()} bytes at a time and lets the framing put its
 * decoder into the pipeline. What comes out of the pipeline is one {@link io.netty.buffer.ByteBuf} for each frame, whose
 * owner is whoever receives it. A framing holds no state of a connection: it may be shared by all of a listener's.
 */
public sealed interface Framing permits RawFraming {

    /** The largest number of bytes that one read may take from the socket, from 1. */
    int readSize();

    /** Appends the decoder, if there is any, that turns what was read into frames. */
    void addDecoder(ChannelPipeline pipeline);
}
