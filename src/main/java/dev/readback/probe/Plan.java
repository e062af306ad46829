package dev.readback.probe;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the probe does.
 *
 * @param target where it connects
 * @param checks what it checks, in this order
 * @param exchange what it sends and expects
 * @param tls whom it trusts, null for no TLS
 * @param timeout for a connection, and for a whole reply
 * @param count how often it does what can be repeated
 * @param interval from one attempt to the next
 * @param json whether the result is for machines
 */
record Plan(
        Target target,
        List<Check> checks,
        Exchange exchange,
        @Nullable Tls tls,
        Duration timeout,
        int count,
        Duration interval,
        boolean json) {

    Plan {
        checks = List.copyOf(checks);
    }

    /** A new connection to the target. */
    Link open() throws ProbeException {
        return Link.open(target, tls, timeout);
    }
}
