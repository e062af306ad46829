package dev.readback.monitor;

import dev.readback.net.ListenerState;
import dev.readback.net.NettyServerConnectionFactory;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;

/** Exports the state of each listener, as one series for each state of which one is 1; a disabled listener has none. */
final class ListenerStates implements MeterBinder {

    private final List<NettyServerConnectionFactory> listeners;

    ListenerStates(List<NettyServerConnectionFactory> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (NettyServerConnectionFactory listener : listeners) {
            for (ListenerState state : ListenerState.values()) {
                Gauge.builder(Metric.LISTENER_STATE.meterName(), listener, it -> it.state() == state ? 1 : 0)
                        .description(Metric.LISTENER_STATE.help())
                        .tag(Metric.LISTENER, listener.listener())
                        .tag(Metric.LISTENER_STATE.label(), state.word())
                        .strongReference(true)
                        .register(registry);
            }
        }
    }
}
