package dev.readback.probe;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The acknowledgement to expect, in the notation of the listener's setting. The probe knows what {@code {count}} and
 * {@code {length}} stand for; the others may stand for anything.
 */
final class Acknowledgement {

    /** Within a pattern: any bytes, or none. */
    static final int ANYTHING = -1;

    private enum Kind {
        TEXT,
        COUNT,
        LENGTH,
        UNKNOWN
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Part(Kind kind, byte[] text) {}

    private final List<Part> parts = new ArrayList<>();

    private Acknowledgement() {}

    /**
     * Parses a text with escapes, in which a name in braces is a placeholder and a doubled brace a literal one.
     *
     * @throws IllegalArgumentException for an unknown placeholder or escape, or a brace without its partner
     */
    static Acknowledgement parse(String source) {
        Acknowledgement parsed = new Acknowledgement();
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < source.length()) {
            char next = source.charAt(at);
            if (next != '{' && next != '}') {
                text.append(next);
                at++;
            } else if (at + 1 < source.length() && source.charAt(at + 1) == next) {
                text.append(next);
                at += 2;
            } else {
                int end = source.indexOf('}', at);
                parsed.addText(text);
                parsed.parts.add(new Part(
                        kind(source, next == '}' || end < 0 ? "" : source.substring(at + 1, end)), new byte[0]));
                at = end + 1;
            }
        }
        parsed.addText(text);
        return parsed;
    }

    private void addText(StringBuilder text) {
        if (!text.isEmpty()) {
            parts.add(new Part(Kind.TEXT, Escapes.parse(text.toString())));
            text.setLength(0);
        }
    }

    private static Kind kind(String source, String word) {
        return switch (word) {
            case "count" -> Kind.COUNT;
            case "length" -> Kind.LENGTH;
            case "listener", "host", "peer", "values" -> Kind.UNKNOWN;
            default ->
                throw new IllegalArgumentException("'" + source
                        + "' has a brace that begins no placeholder: allowed is {listener}, {host}, {peer}, {length},"
                        + " {count}, {values}, and {{ and }} for literal braces");
        };
    }

    /** Whether there is none to expect. */
    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** Whether the probe knows every byte of it. */
    boolean isKnown() {
        return parts.stream().noneMatch(it -> it.kind() == Kind.UNKNOWN);
    }

    /** Whether its first byte can be this one. */
    boolean mayBegin(int first) {
        return !parts.isEmpty()
                && (parts.getFirst().kind() != Kind.TEXT || (parts.getFirst().text()[0] & 0xff) == first);
    }

    /** Whether only something from outside could tell where it ends. */
    boolean endsOpen() {
        return !parts.isEmpty() && parts.getLast().kind() == Kind.UNKNOWN;
    }

    /** What acknowledges a frame, all of it known. */
    byte[] bytes(int count, int length) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Part part : parts) {
            bytes.writeBytes(text(part, count, length));
        }
        return bytes.toByteArray();
    }

    /** What acknowledges a frame: bytes from 0 to 255, and {@link #ANYTHING}. */
    int[] pattern(int count, int length) {
        int[] pattern = new int[0];
        for (Part part : parts) {
            byte[] text = text(part, count, length);
            int at = pattern.length;
            pattern = Arrays.copyOf(pattern, at + Math.max(1, text.length));
            pattern[at] = ANYTHING;
            for (int i = 0; i < text.length; i++) {
                pattern[at + i] = text[i] & 0xff;
            }
        }
        return pattern;
    }

    private static byte[] text(Part part, int count, int length) {
        return switch (part.kind()) {
            case COUNT -> String.valueOf(count).getBytes(StandardCharsets.US_ASCII);
            case LENGTH -> String.valueOf(length).getBytes(StandardCharsets.US_ASCII);
            case TEXT, UNKNOWN -> part.text();
        };
    }
}
