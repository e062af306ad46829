package dev.readback.frame;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
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

    /**
     * Parses a {@link StructFormat} that is one of {@code B H I Q}, with any byte order.
     *
     * @throws IllegalArgumentException if it is no format, or another one
     */
    public static LengthHeader valueOf(String format) {
        return StructFormat.valueOf(format)
                .lengthHeader()
                .orElseThrow(() -> new IllegalArgumentException(
                        "struct format " + PythonText.quote(format) + " is no length header"));
    }

    /** The largest length that it can say: with 8 bytes 2<sup>63</sup>-1. */
    public long largest() {
        return width == Long.BYTES ? Long.MAX_VALUE : (1L << (width * Byte.SIZE)) - 1;
    }

    /** The length that a header says; negative where its 8 bytes say 2<sup>63</sup> or more. */
    long read(ByteBuf in, int index) {
        boolean little = order == ByteOrder.LITTLE_ENDIAN;
        return switch (width) {
            case 1 -> in.getUnsignedByte(index);
            case 2 -> little ? in.getUnsignedShortLE(index) : in.getUnsignedShort(index);
            case 4 -> little ? in.getUnsignedIntLE(index) : in.getUnsignedInt(index);
            default -> little ? in.getLongLE(index) : in.getLong(index);
        };
    }

    /** The header as a format, with {@code <} or {@code !} for the byte order. */
    @Override
    public String toString() {
        String code = switch (width) {
            case 1 -> "B";
            case 2 -> "H";
            case 4 -> "I";
            default -> "Q";
        };
        return (order == ByteOrder.LITTLE_ENDIAN ? "<" : "!") + code;
    }

    /** A body behind a header that counts it. */
    byte[] prepend(byte[] body) {
        if (body.length > largest()) {
            throw new IllegalArgumentException("%d bytes are more than the %d that a length header %s can count"
                    .formatted(body.length, largest(), this));
        }
        ByteBuffer frame = ByteBuffer.allocate(width + body.length).order(order);
        switch (width) {
            case 1 -> frame.put((byte) body.length);
            case 2 -> frame.putShort((short) body.length);
            case 4 -> frame.putInt(body.length);
            default -> frame.putLong(body.length);
        }
        return frame.put(body).array();
    }
}
