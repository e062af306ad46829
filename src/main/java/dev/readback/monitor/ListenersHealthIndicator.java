package dev.readback.monitor;

import dev.readback.net.NettyServerConnectionFactory;
import java.util.List;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up when every enabled listener listens. */
final class ListenersHealthIndicator extends AbstractHealthIndicator {

    private final List<NettyServerConnectionFactory> listeners;

    ListenersHealthIndicator(List<NettyServerConnectionFactory> listeners) {
        super("listeners cannot be checked");
        this.listeners = List.copyOf(listeners);
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up();
        listeners.forEach(it -> {
            if (!it.isListening()) {
                builder.outOfService();
            }
            builder.withDetail(it.listener(), it.state().word());
        });
    }
}
