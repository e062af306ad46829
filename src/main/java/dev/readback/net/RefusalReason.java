package dev.readback.net;

import java.util.Locale;

/** Why a connection was turned away before it was any of the listener's: the same word in the log and the metric. */
public enum RefusalReason {
    /** As many connections were open as {@code limits.connections} allows. */
    LIMIT,
    /** As many were open from its address as {@code limits.connections-per-address} allows. */
    ADDRESS_LIMIT,
    /** {@code access} does not let its address in, or {@code proxy-protocol.trusted} does not hold it. */
    DENIED,
    /** The listener drained before its PROXY header had come. */
    DRAINING;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The reason as users meet it. */
    public String word() {
        return word;
    }

    @Override
    public String toString() {
        return word;
    }
}
