package dev.readback.monitor;

import dev.readback.net.ConnectionSnapshot;
import dev.readback.net.Side;
import io.netty.util.NetUtil;
import java.time.Instant;
import java.util.List;

/**
 * An open connection as {@code /actuator/connections} shows it.
 *
 * @param id Its name, in logs too.
 * @param listener The listener that accepted it.
 * @param peer The client's address and port.
 * @param since When it was accepted.
 * @param ageSeconds How long ago that was.
 * @param idleSeconds How long ago the last byte was received, or the connection accepted.
 * @param received Bytes received.
 * @param sent Bytes handed to the socket.
 * @param frames Frames received whole.
 * @param acknowledgements Frames acknowledged.
 * @param open The sides that still send: peer, local.
 * @param tls Whether it is encrypted.
 * @param state What it is doing: open, paused (not read, because the client does not read), or the reason for which it
 *     is being closed.
 */
record ConnectionView(
        String id,
        String listener,
        String peer,
        Instant since,
        double ageSeconds,
        double idleSeconds,
        long received,
        long sent,
        long frames,
        long acknowledgements,
        List<String> open,
        boolean tls,
        String state) {

    private static final double NANOS = 1e9;

    static ConnectionView of(ConnectionSnapshot snapshot) {
        return new ConnectionView(
                snapshot.id(),
                snapshot.listener(),
                NetUtil.toSocketAddressString(snapshot.peer()),
                snapshot.since(),
                seconds(snapshot.ageNanos()),
                seconds(snapshot.idleNanos()),
                snapshot.received(),
                snapshot.sent(),
                snapshot.frames(),
                snapshot.acknowledgements(),
                snapshot.open().stream().sorted().map(Side::word).toList(),
                snapshot.tls() != null,
                state(snapshot));
    }

    private static double seconds(long nanos) {
        return Math.round(nanos / NANOS * 1000) / 1000.0;
    }

    private static String state(ConnectionSnapshot snapshot) {
        if (snapshot.closing() != null) {
            return snapshot.closing().word();
        }
        return snapshot.readPaused() ? "paused" : "open";
    }
}
