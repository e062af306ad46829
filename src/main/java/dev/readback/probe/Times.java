package dev.readback.probe;

import java.util.Arrays;

/** Times measured, in nanoseconds, the shortest first. */
final class Times {

    private final long[] sorted;

    Times(long[] measured) {
        this.sorted = measured.clone();
        Arrays.sort(sorted);
    }

    int count() {
        return sorted.length;
    }

    long minimum() {
        return sorted[0];
    }

    long median() {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The shortest time that 99 of 100 do not exceed. */
    long p99() {
        return sorted[(sorted.length * 99 + 99) / 100 - 1];
    }
}
