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

    // not by a format: with many short connections, parsing it is what the log costs
    private static String line(String listener, ConnectionSummary summary) {
        long millis = summary.nanos() / 1_000_000;
        return "listener=" + listener
                + " connection=" + summary.id()
                + " peer=" + NetUtil.toSocketAddressString(summary.peer())
                + " reason=" + summary.reason()
                + " received=" + summary.received()
                + " sent=" + summary.sent()
                + " acknowledgements=" + summary.acknowledgements()
                + " duration=" + millis / 1000 + "."
                + Long.toString(1000 + millis % 1000).substring(1) + "s";
    }
}
