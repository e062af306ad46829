package dev.readback.probe;

import java.util.Locale;

/** What was wrong in an attempt. */
enum Fault {
    /** The host's name has no address, or none in time. */
    UNRESOLVED,
    /** Nobody listens there. */
    REFUSED,
    /** There is no way to the host. */
    UNREACHABLE,
    /** What was waited for did not come in time. */
    TIMEOUT,
    /** The server reset the connection. */
    RESET,
    /** The server ended the connection before its reply was complete. */
    SHORT,
    /** More came than the reply. */
    LONG,
    /** Other bytes came than the reply's. */
    DIFFERENT,
    /** The server ended a silent connection sooner than it should. */
    EARLY,
    /** TLS failed: no common version, a certificate that is not trusted, an end without close_notify. */
    TLS;

    /** The word for it in JSON. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
