package dev.readback.frame;

/**
 * The IEEE 754 formats, converted to and from double as CPython does on x86-64: a NaN keeps its sign, in single
 * precision also the upper bits of its payload, and is quiet after a conversion. The conversions of the hardware are
 * not used for NaN, since Java leaves open what they do with it.
 */
enum FloatBits {
    HALF(2, "of magnitude below 65520") {
        @Override
        double toDouble(long bits) {
            return (bits & ~HALF_SIGN) > HALF_INFINITY
                    ? Double.longBitsToDouble((bits & HALF_SIGN) << 48 | QUIET_NAN)
                    : Float.float16ToFloat((short) bits);
        }

        @Override
        long fromDouble(double value) {
            long sign = Double.doubleToRawLongBits(value) >>> 48 & HALF_SIGN;
            if (Double.isNaN(value)) {
                return sign | HALF_QUIET_NAN;
            }
            double magnitude = Math.abs(value);
            if (magnitude >= HALF_OVERFLOW) {
                return sign | HALF_INFINITY;
            }
            // Rounds once, from double: by way of float a value just beside a tie would round twice
            int exponent = Math.max(Math.getExponent(magnitude), HALF_LEAST_EXPONENT);
            long steps = (long) Math.rint(Math.scalb(magnitude, HALF_FRACTION_BITS - exponent));
            return sign | ((long) (exponent - HALF_LEAST_EXPONENT) << HALF_FRACTION_BITS) + steps;
        }

        @Override
        long normalize(long bits) {
            return (bits & ~HALF_SIGN) > HALF_INFINITY ? (bits & HALF_SIGN) | HALF_QUIET_NAN : bits;
        }
    },

    SINGLE(4, "of magnitude below 3.4028235677973366e+38") {
        @Override
        double toDouble(long bits) {
            return isNan(bits)
                    ? Double.longBitsToDouble((bits & SINGLE_SIGN) << 32 | QUIET_NAN | (bits & SINGLE_FRACTION) << 29)
                    : Float.intBitsToFloat((int) bits);
        }

        @Override
        long fromDouble(double value) {
            long bits = Double.doubleToRawLongBits(value);
            return Double.isNaN(value)
                    ? (bits >>> 32 & SINGLE_SIGN) | SINGLE_QUIET_NAN | (bits >>> 29 & SINGLE_FRACTION)
                    : Float.floatToRawIntBits((float) value);
        }

        @Override
        long normalize(long bits) {
            return isNan(bits) ? bits | SINGLE_QUIET_NAN : bits;
        }

        private static boolean isNan(long bits) {
            return (bits & ~SINGLE_SIGN) > SINGLE_INFINITY;
        }
    },

    DOUBLE(8, "that a double holds") {
        @Override
        double toDouble(long bits) {
            return Double.longBitsToDouble(bits);
        }

        @Override
        long fromDouble(double value) {
            return Double.doubleToRawLongBits(value);
        }

        @Override
        long normalize(long bits) {
            return bits;
        }
    };

    private static final long QUIET_NAN = 0x7ff8L << 48;
    private static final long HALF_SIGN = 0x8000;
    private static final long HALF_INFINITY = 0x7c00;
    private static final long HALF_QUIET_NAN = 0x7e00;
    private static final int HALF_FRACTION_BITS = 10;
    private static final int HALF_LEAST_EXPONENT = -14;
    private static final double HALF_OVERFLOW = 65520;
    private static final long SINGLE_SIGN = 0x8000_0000L;
    private static final long SINGLE_INFINITY = 0x7f80_0000L;
    private static final long SINGLE_QUIET_NAN = 0x7fc0_0000L;
    private static final long SINGLE_FRACTION = 0x007f_ffffL;

    private final int width;
    private final String range;

    FloatBits(int width, String range) {
        this.width = width;
        this.range = range;
    }

    int width() {
        return width;
    }

    /** The finite numbers that do not round to infinity, to name them in an error. */
    String range() {
        return range;
    }

    abstract double toDouble(long bits);

    /** The nearest value, ties to even; infinity for a number out of range. */
    abstract long fromDouble(double value);

    /** The bits after a conversion to double and back. */
    abstract long normalize(long bits);
}
