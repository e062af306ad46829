package dev.readback.net;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the open connections of each client address, up to a limit. Any thread.
 *
 * <p>An IPv6 address counts together with its /64, which is the least that one client is given: who has one address of it
 * has them all.
 */
final class AddressLimit {

    /** In front of an IPv4 address, since no client's IPv6 address begins so: this is multicast. */
    private static final long IPV4 = 0xffff_ffffL << Integer.SIZE;

    private final int limit;
    private final Map<Long, Integer> open = new ConcurrentHashMap<>();

    /** @param limit at least 1 */
    AddressLimit(int limit) {
        this.limit = limit;
    }

    /** Counts one more, unless that would be too many; {@link #release} gives it back. */
    boolean acquire(InetAddress address) {
        // over the limit for a moment, in which another may be turned away for nothing, but none is let in
        if (open.merge(key(address), 1, Integer::sum) <= limit) {
            return true;
        }
        release(address);
        return false;
    }

    void release(InetAddress address) {
        open.computeIfPresent(key(address), (key, count) -> count == 1 ? null : count - 1);
    }

    /** How many addresses have open connections. */
    int size() {
        return open.size();
    }

    private static long key(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == Integer.BYTES ? IPV4 | Integer.toUnsignedLong(bytes.getInt()) : bytes.getLong();
    }
}
