package dev.readback.frame;

import java.util.Optional;

/**
 * Length headers: a frame is a header that counts the bytes of its body, and that body. A text of Readback's own gets
 * such a header too.
 *
 * @param header the header's size and byte order
 * @param maxLength the most bytes that one body may hold, header not included, from 1
 */
public record LengthFraming(LengthHeader header, int maxLength) implements Framing {

    public LengthFraming {
        if (maxLength < 1 || maxLength > Integer.MAX_VALUE - Long.BYTES) {
            throw new IllegalArgumentException("bodies hold 1 byte or more, not " + maxLength);
        }
    }

    @Override
    public int readSize() {
        return DECODED_READ_SIZE;
    }

    @Override
    public Optional<FrameDecoder> newDecoder() {
        return Optional.of(new LengthDecoder(header, maxLength));
    }

    @Override
    public long maxTextLength() {
        return header.largest();
    }

    @Override
    public byte[] text(byte[] text) {
        return text.length == 0 ? text : header.prepend(text);
    }
}
