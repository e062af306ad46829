package dev.readback.listener;

import dev.readback.net.EventLoops;
import dev.readback.settings.ReadbackSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.integration.config.IntegrationManagementConfigurer;
import org.springframework.integration.context.IntegrationContextUtils;
import org.springframework.integration.support.IdGenerators;
import org.springframework.util.IdGenerator;

/** The listeners of {@code application.yml}, and what they share. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ReadbackSettings.class)
@Import(ListenerRegistrar.class)
class ListenerConfiguration {

    @Bean
    EventLoops eventLoops() {
        return EventLoops.open();
    }

    @Bean
    HostName hostName() {
        return HostName.local();
    }

    @Bean
    Listeners listeners(
            ObjectProvider<Listener> listeners,
            @Qualifier(IntegrationContextUtils.APPLICATION_RUNNING_CONTROLLER_BEAN_NAME) Lifecycle channels) {
        return new Listeners(listeners.stream().toList(), channels);
    }

    @Bean
    static ListenersFirst listenersFirst() {
        return new ListenersFirst();
    }

    /** Counts and logs nothing of its own: a timer on each channel, handler and gateway costs more than the reply. */
    @Bean(IntegrationManagementConfigurer.MANAGEMENT_CONFIGURER_NAME)
    static IntegrationManagementConfigurer integrationManagementConfigurer() {
        IntegrationManagementConfigurer configurer = new IntegrationManagementConfigurer();
        configurer.setDefaultLoggingEnabled(false);
        return configurer;
    }

    /** Message ids that count: random ones cost more than the reply. */
    @Bean
    IdGenerator idGenerator() {
        return new IdGenerators.SimpleIncrementingIdGenerator();
    }
}
