package dev.readback.monitor;

import dev.readback.net.EventLoops;
import dev.readback.net.NettyServerConnectionFactory;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What operators see of the listeners and their event loops. */
@Configuration(proxyBeanMethods = false)
class MonitorConfiguration {

    @Bean
    ListenerCounts listenerCounts(MeterRegistry registry) {
        return new ListenerCounts(registry);
    }

    @Bean
    ListenerStates listenerStates(ObjectProvider<NettyServerConnectionFactory> listeners) {
        return new ListenerStates(listeners.stream().toList());
    }

    @Bean
    ListenersHealthIndicator listenersHealthIndicator(ObjectProvider<NettyServerConnectionFactory> listeners) {
        return new ListenersHealthIndicator(listeners.stream().toList());
    }

    @Bean
    EventLoopsHealthIndicator eventLoopsHealthIndicator(EventLoops loops) {
        return new EventLoopsHealthIndicator(loops);
    }

    @Bean
    ListenersController listenersController(
            ObjectProvider<NettyServerConnectionFactory> listeners, ListenerCounts counts) {
        return new ListenersController(listeners.stream().toList(), counts);
    }

    @Bean
    ConnectionsController connectionsController(ObjectProvider<NettyServerConnectionFactory> listeners) {
        return new ConnectionsController(listeners.stream().toList());
    }

    @Bean
    OwnControllers ownControllers() {
        return new OwnControllers();
    }

    @Bean
    ProblemHandler problemHandler() {
        return new ProblemHandler();
    }
}
