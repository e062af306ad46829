package dev.readback.frame;

import io.netty.buffer.ByteBuf;
import java.math.BigInteger;

/** An integer of 1, 2, 4 or 8 bytes. Read as a Long, and as a BigInteger where it has 8 bytes and no sign. */
record StructInteger(StructOrder order, int width, Sign sign) implements StructElement {

    enum Sign {
        SIGNED,
        UNSIGNED,
        /** Read without a sign, written with or without: Python's {@code P}. */
        EITHER
    }

    @Override
    public Object read(ByteBuf in, int at) {
        long bits = order.get(in, at, width);
        return switch (sign) {
            case SIGNED -> bits << unusedBits() >> unusedBits();
            case UNSIGNED, EITHER -> width < Long.BYTES ? (Object) bits : unsigned(bits);
        };
    }

    @Override
    public boolean write(ByteBuf out, int at, Object value) {
        return switch (value) {
            case Boolean truth -> writeLong(out, at, truth ? 1 : 0);
            case Byte _, Short _, Integer _, Long _ -> writeLong(out, at, ((Number) value).longValue());
            case BigInteger integer -> writeBig(out, at, integer);
            default -> false;
        };
    }

    @Override
    public String allowed() {
        return "an integer from " + minimum() + " to " + maximum();
    }

    @Override
    public boolean isLossy() {
        return false;
    }

    @Override
    public void normalize(ByteBuf buffer, int at) {}

    private boolean writeLong(ByteBuf out, int at, long value) {
        boolean fits = switch (sign) {
            case SIGNED -> value << unusedBits() >> unusedBits() == value;
            case UNSIGNED -> value >= 0 && value << unusedBits() >>> unusedBits() == value;
            case EITHER -> true;
        };
        if (fits) {
            order.set(out, at, width, value);
        }
        return fits;
    }

    private boolean writeBig(ByteBuf out, int at, BigInteger value) {
        if (value.bitLength() < Long.SIZE) {
            return writeLong(out, at, value.longValueExact());
        }
        boolean fits =
                sign != Sign.SIGNED && width == Long.BYTES && value.signum() > 0 && value.bitLength() == Long.SIZE;
        if (fits) {
            order.set(out, at, width, value.longValue());
        }
        return fits;
    }

    private BigInteger minimum() {
        return switch (sign) {
            case UNSIGNED -> BigInteger.ZERO;
            case SIGNED, EITHER -> BigInteger.TWO.pow(width * Byte.SIZE - 1).negate();
        };
    }

    private BigInteger maximum() {
        int bits = width * Byte.SIZE - (sign == Sign.SIGNED ? 1 : 0);
        return BigInteger.TWO.pow(bits).subtract(BigInteger.ONE);
    }

    private int unusedBits() {
        return Long.SIZE - width * Byte.SIZE;
    }

    private static BigInteger unsigned(long bits) {
        BigInteger signed = BigInteger.valueOf(bits);
        return bits < 0 ? signed.add(BigInteger.TWO.pow(Long.SIZE)) : signed;
    }
}
