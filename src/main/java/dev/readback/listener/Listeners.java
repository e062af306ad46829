package dev.readback.listener;

import dev.readback.net.DrainReport;
import dev.readback.net.NettyServerConnectionFactory;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Opens all listeners, first of all that starts, and drains them, first of all that stops.
 *
 * <p>They open once they are made, which {@link ListenersFirst} sees to early, and not in a phase of the application's
 * life cycle, which comes after all beans: clients need nothing of what Actuator and the page are made of, and that is
 * a third of the start. The application is ready when all is there, as ever, and until then a listener takes a few
 * clients only.
 *
 * <p>They are drained together and not one after the other, so that all are done within one drain timeout; and before
 * the web server stops, so that Actuator answers until then. A start that fails later drains them too.
 */
final class Listeners
        implements InitializingBean, SmartLifecycle, ApplicationListener<ContextRefreshedEvent>, DisposableBean {

    /** The gateways stop next, when there is nothing left for them to do. */
    static final int GATEWAY_PHASE = SmartLifecycle.DEFAULT_PHASE - 512;

    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<Listener> listeners;
    private final Lifecycle channels;

    /** @param channels lets Spring Integration's channels take messages, which they refuse before */
    Listeners(List<Listener> listeners, Lifecycle channels) {
        this.listeners = List.copyOf(listeners);
        this.channels = channels;
    }

    @Override
    public void afterPropertiesSet() {
        try {
            channels.start();
            listeners.forEach(Listener::openToFew);
        } catch (RuntimeException e) {
            // Spring destroys no bean that it could not make
            destroy();
            throw e;
        }
    }

    @Override
    public void start() {
        channels.start();
        listeners.forEach(Listener::open);
    }

    /** All has started. */
    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        connections().forEach(NettyServerConnectionFactory::acceptAll);
    }

    @Override
    public boolean isRunning() {
        return connections().stream().anyMatch(NettyServerConnectionFactory::isRunning);
    }

    /** Returns when all connections are closed, which is the drain timeout later at the latest, or hardly more. */
    @Override
    public void stop() {
        long began = System.nanoTime();
        connections().forEach(NettyServerConnectionFactory::drain);
        try (ExecutorService stopping = Executors.newVirtualThreadPerTaskExecutor()) {
            connections().forEach(it -> stopping.execute(it::stop));
        }
        DrainReport report = connections().stream()
                .map(NettyServerConnectionFactory::drained)
                .reduce(DrainReport.NONE, DrainReport::plus);
        LOG.info(
                "Drained {} connections and reset {} in {} ms",
                report.drained(),
                report.forced(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    }

    @Override
    public void destroy() {
        if (isRunning()) {
            stop();
        }
    }

    private List<NettyServerConnectionFactory> connections() {
        return listeners.stream().map(Listener::connections).toList();
    }
}
