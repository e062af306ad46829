package dev.readback.frame;

import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * How a stream of bytes is cut into frames, and what that means for the replies to them.
 *
 * <p>The transport knows no framing: it reads at most {@link #readSize()} bytes at a time and puts the framing's decoder
 * into the pipeline. What comes out of the pipeline is one {@link ByteBuf} for each frame, whose owner is whoever
 * receives it. A framing holds no state of a connection: it may be shared by all of a listener's.
 */
public sealed interface Framing permits RawFraming, LineFraming, LengthFraming, StructFraming {

    /**
     * What one read takes where a decoder puts frames together, in bytes. A frame that has begun keeps the whole buffer
     * of its read until it is complete, so this is what a connection that stalls costs at least; larger reads gain
     * little, since one turn of a connection is 64 KB in any case.
     */
    int DECODED_READ_SIZE = 4 * 1024;

    /** The largest number of bytes that one read may take from the socket, from 1. */
    int readSize();

    /** A decoder for a new connection; none where one read is one frame. */
    Optional<FrameDecoder> newDecoder();

    /** A decoder for a new connection whose input is decrypted first: it comes in pieces that are no reads. */
    default FrameDecoder newDecoderOfPieces() {
        return newDecoder().orElseThrow();
    }

    /** A frame as it is echoed: as it came, unless the framing says otherwise. It may be changed in place for that. */
    default ByteBuf echo(ByteBuf frame) {
        return frame;
    }

    /** The most bytes that an acknowledgement, or another text of Readback's own, may have. */
    default long maxTextLength() {
        return Integer.MAX_VALUE;
    }

    /**
     * A text of Readback's own, such as the acknowledgement, as the peer can tell it apart from frames: as it is, unless
     * the framing says otherwise. An empty text stays empty.
     *
     * @throws IllegalArgumentException if the text is longer than {@link #maxTextLength()}
     */
    default byte[] text(byte[] text) {
        return text;
    }
}
