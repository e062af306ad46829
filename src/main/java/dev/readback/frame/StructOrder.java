package dev.readback.frame;

import io.netty.buffer.ByteBuf;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/** The first character of a format: the order of the bytes, with native or with standard sizes. */
enum StructOrder {
    NATIVE('@', ByteOrder.LITTLE_ENDIAN),
    STANDARD('=', ByteOrder.LITTLE_ENDIAN),
    LITTLE('<', ByteOrder.LITTLE_ENDIAN),
    BIG('>', ByteOrder.BIG_ENDIAN),
    NETWORK('!', ByteOrder.BIG_ENDIAN);

    private final char sign;
    private final ByteOrder order;

    StructOrder(char sign, ByteOrder order) {
        this.sign = sign;
        this.order = order;
    }

    static Optional<StructOrder> of(char sign) {
        return Arrays.stream(values()).filter(order -> order.sign == sign).findFirst();
    }

    char sign() {
        return sign;
    }

    ByteOrder byteOrder() {
        return order;
    }

    /** The bytes as a number: below 8 of them without a sign. */
    long get(ByteBuf in, int at, int width) {
        boolean little = order == ByteOrder.LITTLE_ENDIAN;
        return switch (width) {
            case 1 -> in.getUnsignedByte(at);
            case 2 -> little ? in.getUnsignedShortLE(at) : in.getUnsignedShort(at);
            case 4 -> little ? in.getUnsignedIntLE(at) : in.getUnsignedInt(at);
            default -> little ? in.getLongLE(at) : in.getLong(at);
        };
    }

    /** Writes the lowest {@code width} bytes of a number. */
    void set(ByteBuf out, int at, int width, long bits) {
        boolean little = order == ByteOrder.LITTLE_ENDIAN;
        switch (width) {
            case 1 -> out.setByte(at, (int) bits);
            case 2 -> out.setShort(at, little ? Short.reverseBytes((short) bits) : (short) bits);
            case 4 -> out.setInt(at, little ? Integer.reverseBytes((int) bits) : (int) bits);
            default -> out.setLong(at, little ? Long.reverseBytes(bits) : bits);
        }
    }
}
