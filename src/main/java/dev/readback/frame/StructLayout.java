package dev.readback.frame;

import java.util.List;

/**
 * What a format says of its records.
 *
 * @param order its byte order
 * @param size bytes in a record
 * @param values values in a record
 * @param items the items that hold values, in order
 * @param gaps the pad bytes between them
 */
record StructLayout(StructOrder order, int size, int values, List<StructItem> items, List<Gap> gaps) {

    StructLayout {
        items = List.copyOf(items);
        gaps = List.copyOf(gaps);
    }

    /** Pad bytes, asked for by {@code x} or put in by native alignment. */
    record Gap(int offset, int length) {}
}
