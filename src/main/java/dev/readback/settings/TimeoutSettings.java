package dev.readback.settings;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.convert.DurationUnit;

/**
 * How long a peer may leave a connection hanging, in each of the ways in which it can. A number without a unit counts
 * seconds, as Python's {@code settimeout} does; {@code 0s} turns a timeout off.
 *
 * @param idle Since the last byte received. Stands still while reading is paused because the peer does not read.
 * @param write Since the peer last took a byte, while replies wait.
 * @param firstByte From accept, or from the end of the handshake where there is one, to the first byte of data.
 * @param frame From the first byte of a frame to its last. Stands still as idle does. Not for framing.type raw, whose
 *     frames have no end of their own.
 * @param lifetime From accept. What was received is answered, then the connection is closed; a frame that has begun may
 *     still be completed, within frame, or within linger where frame is off.
 * @param handshake For the PROXY header and for the TLS handshake, each.
 * @param halfOpen Since the client shut its sending side, with half-close keep-open.
 * @param linger For the client to close too once Readback has shut its sending side, before the socket is closed.
 */
public record TimeoutSettings(
        @DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS)
        Duration idle,

        @DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS)
        Duration write,

        @DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS)
        Duration firstByte,

        @DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS)
        Duration frame,

        @DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS)
        Duration lifetime,

        @DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS)
        Duration handshake,

        @DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS)
        Duration halfOpen,

        @DefaultValue("2s") @DurationUnit(ChronoUnit.SECONDS)
        Duration linger) {

    private static final String GROUP = "timeouts.";
    private static final Duration LONGEST = Duration.ofDays(365);

    public TimeoutSettings {
        check("idle", idle);
        check("write", write);
        check("first-byte", firstByte);
        check("frame", frame);
        check("lifetime", lifetime);
        check("handshake", handshake);
        check("half-open", halfOpen);
        check("linger", linger);
    }

    /**
     * These timeouts with some of them changed.
     *
     * @param changes durations as {@code application.yml} writes them, by their names below {@code timeouts}
     * @throws IllegalArgumentException with one sentence, when a name or a value is not allowed
     */
    public TimeoutSettings with(Map<String, String> changes) {
        Map<String, String> all = new HashMap<>();
        for (RecordComponent component : TimeoutSettings.class.getRecordComponents()) {
            all.put(DataObjectPropertyName.toDashedForm(component.getName()), value(component));
        }
        changes.forEach((name, value) -> {
            if (!all.containsKey(name)) {
                throw new IllegalArgumentException("timeouts.%s is no timeout: allowed is %s"
                        .formatted(name, String.join(", ", new TreeSet<>(all.keySet()))));
            }
            all.put(name, String.valueOf(value));
        });
        return bound(all);
    }

    private String value(RecordComponent component) {
        try {
            return String.valueOf(component.getAccessor().invoke(this));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record's components can be read", e);
        }
    }

    private static TimeoutSettings bound(Map<String, String> values) {
        try {
            Map<String, String> properties = new HashMap<>();
            values.forEach((name, value) -> properties.put(GROUP + name, value));
            return new Binder(new MapConfigurationPropertySource(properties))
                    .bindOrCreate("timeouts", TimeoutSettings.class);
        } catch (BindException e) {
            throw new IllegalArgumentException(
                    SettingProblem.sentence(e, it -> values.get(it.substring(GROUP.length()))), e);
        }
    }

    static void check(String property, Duration value) {
        if (value.isNegative() || value.compareTo(LONGEST) > 0) {
            throw new InvalidSettingException(property, print(value), "a duration from 0s to 365d");
        }
    }

    /** A duration as {@code application.yml} writes it. */
    public static String print(Duration value) {
        ChronoUnit unit = ChronoUnit.SECONDS;
        if (value.toNanosPart() != 0) {
            unit = value.toNanosPart() % 1_000_000 == 0 ? ChronoUnit.MILLIS : ChronoUnit.NANOS;
        }
        return DurationStyle.SIMPLE.print(value, unit);
    }
}
