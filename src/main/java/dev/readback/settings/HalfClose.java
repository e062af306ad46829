package dev.readback.settings;

/** What Readback does when the client shuts its sending side and can still receive. */
public enum HalfClose {
    /** Answers all that was received, then closes. */
    ANSWER_THEN_CLOSE,
    /** Answers all that was received and keeps its own side open until the client closes too. */
    KEEP_OPEN,
    /** Closes at once, even where the client has not taken all replies. */
    CLOSE_NOW
}
