package dev.readback.frame;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Prints a double as Python does: the fewest digits that read back as the same double. */
final class PythonFloat {

    private static final int LARGEST_PLAIN_POINT = 16;
    private static final int SMALLEST_PLAIN_POINT = -3;

    private PythonFloat() {}

    static String repr(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
        double magnitude = Math.abs(value);
        if (Double.isInfinite(magnitude)) {
            return sign + "inf";
        }
        return magnitude == 0 ? sign + "0.0" : sign + print(shortest(magnitude));
    }

    /** Java prints at least two digits, and among those with two the nearest: 4.9E-324 where one digit would do. */
    private static BigDecimal shortest(double value) {
        BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (shortest.precision() == 2) {
            BigDecimal oneDigit = new BigDecimal(value).round(new MathContext(1, RoundingMode.HALF_EVEN));
            return oneDigit.doubleValue() == value ? oneDigit.stripTrailingZeros() : shortest;
        }
        return shortest;
    }

    private static String print(BigDecimal value) {
        String digits = value.unscaledValue().toString();
        int point = digits.length() - value.scale();
        if (point > LARGEST_PLAIN_POINT || point < SMALLEST_PLAIN_POINT) {
            return printWithExponent(digits, point - 1);
        }
        if (point <= 0) {
            return "0." + "0".repeat(-point) + digits;
        }
        if (point >= digits.length()) {
            return digits + "0".repeat(point - digits.length()) + ".0";
        }
        return digits.substring(0, point) + "." + digits.substring(point);
    }

    private static String printWithExponent(String digits, int exponent) {
        String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
        int magnitude = Math.abs(exponent);
        return digits.charAt(0) + fraction + (exponent < 0 ? "e-" : "e+") + (magnitude < 10 ? "0" : "") + magnitude;
    }
}
