package dev.readback.monitor;

import dev.readback.net.CloseReason;
import dev.readback.net.ConnectionSummary;
import io.netty.util.NetUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes one line for each connection, at its close, to the logger {@code readback.access}. */
final class AccessLog {

    private static final Logger LOG = LoggerFactory.getLogger("readback.access");

    private AccessLog() {}

    /** Writes at info; at debug for a connection without data, as a load balancer's check is. */
    static void write(String listener, ConnectionSummary summary) {
        boolean quiet = summary.received() == 0 && summary.reason() != CloseReason.PROXY_HEADER_INVALID;
        LOG.atLevel(quiet ? Level.DEBUG : Level.INFO).log(() -> line(listener, summary));
    }

    private static String line(String listener, ConnectionSummary summary) {
        return "listener=%s connection=%s peer=%s reason=%s received=%d sent=%d acknowledgements=%d duration=%d.%03ds"
                .formatted(
                        listener,
                        summary.id(),
                        NetUtil.toSocketAddressString(summary.peer()),
                        summary.reason(),
                        summary.received(),
                        summary.sent(),
                        summary.acknowledgements(),
                        summary.nanos() / 1_000_000_000,
                        summary.nanos() / 1_000_000 % 1000);
    }
}
