package dev.readback.net;

import dev.readback.settings.ListenerSettings;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Watches one listener's connections. Called on event loops, many at once, for each read and write: an implementation
 * neither blocks nor locks. {@link #NONE} watches nothing.
 */
public interface ListenerObserver {

    /** Watches nothing. */
    ListenerObserver NONE = new ListenerObserver() {};

    /** Gives a listener its observer, before its first connection. */
    @FunctionalInterface
    interface Factory {
        ListenerObserver observe(String listener, ListenerSettings settings);
    }

    /** The listener began to drain, or has ended it. */
    default void draining(boolean begun) {}

    /**
     * The listener encrypts.
     *
     * @param certificateExpiry when the certificate in force is valid no more; any thread, at any time
     */
    default void encrypts(Supplier<Instant> certificateExpiry) {}

    /** A connection was turned away: the only call for it. */
    default void refused(RefusalReason reason) {}

    /** A connection was accepted. */
    default void accepted() {}

    /**
     * A TLS handshake was completed.
     *
     * @param nanos from accept to its last message
     */
    default void handshaken(long nanos) {}

    /** Bytes arrived. */
    default void received(int bytes) {}

    /** Bytes were handed to the socket. */
    default void sent(long bytes) {}

    /**
     * The frames of one read were answered together.
     *
     * @param frames how many frames there were
     * @param acknowledgements how many of them were acknowledged
     * @param nanos from the read to the replies handed to the socket
     */
    default void answered(int frames, int acknowledgements, long nanos) {}

    /** Reading stopped because the peer does not read. */
    default void readPaused() {}

    /** A timeout ran out. */
    default void timedOut(TimeoutKind kind) {}

    /** One side of an open connection was shut. */
    default void halfOpened(Side side) {}

    /** A connection with that side shut was closed. */
    default void halfOpenEnded(Side side) {}

    /** A connection is over: the last call for it. */
    default void closed(ConnectionSummary summary) {}
}
