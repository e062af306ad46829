package dev.readback.listener;

import dev.readback.net.EventLoops;
import dev.readback.net.ListenerObserver;
import dev.readback.net.ListenerTls;
import dev.readback.net.NettyServerConnectionFactory;
import dev.readback.settings.ListenerSettings;
import dev.readback.settings.ReadbackSettings;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.beans.factory.BeanRegistry.SupplierContext;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.endpoint.EventDrivenConsumer;

/**
 * Registers the beans of each enabled listener: {@code <name>.connections} → {@code <name>.gateway} →
 * {@code <name>.requests} → {@code <name>.acknowledger}, and {@code <name>.listener} for all of them.
 */
final class ListenerRegistrar implements BeanRegistrar {

    @Override
    public void register(BeanRegistry registry, Environment environment) {
        Binder.get(environment)
                .bindOrCreate("readback", ReadbackSettings.class)
                .listeners()
                .forEach((name, settings) -> {
                    if (settings.enabled()) {
                        register(registry, name, settings);
                    }
                });
    }

    private static void register(BeanRegistry registry, String name, ListenerSettings listener) {
        if (listener.tls().isOn()) {
            registry.registerBean(
                    name + ".tls",
                    ListenerTls.class,
                    it -> it.supplier(context -> ListenerTls.open(
                            name,
                            settings(context, name),
                            context.bean(EventLoops.class),
                            context.bean(SslBundles.class))));
        }
        registry.registerBean(
                name + ".connections",
                NettyServerConnectionFactory.class,
                it -> it.supplier(context -> new NettyServerConnectionFactory(
                        name,
                        settings(context, name),
                        context.bean(EventLoops.class),
                        context.bean(ListenerObserver.Factory.class).observe(name, settings(context, name)),
                        context.bean(ReadbackSettings.class).drainTimeout(),
                        tls(context, name))));
        registry.registerBean(name + ".requests", DirectChannel.class);
        registry.registerBean(
                name + ".acknowledger",
                Acknowledger.class,
                it -> it.supplier(context ->
                        new Acknowledger(name, context.bean(HostName.class).value(), settings(context, name))));
        registry.registerBean(
                name + ".flow",
                EventDrivenConsumer.class,
                it -> it.supplier(context -> new EventDrivenConsumer(
                        context.bean(name + ".requests", DirectChannel.class),
                        context.bean(name + ".acknowledger", Acknowledger.class))));
        registry.registerBean(
                name + ".gateway", EventLoopGateway.class, it -> it.supplier(context -> gateway(context, name)));
        registry.registerBean(
                name + ".listener",
                Listener.class,
                it -> it.supplier(context -> new Listener(
                        context.bean(name + ".connections", NettyServerConnectionFactory.class),
                        context.bean(name + ".gateway", EventLoopGateway.class),
                        context.bean(name + ".flow", EventDrivenConsumer.class))));
    }

    private static EventLoopGateway gateway(SupplierContext context, String name) {
        EventLoopGateway gateway = new EventLoopGateway();
        gateway.setConnectionFactory(context.bean(name + ".connections", NettyServerConnectionFactory.class));
        gateway.setRequestChannel(context.bean(name + ".requests", DirectChannel.class));
        gateway.setPhase(Listeners.GATEWAY_PHASE);
        return gateway;
    }

    private static @Nullable ListenerTls tls(SupplierContext context, String name) {
        return settings(context, name).tls().isOn() ? context.bean(name + ".tls", ListenerTls.class) : null;
    }

    private static ListenerSettings settings(SupplierContext context, String name) {
        return Objects.requireNonNull(
                context.bean(ReadbackSettings.class).listeners().get(name));
    }
}
