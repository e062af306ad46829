package dev.readback.net;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs that a listener turns connections away: one line a second at most, since whoever is turned away can come again at
 * once. Any thread.
 */
final class RefusalLog {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long NEVER = Long.MIN_VALUE;

    private final String listener;
    private final AtomicLong lastLine = new AtomicLong(NEVER);
    private final AtomicLong unsaid = new AtomicLong();

    RefusalLog(String listener) {
        this.listener = listener;
    }

    /** @param now on the event loop's clock */
    void write(RefusalReason reason, InetSocketAddress client, long now) {
        long last = lastLine.get();
        if ((last == NEVER || now - last >= PAUSE_NANOS) && lastLine.compareAndSet(last, now)) {
            LOG.atLevel(reason == RefusalReason.LIMIT ? Level.WARN : Level.INFO)
                    .log(
                            "listener '{}' refused {}: {}; {} more since the last such line",
                            listener,
                            NetUtil.toSocketAddressString(client),
                            reason,
                            unsaid.getAndSet(0));
        } else {
            unsaid.incrementAndGet();
        }
    }
}
