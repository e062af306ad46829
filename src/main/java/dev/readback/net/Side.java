package dev.readback.net;

import java.util.Locale;

/** One of the two sending sides of a connection. */
public enum Side {
    /** The client's: what Readback receives. */
    PEER,
    /** Readback's: what the client receives. */
    LOCAL;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The side as users meet it. */
    public String word() {
        return word;
    }
}
