package dev.readback.frame;

import java.math.BigInteger;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Prints values as Python's {@code repr} does. */
final class PythonText {

    private static final HexFormat HEX = HexFormat.of();
    private static final int LONGEST_DESCRIPTION = 80;

    private PythonText() {}

    static String repr(@Nullable Object value) {
        return switch (value) {
            case Boolean truth -> truth ? "True" : "False";
            case Byte _, Short _, Integer _, Long _, BigInteger _ -> String.valueOf(value);
            case Double number -> PythonFloat.repr(number);
            case Float number -> PythonFloat.repr(number);
            case byte[] bytes -> quote(bytes);
            case null, default ->
                throw new IllegalArgumentException("a struct has no value such as " + describe(value)
                        + ": values are Boolean, Long (or a smaller integer), BigInteger, Double, Float and byte[]");
        };
    }

    /** A value for an error message: cut off when long, with its type when no struct holds such a value. */
    static String describe(@Nullable Object value) {
        String text = switch (value) {
            case Boolean _, Byte _, Short _, Integer _, Long _, BigInteger _, Double _, Float _, byte[] _ ->
                repr(value);
            case null -> "null";
            case String string -> "the String " + quote(string);
            default -> "a " + value.getClass().getName();
        };
        return text.length() <= LONGEST_DESCRIPTION ? text : text.substring(0, LONGEST_DESCRIPTION - 3) + "...";
    }

    /** A text on one line, with all but printable ASCII escaped. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('\'');
        text.chars().forEach(character -> {
            if (character > 0xff) {
                quoted.append("\\u").append(HEX.toHexDigits((char) character));
            } else {
                appendEscaped(quoted, character, '\'');
            }
        });
        return quoted.append('\'').toString();
    }

    private static String quote(byte[] bytes) {
        char quotationMark = contains(bytes, '\'') && !contains(bytes, '"') ? '"' : '\'';
        StringBuilder quoted = new StringBuilder(bytes.length + 3).append('b').append(quotationMark);
        for (byte character : bytes) {
            appendEscaped(quoted, Byte.toUnsignedInt(character), quotationMark);
        }
        return quoted.append(quotationMark).toString();
    }

    private static void appendEscaped(StringBuilder quoted, int character, char quotationMark) {
        switch (character) {
            case '\t' -> quoted.append("\\t");
            case '\n' -> quoted.append("\\n");
            case '\r' -> quoted.append("\\r");
            case '\\' -> quoted.append("\\\\");
            default -> {
                if (character == quotationMark) {
                    quoted.append('\\').append(quotationMark);
                } else if (character < ' ' || character > '~') {
                    quoted.append("\\x").append(HEX.toHexDigits((byte) character));
                } else {
                    quoted.append((char) character);
                }
            }
        }
    }

    private static boolean contains(byte[] bytes, char character) {
        for (byte candidate : bytes) {
            if (candidate == character) {
                return true;
            }
        }
        return false;
    }
}
