package dev.readback.net;

import dev.readback.frame.Framing;
import dev.readback.settings.ListenerSettings;
import dev.readback.settings.TimeoutSettings;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.ip.tcp.connection.TcpListener;
import org.springframework.integration.ip.tcp.connection.TcpSender;

/** What all connections of one listener share. Safe for use by all threads. */
final class ListenerContext {

    private final String name;
    private final ListenerSettings settings;
    private final ListenerObserver observer;
    private final TcpListener gateway;
    private final @Nullable TcpSender sender;
    private final @Nullable ListenerTls tls;
    private final byte[] timeoutNotice;
    private final int readSize;
    private final Admission admission;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong ids;
    private final AtomicLong drained = new AtomicLong();
    private final AtomicLong forced = new AtomicLong();
    private volatile TimeoutSettings timeouts;
    private volatile boolean draining;

    /**
     * @param gateway takes each frame, on the connection's event loop
     * @param ids counts connections over all starts of this listener
     * @param sender hears of connections that come and go; null when nobody sends unasked
     * @param tls encrypts connections; null when nothing does
     */
    ListenerContext(
            String name,
            ListenerSettings settings,
            ListenerObserver observer,
            TcpListener gateway,
            AtomicLong ids,
            @Nullable TcpSender sender,
            @Nullable ListenerTls tls) {
        this.name = name;
        this.settings = settings;
        this.observer = observer;
        this.gateway = gateway;
        this.ids = ids;
        this.sender = sender;
        this.tls = tls;
        this.timeouts = settings.timeouts();
        Framing framing = settings.framing().framing();
        this.timeoutNotice = framing.text(settings.timeoutNotice().getBytes(StandardCharsets.UTF_8));
        this.readSize = framing.readSize();
        this.admission = new Admission(name, settings, observer);
    }

    String name() {
        return name;
    }

    ListenerSettings settings() {
        return settings;
    }

    /** The timeouts in force. */
    TimeoutSettings timeouts() {
        return timeouts;
    }

    /** Puts other timeouts in force, for new connections and for those that are open. */
    void tune(TimeoutSettings tuned) {
        timeouts = tuned;
        connections().forEach(it -> it.execute(it::retune));
    }

    /** Ends each connection as soon as its client loses nothing by it, those that are still to come too. */
    void drain() {
        draining = true;
        connections().forEach(it -> it.execute(it.ending()::drain));
    }

    /** What a peer is sent before a timeout closes its connection, as its framing has it; empty for nothing. */
    byte[] timeoutNotice() {
        return timeoutNotice;
    }

    /** The most bytes that one read takes where nothing is encrypted. */
    int readSize() {
        return readSize;
    }

    /** Who may connect, and how many. */
    Admission admission() {
        return admission;
    }

    ListenerObserver observer() {
        return observer;
    }

    TcpListener gateway() {
        return gateway;
    }

    /** What encrypts each connection; null when nothing does. */
    @Nullable
    ListenerTls tls() {
        return tls;
    }

    /** A number for the next connection, unique among this listener's. */
    long nextNumber() {
        return ids.incrementAndGet();
    }

    DrainReport drained() {
        return new DrainReport(drained.get(), forced.get());
    }

    Collection<Connection> connections() {
        return connections;
    }

    /** Looks at all connections: who asks for one by its name is a person, and a name for each would cost more. */
    @Nullable
    Connection connection(String id) {
        return connections.stream()
                .filter(it -> it.getConnectionId().equals(id))
                .findAny()
                .orElse(null);
    }

    /** Enters a connection; {@link #remove} takes it out when its channel is closed. */
    void add(Connection connection) {
        connections.add(connection);
        if (sender != null) {
            sender.addNewConnection(connection);
        }
        if (draining) {
            connection.execute(connection.ending()::drain);
        }
    }

    /** Takes out a connection that was turned away. */
    void remove(Connection connection, RefusalReason reason, long now) {
        remove(connection);
        admission.refused(reason, connection.peer(), now);
    }

    private void remove(Connection connection) {
        connections.remove(connection);
        if (sender != null) {
            sender.removeDeadConnection(connection);
        }
    }

    /** Takes out a connection that was accepted. */
    void remove(Connection connection, ConnectionSummary summary) {
        remove(connection);
        observer.closed(summary);
        switch (summary.reason()) {
            case DRAINED -> drained.incrementAndGet();
            case DRAIN_FORCED -> forced.incrementAndGet();
            default -> {}
        }
    }
}
