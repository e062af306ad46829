package dev.readback.settings;

/** Whether a TLS client shows a certificate. */
public enum ClientAuth {
    /** It is not asked for one. */
    NONE,
    /** It is asked; one that shows none is served too, one whose certificate is not trusted is refused. */
    WANT,
    /** It is refused unless it shows one that is trusted. */
    NEED
}
