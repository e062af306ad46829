package dev.readback.frame;

import java.util.Optional;

/**
 * No framing: a frame is whatever one read returned.
 *
 * @param maxLength the most bytes that one frame may hold, from 1
 */
public record RawFraming(int maxLength) implements Framing {

    public RawFraming {
        if (maxLength < 1) {
            throw new IllegalArgumentException("raw frames hold 1 byte or more, not " + maxLength);
        }
    }

    @Override
    public int readSize() {
        return maxLength;
    }

    @Override
    public Optional<FrameDecoder> newDecoder() {
        return Optional.empty();
    }

    @Override
    public FrameDecoder newDecoderOfPieces() {
        return new RawDecoder(maxLength);
    }
}
