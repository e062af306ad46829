package dev.readback.net;

import dev.readback.settings.TimeoutSettings;
import java.time.Duration;
import java.util.Locale;

/** The ways in which a peer can leave a connection hanging, each with a timeout of its own. */
public enum TimeoutKind {
    /** No byte received. */
    IDLE(CloseReason.IDLE_TIMEOUT),
    /** No byte taken while replies wait. */
    WRITE(CloseReason.WRITE_TIMEOUT),
    /** No byte received since accept. */
    FIRST_BYTE(CloseReason.FIRST_BYTE_TIMEOUT),
    /** A frame begun and not completed. */
    FRAME(CloseReason.FRAME_TIMEOUT),
    /** Connected for too long. */
    LIFETIME(CloseReason.LIFETIME),
    /** PROXY header or TLS handshake not completed. */
    HANDSHAKE(CloseReason.HANDSHAKE_TIMEOUT),
    /** The peer's sending side shut, and nothing else. */
    HALF_OPEN(CloseReason.HALF_OPEN_TIMEOUT),
    /** Readback's sending side shut, and the peer does not close. */
    LINGER(CloseReason.LINGER_TIMEOUT);

    private final CloseReason reason;
    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    TimeoutKind(CloseReason reason) {
        this.reason = reason;
    }

    /** The reason with which this timeout closes a connection that has none yet. */
    public CloseReason reason() {
        return reason;
    }

    /** The timeout as users meet it: its name below {@code timeouts}. */
    public String word() {
        return word;
    }

    /** How long this timeout runs by these settings; zero when it is off. */
    public Duration duration(TimeoutSettings settings) {
        return switch (this) {
            case IDLE -> settings.idle();
            case WRITE -> settings.write();
            case FIRST_BYTE -> settings.firstByte();
            case FRAME -> settings.frame();
            case LIFETIME -> settings.lifetime();
            case HALF_OPEN -> settings.halfOpen();
            case LINGER -> settings.linger();
            case HANDSHAKE -> settings.handshake();
        };
    }

    /** The same in nanoseconds; 0 when it is off. */
    long nanos(TimeoutSettings settings) {
        return duration(settings).toNanos();
    }

    @Override
    public String toString() {
        return word;
    }
}
