package dev.readback.bench;

/** Counts round trips by how long they took, to the microsecond. */
final class Latencies {

    private static final int LONGEST = 4_000_000;

    private final int[] counts = new int[LONGEST + 1];
    private long total;

    void record(long nanos) {
        counts[(int) Math.min(nanos / 1000, LONGEST)]++;
        total++;
    }

    long total() {
        return total;
    }

    /** The time within which so large a part of all round trips was done, in microseconds. */
    int quantile(double part) {
        long seen = 0;
        int micros = 0;
        while (micros < LONGEST && seen + counts[micros] < part * total) {
            seen += counts[micros++];
        }
        return micros;
    }
}
