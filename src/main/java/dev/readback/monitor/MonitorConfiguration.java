package dev.readback.monitor;

import dev.readback.net.ListenerObserver;
import dev.readback.net.NettyServerConnectionFactory;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What operators see of the listeners. */
@Configuration(proxyBeanMethods = false)
class MonitorConfiguration {

    @Bean
    ListenerObserver.Factory listenerObservers(MeterRegistry registry) {
        return listener -> new ListenerMetrics(registry, listener);
    }

    @Bean
    ListenersHealthIndicator listenersHealthIndicator(ObjectProvider<NettyServerConnectionFactory> listeners) {
        return new ListenersHealthIndicator(listeners.orderedStream().toList());
    }
}
