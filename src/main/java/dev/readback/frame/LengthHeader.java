package dev.readback.frame;

import java.nio.ByteOrder;

/**
 * A header that counts the bytes of a body: one unsigned integer.
 *
 * @param width its size in bytes: 1, 2, 4 or 8
 * @param order the order of its bytes
 */
public record LengthHeader(int width, ByteOrder order) {

    public LengthHeader {
        if (width < 1 || width > Long.BYTES || Integer.bitCount(width) != 1) {
            throw new IllegalArgumentException("a length header has 1, 2, 4 or 8 bytes, not " + width);
        }
    }
}
