package dev.readback.frame;

import io.netty.buffer.ByteBuf;
import java.math.BigInteger;

/** A floating point number of 2, 4 or 8 bytes, read as a Double. */
record StructFloat(StructOrder order, FloatBits format) implements StructElement {

    @Override
    public int width() {
        return format.width();
    }

    @Override
    public Object read(ByteBuf in, int at) {
        return format.toDouble(order.get(in, at, width()));
    }

    @Override
    public boolean write(ByteBuf out, int at, Object value) {
        return switch (value) {
            case Double number -> writeDouble(out, at, number);
            case Float number -> writeDouble(out, at, FloatBits.SINGLE.toDouble(Float.floatToRawIntBits(number)));
            case Boolean truth -> writeDouble(out, at, truth ? 1 : 0);
            case Byte _, Short _, Integer _, Long _ -> writeDouble(out, at, ((Number) value).doubleValue());
            case BigInteger integer -> writeBig(out, at, integer);
            default -> false;
        };
    }

    @Override
    public String allowed() {
        String range = convertsUnchecked() ? FloatBits.DOUBLE.range() : format.range();
        return "a Double, a Float or an integer " + range;
    }

    @Override
    public boolean isLossy() {
        return format != FloatBits.DOUBLE;
    }

    @Override
    public void normalize(ByteBuf buffer, int at) {
        long bits = order.get(buffer, at, width());
        long normal = format.normalize(bits);
        if (normal != bits) {
            order.set(buffer, at, width(), normal);
        }
    }

    private boolean writeBig(ByteBuf out, int at, BigInteger value) {
        double number = value.doubleValue();
        return Double.isFinite(number) && writeDouble(out, at, number);
    }

    private boolean writeDouble(ByteBuf out, int at, double value) {
        long bits = format.fromDouble(value);
        boolean overflows = Double.isFinite(value) && Double.isInfinite(format.toDouble(bits));
        if (overflows && !convertsUnchecked()) {
            return false;
        }
        order.set(out, at, width(), bits);
        return true;
    }

    /** In native format Python lets C convert a float, and a number out of its range becomes infinite. */
    private boolean convertsUnchecked() {
        return order == StructOrder.NATIVE && format == FloatBits.SINGLE;
    }
}
