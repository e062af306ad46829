package dev.readback.frame;

import java.util.Optional;

/**
 * Lines: a frame is all bytes up to the next LF and that LF. A CR before it is part of the frame like any other byte, so
 * lines that end in CRLF come back as they were.
 *
 * @param maxLength the most bytes that one line may hold, line end included, from 1
 */
public record LineFraming(int maxLength) implements Framing {

    public LineFraming {
        if (maxLength < 1) {
            throw new IllegalArgumentException("lines hold 1 byte or more, not " + maxLength);
        }
    }

    @Override
    public int readSize() {
        return DECODED_READ_SIZE;
    }

    @Override
    public Optional<FrameDecoder> newDecoder() {
        return Optional.of(new LineDecoder(maxLength));
    }
}
