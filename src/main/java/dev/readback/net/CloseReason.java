package dev.readback.net;

import dev.readback.frame.FrameException;
import java.util.Locale;

/** Why a connection was closed: the same word in the log, the metric and the endpoint. */
public enum CloseReason {
    /** The client closed, or shut its sending side and had all its answers. */
    PEER_CLOSED,
    /** The client reset the connection, or could no longer be reached. */
    PEER_RESET,
    /** No byte came for {@code timeouts.idle}. */
    IDLE_TIMEOUT,
    /** The client took no byte for {@code timeouts.write} while replies waited. */
    WRITE_TIMEOUT,
    /** No byte came for {@code timeouts.first-byte} after accept. */
    FIRST_BYTE_TIMEOUT,
    /** A frame was begun and not completed within {@code timeouts.frame}. */
    FRAME_TIMEOUT,
    /** The client had shut its sending side for {@code timeouts.half-open}. */
    HALF_OPEN_TIMEOUT,
    /** An operator shut both sides and the client did not close within {@code timeouts.linger}. */
    LINGER_TIMEOUT,
    /** The connection reached {@code timeouts.lifetime}. */
    LIFETIME,
    /** PROXY header or TLS handshake took longer than {@code timeouts.handshake}. */
    HANDSHAKE_TIMEOUT,
    /** The TLS handshake failed. */
    HANDSHAKE_FAILED,
    /** A frame was longer than its maximum. */
    FRAME_TOO_LARGE,
    /** A frame's header cannot be a length, or what came cannot be decrypted. */
    FRAME_INVALID,
    /** The input ended inside a frame. */
    FRAME_TRUNCATED,
    /** The PROXY header was absent or wrong. */
    PROXY_HEADER_INVALID,
    /** An operator closed the connection. */
    OPERATOR,
    /** The service shut down and the connection finished in time. */
    DRAINED,
    /** The service shut down and the connection did not finish in time. */
    DRAIN_FORCED,
    /** Readback itself failed: the log has the stack. */
    ERROR;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The reason to close a connection on which something came that is no frame. */
    static CloseReason of(FrameException.Fault fault) {
        return switch (fault) {
            case TOO_LARGE -> FRAME_TOO_LARGE;
            case INVALID -> FRAME_INVALID;
            case TRUNCATED -> FRAME_TRUNCATED;
        };
    }

    /** The reason as users meet it. */
    public String word() {
        return word;
    }

    @Override
    public String toString() {
        return word;
    }
}
