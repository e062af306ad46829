package dev.readback.monitor;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import dev.readback.net.ConnectionSnapshot;
import dev.readback.net.ProxyHeader;
import dev.readback.net.ProxyValue;
import dev.readback.net.Side;
import dev.readback.net.TlsSession;
import io.netty.util.NetUtil;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * @param session What the TLS handshake agreed on; only where one connection is shown, and only where it is encrypted.
 * @param proxy What its PROXY header says; only where one connection is shown, and only where it has one.
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
        String state,
        @JsonInclude(Include.NON_NULL) @Nullable SessionView session,
        @JsonInclude(Include.NON_NULL) @Nullable ProxyView proxy) {

    private static final double NANOS = 1e9;

    /**
     * What a TLS handshake agreed on.
     *
     * @param protocol The version, such as TLSv1.3.
     * @param cipher The cipher suite.
     * @param serverName The host that the client asked for (SNI), where it did.
     * @param clientSubject The subject of the client's certificate, where it showed one.
     */
    record SessionView(
            String protocol,
            String cipher,
            @JsonInclude(Include.NON_NULL) @Nullable String serverName,
            @JsonInclude(Include.NON_NULL) @Nullable String clientSubject) {

        static SessionView of(TlsSession session) {
            return new SessionView(session.protocol(), session.cipher(), session.serverName(), session.clientSubject());
        }
    }

    /**
     * What a PROXY header says.
     *
     * @param via The load balancer's address and port.
     * @param version Of the protocol: 1 or 2.
     * @param protocol How the client came to the load balancer: tcp4, tcp6, unix, unknown, or local for a check of its own.
     * @param source Where the client comes from; empty for unknown and local.
     * @param destination Where the client went to; empty for unknown and local.
     * @param values What else the header holds.
     */
    record ProxyView(
            String via, int version, String protocol, String source, String destination, List<ValueView> values) {

        static ProxyView of(ProxyHeader header) {
            return new ProxyView(
                    NetUtil.toSocketAddressString(header.via()),
                    header.version(),
                    header.protocol(),
                    header.source(),
                    header.destination(),
                    ValueView.all(header.values()));
        }
    }

    /**
     * One value that a PROXY header holds.
     *
     * @param type Its number in the protocol, such as 0x02.
     * @param name The protocol's name for it, or other.
     * @param value Its text, or its bytes in hexadecimal.
     * @param values Those inside it, where there are any.
     */
    record ValueView(
            String type,
            String name,
            String value,
            @JsonInclude(Include.NON_EMPTY) List<ValueView> values) {

        static List<ValueView> all(List<ProxyValue> values) {
            return values.stream()
                    .map(it -> new ValueView("0x%02x".formatted(it.type()), it.name(), it.value(), all(it.values())))
                    .toList();
        }
    }

    /** The connection as one of many. */
    static ConnectionView of(ConnectionSnapshot snapshot) {
        return of(snapshot, null, null);
    }

    /** The connection with all that is known of it. */
    static ConnectionView detailed(ConnectionSnapshot snapshot) {
        TlsSession session = snapshot.tls();
        ProxyHeader header = snapshot.proxy();
        return of(
                snapshot,
                session == null ? null : SessionView.of(session),
                header == null ? null : ProxyView.of(header));
    }

    private static ConnectionView of(
            ConnectionSnapshot snapshot, @Nullable SessionView session, @Nullable ProxyView proxy) {
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
                state(snapshot),
                session,
                proxy);
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
