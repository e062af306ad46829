package dev.readback.frame;

import io.netty.buffer.ByteBuf;
import java.math.BigInteger;

/** How one value lies in a record. */
sealed interface StructElement
        permits StructElement.OneByte,
                StructElement.Truth,
                StructElement.Text,
                StructElement.Pascal,
                StructInteger,
                StructFloat {

    int width();

    Object read(ByteBuf in, int at);

    /**
     * Writes a value over bytes that are zero, or returns false because the element does not take it: the caller knows
     * where in the format that is, and says so together with {@link #allowed()}.
     */
    boolean write(ByteBuf out, int at, Object value);

    String allowed();

    /** Whether other bytes than those that {@link #write} makes can be read: they need {@link #normalize}. */
    boolean isLossy();

    /** Makes the bytes what writing the value read from them would make. */
    void normalize(ByteBuf buffer, int at);

    /** {@code c}: one byte. */
    record OneByte() implements StructElement {

        @Override
        public int width() {
            return 1;
        }

        @Override
        public Object read(ByteBuf in, int at) {
            return new byte[] {in.getByte(at)};
        }

        @Override
        public boolean write(ByteBuf out, int at, Object value) {
            if (!(value instanceof byte[] bytes) || bytes.length != 1) {
                return false;
            }
            out.setByte(at, bytes[0]);
            return true;
        }

        @Override
        public String allowed() {
            return "a byte[] of length 1";
        }

        @Override
        public boolean isLossy() {
            return false;
        }

        @Override
        public void normalize(ByteBuf buffer, int at) {}
    }

    /** {@code ?}: any byte but zero is true, and true is written as 1. */
    record Truth() implements StructElement {

        @Override
        public int width() {
            return 1;
        }

        @Override
        public Object read(ByteBuf in, int at) {
            return in.getByte(at) != 0;
        }

        @Override
        public boolean write(ByteBuf out, int at, Object value) {
            switch (value) {
                case Boolean truth -> out.setBoolean(at, truth);
                case byte[] bytes -> out.setBoolean(at, bytes.length != 0);
                case BigInteger integer -> out.setBoolean(at, integer.signum() != 0);
                case Byte _, Short _, Integer _, Long _ -> out.setBoolean(at, ((Number) value).longValue() != 0);
                case Float _, Double _ -> out.setBoolean(at, ((Number) value).doubleValue() != 0);
                default -> {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String allowed() {
            return "a Boolean (or, as Python takes its truth, a number or a byte[])";
        }

        @Override
        public boolean isLossy() {
            return true;
        }

        @Override
        public void normalize(ByteBuf buffer, int at) {
            buffer.setBoolean(at, buffer.getByte(at) != 0);
        }
    }

    /** {@code s}: bytes of a fixed length; a longer value is cut off, a shorter one filled up with zeros. */
    record Text(int width) implements StructElement {

        @Override
        public Object read(ByteBuf in, int at) {
            byte[] bytes = new byte[width];
            in.getBytes(at, bytes);
            return bytes;
        }

        @Override
        public boolean write(ByteBuf out, int at, Object value) {
            if (!(value instanceof byte[] bytes)) {
                return false;
            }
            out.setBytes(at, bytes, 0, Math.min(bytes.length, width));
            return true;
        }

        @Override
        public String allowed() {
            return "a byte[]";
        }

        @Override
        public boolean isLossy() {
            return false;
        }

        @Override
        public void normalize(ByteBuf buffer, int at) {}
    }

    /** {@code p}: a length byte, then as many bytes, in a field of a fixed width. */
    record Pascal(int width) implements StructElement {

        private static final int LONGEST = 255;

        @Override
        public Object read(ByteBuf in, int at) {
            byte[] bytes = new byte[length(in, at)];
            if (bytes.length != 0) {
                in.getBytes(at + 1, bytes);
            }
            return bytes;
        }

        @Override
        public boolean write(ByteBuf out, int at, Object value) {
            if (!(value instanceof byte[] bytes)) {
                return false;
            }
            if (width != 0) {
                // Python copies what fits the field, also where the length byte cannot count it
                int length = Math.min(bytes.length, width - 1);
                out.setByte(at, Math.min(length, LONGEST));
                out.setBytes(at + 1, bytes, 0, length);
            }
            return true;
        }

        @Override
        public String allowed() {
            return "a byte[]";
        }

        @Override
        public boolean isLossy() {
            return width != 0;
        }

        @Override
        public void normalize(ByteBuf buffer, int at) {
            if (width != 0) {
                int length = length(buffer, at);
                buffer.setByte(at, length);
                buffer.setZero(at + 1 + length, width - 1 - length);
            }
        }

        private int length(ByteBuf in, int at) {
            return width == 0 ? 0 : Math.min(in.getUnsignedByte(at), width - 1);
        }
    }
}
