package dev.readback.frame;

import dev.readback.frame.StructLayout.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads one format from left to right. */
final class StructParser {

    /** Larger than every size allowed, and still far from an overflow when multiplied by the size of an item. */
    private static final long ENDLESS = 1L << 40;

    private final String format;
    private final StructOrder order;
    private final List<StructItem> items = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private int next;
    private long size;
    private long values;

    private StructParser(String format) {
        this.format = format;
        Optional<StructOrder> sign = format.isEmpty() ? Optional.empty() : StructOrder.of(format.charAt(0));
        this.order = sign.orElse(StructOrder.NATIVE);
        this.next = sign.isPresent() ? 1 : 0;
    }

    static StructLayout parse(String format) {
        StructParser parser = new StructParser(format);
        while (parser.hasItem()) {
            parser.readItem();
        }
        return new StructLayout(parser.order, (int) parser.size, (int) parser.values, parser.items, parser.gaps);
    }

    private boolean hasItem() {
        while (next < format.length() && isWhiteSpace(format.charAt(next))) {
            next++;
        }
        return next < format.length();
    }

    private void readItem() {
        long count = isDigit() ? readCount() : 1;
        int index = next;
        StructCode code = readCode();
        long padding = Math.floorMod(-size, (long) code.alignment(order));
        checkSize(size + padding + count * code.size(order), code, index);
        checkSize(values + code.values(count), code, index);
        addGap(padding);
        code.element(order, (int) count)
                .ifPresentOrElse(element -> addValues(code, index, count, element), () -> addGap(count));
    }

    private long readCount() {
        int start = next;
        long count = 0;
        while (isDigit()) {
            count = Math.min(count * 10 + (format.charAt(next) - '0'), ENDLESS);
            next++;
        }
        if (next == format.length()) {
            throw refused("ends after the repeat count %s at index %d: a format character must follow it directly"
                    .formatted(format.substring(start), start));
        }
        return count;
    }

    private StructCode readCode() {
        char character = format.charAt(next);
        StructCode code = StructCode.of(character).orElse(null);
        if (code == null) {
            throw refused("has %s at index %d: %s"
                    .formatted(PythonText.quote(String.valueOf(character)), next, expected(character)));
        }
        if (!code.isAllowed(order)) {
            throw refused(
                    "has '%c' at index %d, which is allowed in native format only ('@' or no byte order), not with '%c'"
                            .formatted(character, next, order.sign()));
        }
        next++;
        return code;
    }

    private String expected(char character) {
        if (StructOrder.of(character).isPresent()) {
            return "a byte order is allowed at index 0 only";
        }
        if (isWhiteSpace(character)) {
            return "white space is not allowed between a repeat count and its format character";
        }
        return "format characters are " + StructCode.allowed(order);
    }

    private void checkSize(long total, StructCode code, int index) {
        if (total > Integer.MAX_VALUE) {
            throw refused("goes over the largest size of %d bytes, or over as many values, with '%c' at index %d"
                    .formatted(Integer.MAX_VALUE, code.character(), index));
        }
    }

    private void addGap(long length) {
        if (length > 0) {
            gaps.add(new Gap((int) size, (int) length));
            size += length;
        }
    }

    private void addValues(StructCode code, int index, long count, StructElement element) {
        int itemValues = (int) code.values(count);
        if (itemValues > 0) {
            items.add(new StructItem(code, index, (int) size, (int) values, itemValues, element));
        }
        size += count * code.size(order);
        values += itemValues;
    }

    private boolean isDigit() {
        return next < format.length() && format.charAt(next) >= '0' && format.charAt(next) <= '9';
    }

    private static boolean isWhiteSpace(char character) {
        return character == ' ' || (character >= '\t' && character <= '\r');
    }

    private StructFormatException refused(String problem) {
        return new StructFormatException("struct format " + PythonText.quote(format) + " " + problem);
    }
}
