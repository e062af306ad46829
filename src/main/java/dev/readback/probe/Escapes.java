package dev.readback.probe;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes as text on one line, as shells and programming languages write them: {@code \n \r \t \0 \\ \x7f}. */
final class Escapes {

    private static final int SHOWN = 24;

    private Escapes() {}

    /**
     * The bytes that a text stands for: UTF-8, but for the escapes.
     *
     * @throws IllegalArgumentException for a backslash that begins no escape
     */
    static byte[] parse(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        int from = 0;
        for (int at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', from)) {
            bytes.writeBytes(text.substring(from, at).getBytes(StandardCharsets.UTF_8));
            char code = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
            bytes.write(code == 'x' ? hex(text, at) : simple(text, code, at));
            from = at + (code == 'x' ? 4 : 2);
        }
        bytes.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    /** Some bytes in quotes, cut off when they are many. */
    static String show(byte[] bytes, int from, int to) {
        int end = Math.min(to, from + SHOWN);
        StringBuilder text = new StringBuilder("'");
        for (int i = from; i < end; i++) {
            append(text, bytes[i] & 0xff);
        }
        return text.append(end < to ? "'..." : "'").toString();
    }

    private static void append(StringBuilder text, int value) {
        switch (value) {
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            case '\\' -> text.append("\\\\");
            default -> {
                if (value >= ' ' && value <= '~') {
                    text.append((char) value);
                } else {
                    text.append("\\x")
                            .append(Character.forDigit(value >> 4, 16))
                            .append(Character.forDigit(value & 15, 16));
                }
            }
        }
    }

    private static int simple(String text, char code, int at) {
        return switch (code) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '0' -> 0;
            case '\\' -> '\\';
            default -> throw refused(text, at);
        };
    }

    private static int hex(String text, int at) {
        int high = at + 2 < text.length() ? Character.digit(text.charAt(at + 2), 16) : -1;
        int low = at + 3 < text.length() ? Character.digit(text.charAt(at + 3), 16) : -1;
        if (high < 0 || low < 0) {
            throw refused(text, at);
        }
        return high << 4 | low;
    }

    private static IllegalArgumentException refused(String text, int at) {
        return new IllegalArgumentException("'" + text + "' has a backslash without its partner at index " + at
                + ": allowed is \\n, \\r, \\t, \\0, \\\\ and \\x with two hexadecimal digits");
    }
}
