package dev.readback.net;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open connection as it was at one moment.
 *
 * @param id its name in logs and endpoints
 * @param listener the listener that accepted it
 * @param peer the client
 * @param since when it was accepted
 * @param ageNanos how long ago that was, in nanoseconds
 * @param idleNanos how long ago the last byte was received, or the connection accepted, in nanoseconds
 * @param received bytes received
 * @param sent bytes handed to the socket
 * @param frames frames received whole
 * @param acknowledgements frames acknowledged
 * @param open the sides that still send
 * @param readPaused whether reading stands still because the client does not read
 * @param tls what was agreed on in the TLS handshake, null while and where nothing is
 * @param closing the reason for which it is being closed, null while it is not
 * @param proxy what its PROXY header says; null until it has come, and where none is to come
 */
public record ConnectionSnapshot(
        String id,
        String listener,
        InetSocketAddress peer,
        Instant since,
        long ageNanos,
        long idleNanos,
        long received,
        long sent,
        long frames,
        long acknowledgements,
        Set<Side> open,
        boolean readPaused,
        @Nullable TlsSession tls,
        @Nullable CloseReason closing,
        @Nullable ProxyHeader proxy) {

    public ConnectionSnapshot {
        open = Set.copyOf(open);
    }
}
