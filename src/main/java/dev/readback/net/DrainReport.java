package dev.readback.net;

/**
 * How connections ended in a drain.
 *
 * @param drained those that finished
 * @param forced those that were reset at the drain timeout
 */
public record DrainReport(long drained, long forced) {

    /** Nothing was drained. */
    public static final DrainReport NONE = new DrainReport(0, 0);

    /** Both together. */
    public DrainReport plus(DrainReport other) {
        return new DrainReport(drained + other.drained, forced + other.forced);
    }
}
