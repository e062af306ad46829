package dev.readback.monitor;

import dev.readback.monitor.ListenerView.CountsView;
import dev.readback.net.ListenerObserver;
import dev.readback.settings.ListenerSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Gives each listener its metrics, and shows them to endpoints. */
final class ListenerCounts implements ListenerObserver.Factory {

    private final Map<String, ListenerMetrics> metrics = new ConcurrentHashMap<>();
    private final MeterRegistry registry;

    ListenerCounts(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public ListenerObserver observe(String listener, ListenerSettings settings) {
        return metrics.computeIfAbsent(listener, it -> new ListenerMetrics(registry, it, settings));
    }

    CountsView of(String listener) {
        ListenerMetrics counted = metrics.get(listener);
        if (counted == null) {
            throw Problem.unknown("listener", listener);
        }
        return counted.counts();
    }
}
