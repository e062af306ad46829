package dev.readback.net;

import dev.readback.settings.AccessSettings;
import dev.readback.settings.LimitSettings;
import dev.readback.settings.ListenerSettings;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Decides which connections a listener takes, by their addresses and their number. Any thread.
 *
 * <p>What is admitted is counted until its channel closes. Where a load balancer tells who the client is there are two
 * decisions: {@link #admits} on the load balancer's connection, and {@link #refusalOfClient} on the client.
 */
final class Admission {

    private final boolean proxied;
    private final AddressSet trusted;
    private final @Nullable AddressSet allow; // null for all
    private final @Nullable AddressSet deny; // null for none
    private final int limit; // 0 for none
    private final @Nullable AddressLimit addressLimit; // null for none
    private final AtomicInteger open = new AtomicInteger(); // stays 0 without a limit
    private final RefusalLog log;
    private final ListenerObserver observer;

    Admission(String listener, ListenerSettings settings, ListenerObserver observer) {
        AccessSettings access = settings.access();
        LimitSettings limits = settings.limits();
        this.proxied = settings.proxyProtocol().isRequired();
        this.trusted = new AddressSet(settings.proxyProtocol().trusted());
        this.allow = access.allow().isEmpty() ? null : new AddressSet(access.allow());
        this.deny = access.deny().isEmpty() ? null : new AddressSet(access.deny());
        this.limit = limits.connections();
        this.addressLimit =
                limits.connectionsPerAddress() == 0 ? null : new AddressLimit(limits.connectionsPerAddress());
        this.log = new RefusalLog(listener);
        this.observer = observer;
    }

    /** Decides on a connection that has just come. */
    boolean admits(Channel connection, long now) {
        if (!(connection.remoteAddress() instanceof InetSocketAddress peer)) {
            return false; // gone already
        }
        Optional<RefusalReason> refusal = refusal(connection, peer.getAddress());
        refusal.ifPresent(it -> refused(it, peer, now));
        return refusal.isEmpty();
    }

    private Optional<RefusalReason> refusal(Channel connection, InetAddress peer) {
        if (proxied ? !trusted.contains(peer) : !mayCome(peer)) {
            return Optional.of(RefusalReason.DENIED);
        }
        if (limit > 0 && open.incrementAndGet() > limit) {
            open.decrementAndGet();
            return Optional.of(RefusalReason.LIMIT);
        }
        if (!proxied && addressLimit != null && !addressLimit.acquire(peer)) {
            release();
            return Optional.of(RefusalReason.ADDRESS_LIMIT);
        }
        releaseAtClose(connection, peer);
        return Optional.empty();
    }

    // one listener for both, or none: it is there for as long as the connection
    private void releaseAtClose(Channel connection, InetAddress peer) {
        if (!proxied && addressLimit != null) {
            connection.closeFuture().addListener(closed -> {
                release();
                addressLimit.release(peer);
            });
        } else if (limit > 0) {
            connection.closeFuture().addListener(closed -> release());
        }
    }

    private void release() {
        if (limit > 0) {
            open.decrementAndGet();
        }
    }

    /** Why not to serve the client that the PROXY header of an admitted connection names; empty when it is served. */
    Optional<RefusalReason> refusalOfClient(Channel connection, InetAddress client) {
        if (!mayCome(client)) {
            return Optional.of(RefusalReason.DENIED);
        }
        if (addressLimit != null) {
            if (!addressLimit.acquire(client)) {
                return Optional.of(RefusalReason.ADDRESS_LIMIT);
            }
            connection.closeFuture().addListener(closed -> addressLimit.release(client));
        }
        return Optional.empty();
    }

    private boolean mayCome(InetAddress address) {
        return (deny == null || !deny.contains(address)) && (allow == null || allow.contains(address));
    }

    /** A connection is turned away: counts it, and may write it down. */
    void refused(RefusalReason reason, InetSocketAddress client, long now) {
        observer.refused(reason);
        log.write(reason, client, now);
    }
}
