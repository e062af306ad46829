package dev.readback.probe;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/**
 * A command line that picocli has parsed.
 *
 * @param line what it made of it
 */
record Arguments(ParseResult line) {

    /**
     * The plan that they ask for.
     *
     * @throws IllegalArgumentException with one sentence, if they do not go together
     */
    Plan plan() {
        Target target = Objects.requireNonNull(line.<Target>matchedPositionalValue(0, null));
        Frames frames = frames();
        exclude("--payload", "--size");
        Payload payload = value("--payload", Payload.class);
        Exchange exchange = frames.exchange(
                payload == null ? null : payload.bytes(),
                value("--size", Integer.class),
                required("--ack", Acknowledgement.class),
                !has("--ack-only"));
        return new Plan(
                target,
                checks(),
                exchange,
                tls(target),
                required("--timeout", Duration.class),
                required("--count", Integer.class),
                required("--interval", Duration.class),
                has("--json"));
    }

    private List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        Duration idle = value("--idle", Duration.class);
        boolean none = !has("--echo") && !has("--half-close") && idle == null;
        if (none || has("--echo")) {
            checks.add(new EchoCheck());
        }
        if (none || has("--half-close")) {
            checks.add(new HalfCloseCheck());
        }
        if (idle != null) {
            checks.add(new IdleCheck(idle, required("--tolerance", Duration.class)));
        } else {
            needs("--tolerance", "--idle");
        }
        return checks;
    }

    private Frames frames() {
        exclude("--frames", "--struct");
        String format = value("--struct", String.class);
        return format == null ? Frames.parse(required("--frames", String.class)) : Frames.struct(format);
    }

    private @Nullable Tls tls(Target target) {
        if (!has("--tls")) {
            needs("--ca", "--tls");
            needs("--server-name", "--tls");
            needs("--insecure", "--tls");
            return null;
        }
        exclude("--ca", "--insecure");
        Path authorities = value("--ca", Path.class);
        String name = value("--server-name", String.class);
        String serverName = name == null ? target.host() : name;
        try {
            return has("--insecure") ? Tls.trustingAll(serverName) : Tls.trusting(authorities, serverName);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    authorities == null
                            ? "TLS cannot be set up: " + e.getMessage()
                            : "--ca " + authorities + " cannot be used: " + reason(e),
                    e);
        }
    }

    private static String reason(IOException failure) {
        return failure instanceof NoSuchFileException ? "there is no such file" : String.valueOf(failure.getMessage());
    }

    private void exclude(String one, String other) {
        if (has(one) && has(other)) {
            throw new IllegalArgumentException(one + " and " + other + " exclude each other");
        }
    }

    private void needs(String flag, String other) {
        if (has(flag) && !has(other)) {
            throw new IllegalArgumentException(flag + " has no meaning without " + other);
        }
    }

    private boolean has(String flag) {
        return line.hasMatchedOption(flag);
    }

    /** What follows a flag, or its default; null where it has none. */
    private <T> @Nullable T value(String flag, Class<T> type) {
        Object value = line.commandSpec().findOption(flag).getValue();
        return value == null ? null : type.cast(value);
    }

    private <T> T required(String flag, Class<T> type) {
        return Objects.requireNonNull(value(flag, type));
    }
}
