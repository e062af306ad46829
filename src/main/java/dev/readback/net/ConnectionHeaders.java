package dev.readback.net;

import java.io.Serial;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.ip.IpHeaders;
import org.springframework.messaging.MessageHeaders;

/**
 * The headers of all messages of one connection. Belongs to its event loop.
 *
 * <p>They hold no map of their own, which would be a fifth of what an idle connection costs, and eight places in memory
 * to look at for each frame: a look-up is answered from the connection, and only who wants them all gets a map. There is
 * neither id nor timestamp, since they would be the same for all messages.
 */
final class ConnectionHeaders extends MessageHeaders {

    @Serial
    private static final long serialVersionUID = 1;

    private static final long NO_TIMESTAMP = -1;

    private final transient Connection connection;
    private final transient ReplySlot replies;

    ConnectionHeaders(Connection connection) {
        super(null, ID_VALUE_NONE, NO_TIMESTAMP);
        this.connection = connection;
        this.replies = new ReplySlot(connection);
    }

    @Override
    public @Nullable Object get(Object key) {
        return key instanceof String name ? header(name) : null;
    }

    private @Nullable Object header(String name) {
        return switch (name) {
            case Connection.HEADER -> connection;
            case REPLY_CHANNEL -> replies;
            case IpHeaders.CONNECTION_ID -> connection.getConnectionId();
            case IpHeaders.HOSTNAME -> connection.getHostName();
            case IpHeaders.IP_ADDRESS -> connection.getHostAddress();
            case IpHeaders.REMOTE_PORT -> connection.getPort();
            default -> null;
        };
    }

    @Override
    public <T> @Nullable T get(Object key, Class<T> type) {
        Object value = get(key);
        if (value != null && !type.isInstance(value)) {
            throw new IllegalArgumentException("header '%s' is a %s, not a %s"
                    .formatted(key, value.getClass().getName(), type.getName()));
        }
        return type.cast(value);
    }

    private Map<String, Object> all() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(IpHeaders.CONNECTION_ID, connection.getConnectionId());
        all.put(IpHeaders.HOSTNAME, connection.getHostName());
        all.put(IpHeaders.IP_ADDRESS, connection.getHostAddress());
        all.put(IpHeaders.REMOTE_PORT, connection.getPort());
        all.put(REPLY_CHANNEL, replies);
        all.put(Connection.HEADER, connection);
        return Collections.unmodifiableMap(all);
    }

    @Override
    protected Map<String, Object> getRawHeaders() {
        return all();
    }

    @Override
    public boolean containsKey(Object key) {
        return get(key) != null;
    }

    @Override
    public boolean containsValue(Object value) {
        return all().containsValue(value);
    }

    @Override
    public int size() {
        return all().size();
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public Set<String> keySet() {
        return all().keySet();
    }

    @Override
    public Collection<Object> values() {
        return all().values();
    }

    @Override
    public Set<Map.Entry<String, Object>> entrySet() {
        return all().entrySet();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return all().toString();
    }
}
