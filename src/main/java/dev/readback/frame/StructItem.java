package dev.readback.frame;

import io.netty.buffer.ByteBuf;
import java.util.Iterator;
import java.util.List;

/**
 * Values of one kind, side by side in a record.
 *
 * @param code the format character
 * @param index where the character stands in the format
 * @param offset where the first value starts in the record, in bytes
 * @param firstValue how many values come before
 * @param count how many values the item holds
 * @param element how each of them lies in the record
 */
record StructItem(StructCode code, int index, int offset, int firstValue, int count, StructElement element) {

    void unpack(ByteBuf in, int start, List<Object> values) {
        for (int i = 0; i < count; i++) {
            values.add(element.read(in, at(start, i)));
        }
    }

    void pack(Iterator<?> values, ByteBuf out, int start, String format) {
        for (int i = 0; i < count; i++) {
            Object value = values.next();
            if (value == null || !element.write(out, at(start, i), value)) {
                throw new StructFormatException(
                        "struct format %s takes %s for '%c' at index %d, not %s (value number %d)"
                                .formatted(
                                        PythonText.quote(format),
                                        element.allowed(),
                                        code.character(),
                                        index,
                                        PythonText.describe(value),
                                        firstValue + i + 1));
            }
        }
    }

    void normalize(ByteBuf buffer, int start) {
        for (int i = 0; i < count; i++) {
            element.normalize(buffer, at(start, i));
        }
    }

    private int at(int start, int value) {
        return start + offset + value * element.width();
    }
}
