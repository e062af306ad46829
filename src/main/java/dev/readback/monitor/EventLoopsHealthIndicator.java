package dev.readback.monitor;

import dev.readback.net.BlockedLoop;
import dev.readback.net.EventLoops;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Down while an event loop is blocked.
 *
 * <p>Part of readiness and not of liveness: a loop that goes on by itself would cost all other connections if the process
 * were ended for it.
 */
final class EventLoopsHealthIndicator extends AbstractHealthIndicator {

    private final EventLoops loops;

    EventLoopsHealthIndicator(EventLoops loops) {
        super("event loops cannot be checked");
        this.loops = loops;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        List<BlockedLoop> blocked = loops.blocked();
        builder.up();
        blocked.forEach(it -> builder.down()
                .withDetail(it.thread(), "blocked for " + TimeUnit.NANOSECONDS.toMillis(it.nanos()) + " ms"));
    }
}
