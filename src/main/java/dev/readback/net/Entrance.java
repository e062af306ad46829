package dev.readback.net;

import dev.readback.settings.HalfClose;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What comes before the data of one connection, where something does: the PROXY header that names its client, then the
 * TLS handshake. Belongs to the connection's event loop.
 *
 * <p>The connection counts as accepted when its client is known and may stay, and also when it ends before that, for a
 * reason of its own; a client that is turned away counts as refused and as nothing else.
 */
final class Entrance {

    private final Connection connection;
    private final boolean proxied;
    private final @Nullable TlsLayer tls; // null where nothing is encrypted
    private @Nullable ProxyHeader proxy; // null until it has come, and where none is to come
    private @Nullable RefusalReason refusal; // null unless the client is turned away
    private boolean accepted;
    private long began; // the header or the handshake that is under way

    /** @param proxied whether a PROXY header is to come */
    Entrance(Connection connection, boolean proxied, @Nullable TlsLayer tls) {
        this.connection = connection;
        this.proxied = proxied;
        this.tls = tls;
    }

    /** The connection is open. */
    void open() {
        if (proxied) {
            await();
        } else {
            accept();
        }
    }

    private void await() {
        began = timeouts().now();
        timeouts().start(TimeoutKind.HANDSHAKE);
    }

    private void accept() {
        accepted = true;
        connection.accept();
        if (tls == null) {
            connection.awaitData();
        } else {
            await();
        }
    }

    /** The PROXY header has come: the client is the one that it names. Returns whether that one may stay. */
    boolean introduce(ProxyHeader header) {
        proxy = header;
        timeouts().stop(TimeoutKind.HANDSHAKE);
        InetSocketAddress client = header.client();
        if (client != null) {
            connection.peer(client);
            refusal = connection
                    .listener()
                    .admission()
                    .refusalOfClient(connection.channel(), client.getAddress())
                    .orElse(null);
        }
        if (refusal == null) {
            connection.wire().begin();
            accept();
            return true;
        }
        connection.wire().close();
        return false;
    }

    /** The TLS handshake is complete: what comes now is data. */
    void established() {
        if (tls != null && !connection.ending().isClosing()) {
            tls.establish();
            timeouts().stop(TimeoutKind.HANDSHAKE);
            connection.listener().observer().handshaken(timeouts().now() - began);
            connection.awaitData();
        }
    }

    /** Whether there is no handshake, or it is complete. */
    boolean isEstablished() {
        return tls == null || tls.isEstablished();
    }

    boolean isEncrypted() {
        return tls != null;
    }

    /** Whether a TLS record has begun and is not complete. */
    boolean isInsideRecord() {
        return tls != null && tls.isInsideRecord();
    }

    /** What happens when the client shuts its sending side: what is wanted, where the protocol allows it. */
    HalfClose allowed(HalfClose wanted) {
        return wanted == HalfClose.KEEP_OPEN && tls != null && !tls.isHalfCloseable()
                ? HalfClose.ANSWER_THEN_CLOSE
                : wanted;
    }

    /** Says to a TLS client that nothing more comes, behind all that waits. */
    void closeNotify() {
        if (tls != null) {
            tls.closeNotify();
        }
    }

    /** Applies a handshake timeout that has changed; returns whether the client is known, so that others apply too. */
    boolean retune() {
        if (!(accepted && isEstablished()) && !connection.ending().isClosing()) {
            timeouts().restart(TimeoutKind.HANDSHAKE, began);
        }
        return accepted;
    }

    /** The connection is over: returns why its client was refused, or null, and it counts as accepted then. */
    @Nullable
    RefusalReason leave(CloseReason reason) {
        if (refusal == null && !accepted) {
            if (reason == CloseReason.DRAINED || reason == CloseReason.DRAIN_FORCED) {
                return RefusalReason.DRAINING;
            }
            connection.accept(); // it was none of its client's until now, and is not to be missed in the sum
        }
        return refusal;
    }

    /** What the PROXY header says; null until it has come, and where none is to come. */
    @Nullable
    ProxyHeader proxy() {
        return proxy;
    }

    /** What the handshake agreed on; null until it has, and where nothing is encrypted. */
    @Nullable
    TlsSession session() {
        return tls != null && tls.isEstablished() ? TlsSession.of(tls.handler()) : null;
    }

    @Nullable
    SSLSession sslSession() {
        return tls == null ? null : tls.handler().engine().getSession();
    }

    private Timeouts timeouts() {
        return connection.timeouts();
    }
}
