package dev.readback.monitor;

import dev.readback.monitor.ListenerView.CountsView;
import dev.readback.net.CloseReason;
import dev.readback.net.ConnectionSummary;
import dev.readback.net.ListenerObserver;
import dev.readback.net.RefusalReason;
import dev.readback.net.Side;
import dev.readback.net.TimeoutKind;
import dev.readback.settings.ListenerSettings;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Counts what happens on one listener's connections, for Prometheus; every series is there from the start, at 0. */
final class ListenerMetrics implements ListenerObserver {

    private static final Duration[] ACKNOWLEDGEMENT_BUCKETS = Stream.of(
                    10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000)
            .map(micros -> Duration.ofNanos(micros * 1000L))
            .toArray(Duration[]::new);
    private static final Duration[] CONNECTION_BUCKETS = Stream.of(
                    10, 100, 1_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000, 86_400_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private static final Duration[] HANDSHAKE_BUCKETS = Stream.of(
                    1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final String name;
    private final Tags listener;
    private final LongAdder active;
    private final Map<Side, LongAdder> halfOpen;
    private final LongAdder accepted;
    private final Map<RefusalReason, LongAdder> refused;
    private final Map<CloseReason, LongAdder> closed;
    private final Map<TimeoutKind, LongAdder> timeouts;
    private final LoopCounts loops = new LoopCounts();
    private final LongAdder readsPaused;
    private final LongAdder draining;
    private final Timer acknowledgementTime;
    private final Timer connectionTime;
    private final Timer handshakeTime;

    ListenerMetrics(MeterRegistry registry, String listener, ListenerSettings settings) {
        this.registry = registry;
        this.name = listener;
        this.listener = Tags.of(Metric.LISTENER, listener);
        active = gauge(Metric.CONNECTIONS_ACTIVE, Tags.empty());
        gauge(Metric.CONNECTIONS_LIMIT, Tags.empty()).add(settings.limits().connections());
        halfOpen = each(
                Side.class, it -> gauge(Metric.CONNECTIONS_HALF_OPEN, label(Metric.CONNECTIONS_HALF_OPEN, it.word())));
        accepted = counter(Metric.CONNECTIONS_ACCEPTED, Tags.empty());
        refused = each(
                RefusalReason.class,
                it -> counter(Metric.CONNECTIONS_REFUSED, label(Metric.CONNECTIONS_REFUSED, it.word())));
        closed = each(
                CloseReason.class,
                it -> counter(Metric.CONNECTIONS_CLOSED, label(Metric.CONNECTIONS_CLOSED, it.word())));
        timeouts = each(TimeoutKind.class, it -> counter(Metric.TIMEOUTS, label(Metric.TIMEOUTS, it.word())));
        counter(Metric.RECEIVED_BYTES, LoopCounts.Count.RECEIVED_BYTES);
        counter(Metric.SENT_BYTES, LoopCounts.Count.SENT_BYTES);
        counter(Metric.FRAMES, LoopCounts.Count.FRAMES);
        counter(Metric.ACKNOWLEDGEMENTS, LoopCounts.Count.ACKNOWLEDGEMENTS);
        readsPaused = counter(Metric.READS_PAUSED, Tags.empty());
        draining = gauge(Metric.DRAINING, Tags.empty());
        acknowledgementTime = timer(Metric.ACKNOWLEDGEMENT_SECONDS, ACKNOWLEDGEMENT_BUCKETS);
        connectionTime = timer(Metric.CONNECTION_DURATION, CONNECTION_BUCKETS);
        handshakeTime = timer(Metric.TLS_HANDSHAKE, HANDSHAKE_BUCKETS);
    }

    @Override
    public void draining(boolean begun) {
        draining.add(begun ? 1 : -1);
    }

    @Override
    public void encrypts(Supplier<Instant> certificateExpiry) {
        Gauge.builder(
                        Metric.TLS_CERTIFICATE_EXPIRY.meterName(),
                        () -> certificateExpiry.get().getEpochSecond())
                .description(Metric.TLS_CERTIFICATE_EXPIRY.help())
                .baseUnit("seconds")
                .tags(listener)
                .register(registry);
    }

    @Override
    public void handshaken(long nanos) {
        handshakeTime.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void refused(RefusalReason reason) {
        at(refused, reason).increment();
    }

    @Override
    public void accepted() {
        accepted.increment();
        active.increment();
    }

    @Override
    public void received(int bytes) {
        loops.add(LoopCounts.Count.RECEIVED_BYTES, bytes);
    }

    @Override
    public void sent(long bytes) {
        loops.add(LoopCounts.Count.SENT_BYTES, bytes);
    }

    @Override
    public void answered(int answered, int acknowledged, long nanos) {
        loops.add(LoopCounts.Count.FRAMES, answered);
        loops.add(LoopCounts.Count.ACKNOWLEDGEMENTS, acknowledged);
        for (int i = 0; i < acknowledged; i++) {
            acknowledgementTime.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void readPaused() {
        readsPaused.increment();
    }

    @Override
    public void timedOut(TimeoutKind kind) {
        at(timeouts, kind).increment();
    }

    @Override
    public void halfOpened(Side side) {
        at(halfOpen, side).increment();
    }

    @Override
    public void halfOpenEnded(Side side) {
        at(halfOpen, side).decrement();
    }

    @Override
    public void closed(ConnectionSummary summary) {
        active.decrement();
        at(closed, summary.reason()).increment();
        connectionTime.record(summary.nanos(), TimeUnit.NANOSECONDS);
        AccessLog.write(name, summary);
    }

    /** All counts as they are now. Any thread. */
    CountsView counts() {
        return new CountsView(
                active.sum(),
                sums(halfOpen, Side::word),
                accepted.sum(),
                sums(refused, RefusalReason::word),
                sums(closed, CloseReason::word),
                sums(timeouts, TimeoutKind::word),
                loops.sum(LoopCounts.Count.RECEIVED_BYTES),
                loops.sum(LoopCounts.Count.SENT_BYTES),
                loops.sum(LoopCounts.Count.FRAMES),
                loops.sum(LoopCounts.Count.ACKNOWLEDGEMENTS),
                readsPaused.sum());
    }

    private static <E extends Enum<E>> Map<String, Long> sums(Map<E, LongAdder> counters, Function<E, String> word) {
        Map<String, Long> sums = new LinkedHashMap<>();
        counters.forEach((key, counter) -> sums.put(word.apply(key), counter.sum()));
        return sums;
    }

    private LongAdder gauge(Metric metric, Tags label) {
        LongAdder value = new LongAdder();
        Gauge.builder(metric.meterName(), value, LongAdder::sum)
                .description(metric.help())
                .tags(listener.and(label))
                .strongReference(true)
                .register(registry);
        return value;
    }

    private LongAdder counter(Metric metric, Tags label) {
        LongAdder value = new LongAdder();
        counter(metric, label, value, LongAdder::sum);
        return value;
    }

    private void counter(Metric metric, LoopCounts.Count count) {
        counter(metric, Tags.empty(), loops, it -> it.sum(count));
    }

    private <T> void counter(Metric metric, Tags label, T value, ToDoubleFunction<T> sum) {
        FunctionCounter.builder(metric.meterName(), value, sum)
                .description(metric.help())
                .tags(listener.and(label))
                .register(registry);
    }

    private Timer timer(Metric metric, Duration[] buckets) {
        return Timer.builder(metric.meterName())
                .description(metric.help())
                .tags(listener)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    private static Tags label(Metric metric, String value) {
        return Tags.of(metric.label(), value);
    }

    private static <E extends Enum<E>> Map<E, LongAdder> each(Class<E> type, Function<E, LongAdder> meter) {
        Map<E, LongAdder> meters = new EnumMap<>(type);
        Arrays.stream(type.getEnumConstants()).forEach(it -> meters.put(it, meter.apply(it)));
        return meters;
    }

    private static <E extends Enum<E>> LongAdder at(Map<E, LongAdder> meters, E key) {
        LongAdder meter = meters.get(key);
        if (meter == null) {
            throw new IllegalStateException(
                    "there is a meter for each " + key.getDeclaringClass().getSimpleName());
        }
        return meter;
    }
}
