package dev.readback.net;

import java.util.Locale;

/** What a listener is doing. */
public enum ListenerState {
    /** Accepts connections. */
    LISTENING,
    /** Accepts none for now; its connections live on. */
    PAUSED,
    /** Accepts none any more, and lets its connections finish. */
    DRAINING,
    /** Has no connections and accepts none. */
    STOPPED,
    /** Could not have its address back when it was to listen again; its connections live on. */
    FAILED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The state as users meet it. */
    public String word() {
        return word;
    }
}
