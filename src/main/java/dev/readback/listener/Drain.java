package dev.readback.listener;

import dev.readback.net.DrainReport;
import dev.readback.net.NettyServerConnectionFactory;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Drains all listeners together, first of all that stops when the application does.
 *
 * <p>Listeners are drained together and not one after the other, so that all are done within one drain timeout; and
 * before the web server, so that Actuator answers until then.
 */
final class Drain implements SmartLifecycle {

    /** The gateways stop next, when there is nothing left for them to do. */
    static final int GATEWAY_PHASE = SmartLifecycle.DEFAULT_PHASE - 512;

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private final List<NettyServerConnectionFactory> listeners;
    private volatile boolean running;

    Drain(List<NettyServerConnectionFactory> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Returns when all connections are closed, which is the drain timeout later at the latest, or hardly more. */
    @Override
    public void stop() {
        running = false;
        long began = System.nanoTime();
        listeners.forEach(NettyServerConnectionFactory::drain);
        try (ExecutorService stopping = Executors.newVirtualThreadPerTaskExecutor()) {
            listeners.forEach(it -> stopping.execute(it::stop));
        }
        DrainReport report = listeners.stream()
                .map(NettyServerConnectionFactory::drained)
                .reduce(DrainReport.NONE, DrainReport::plus);
        LOG.info(
                "Drained {} connections and reset {} in {} ms",
                report.drained(),
                report.forced(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    }
}
