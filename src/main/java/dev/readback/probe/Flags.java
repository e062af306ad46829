package dev.readback.probe;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * The probe's command line. Built by hand and not from annotations, which picocli would read by reflection: that is a
 * good part of the time that a probe takes.
 */
final class Flags {

    static final String TARGET = "HOST:PORT";

    private Flags() {}

    static CommandLine commandLine() {
        CommandSpec spec = CommandSpec.create().name("readback probe");
        spec.usageMessage()
                .description("Checks a Readback, or any echo server, from outside.")
                .footer(
                        "",
                        "Without a check, --echo and --half-close are done. Texts may hold the escapes",
                        "\\n \\r \\t \\0 \\\\ \\x7f; durations are such as 500ms, 5s or 2m, and a number alone",
                        "counts seconds.",
                        "Exit status: 0 all checks passed, 1 one failed, 2 wrong usage.")
                .showDefaultValues(true)
                .sortOptions(false);
        addChecks(spec);
        addExchange(spec);
        addCourse(spec);
        addTls(spec);
        addOutput(spec);
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel(TARGET)
                .arity("1")
                .required(true)
                .type(Target.class)
                .converters((String it) -> convert(it, Target::parse))
                .description("Where to connect; an IPv6 address in brackets.")
                .build());
        return new CommandLine(spec)
                .setExpandAtFiles(false) // a payload may begin with @
                .setColorScheme(Help.defaultColorScheme(Ansi.OFF));
    }

    private static void addChecks(CommandSpec spec) {
        spec.addOption(flag("--echo", "Check that a frame is answered, --count times on one connection."));
        spec.addOption(flag(
                "--half-close",
                "Check that a frame is answered and the connection ended cleanly after the probe has shut its sending"
                        + " side, --count times."));
        spec.addOption(option(
                "--idle",
                "DURATION",
                Duration.class,
                Durations::parse,
                null,
                ""
                        + "Check that the server ends a silent connection after that time: not later than --tolerance allows,"
                        + " and at most a tenth sooner."));
        spec.addOption(option(
                "--tolerance",
                "DURATION",
                Duration.class,
                Durations::parse,
                "1s",
                "" + "How much later than --idle the end may come."));
    }

    private static void addExchange(CommandSpec spec) {
        spec.addOption(option(
                "--frames",
                "FRAMING",
                String.class,
                it -> it,
                "raw",
                ""
                        + "How the listener cuts its input into frames: raw, line, length (with the header !I), or length:HEADER"
                        + " with one of B, H, I, Q as in Python's struct and any byte order."));
        spec.addOption(
                option(
                        "--struct",
                        "FORMAT",
                        String.class,
                        it -> it,
                        null,
                        ""
                                + "Frames are records of that format as in Python's struct, for example !HI. In place of --frames."));
        spec.addOption(option(
                "--payload",
                "TEXT",
                Payload.class,
                Payload::parse,
                null,
                ""
                        + "What to send. A length header and a missing line end are added. Without it: readback, or a record of"
                        + " --struct."));
        spec.addOption(option(
                "--size",
                "BYTES",
                Integer.class,
                Flags::size,
                null,
                ""
                        + "Send that many bytes, line end included and length header not, such as 4096 or 64KB; at most 16MB. In"
                        + " place of --payload."));
        spec.addOption(option(
                "--ack",
                "TEXT",
                Acknowledgement.class,
                Acknowledgement::parse,
                "\\ni get it!\\n",
                ""
                        + "The acknowledgement to expect, as the listener's setting has it, with its placeholders; empty for"
                        + " none, as with RFC 862."));
        spec.addOption(flag("--ack-only", "Expect the acknowledgement without the echo."));
    }

    private static void addCourse(CommandSpec spec) {
        spec.addOption(
                option("--count", "N", Integer.class, Flags::count, "1", "How often to do --echo and --half-close."));
        spec.addOption(option(
                "--interval",
                "DURATION",
                Duration.class,
                Durations::parse,
                "100ms",
                "" + "From the end of an attempt to the next; 0s for none."));
        spec.addOption(
                option(
                        "--timeout",
                        "DURATION",
                        Duration.class,
                        Flags::timeout,
                        "5s",
                        ""
                                + "For a connection, with its TLS handshake, and for a whole reply, with the end where that is checked."));
    }

    private static void addTls(CommandSpec spec) {
        spec.addOption(flag("--tls", "Speak TLS."));
        spec.addOption(option(
                "--ca",
                "FILE",
                Path.class,
                Path::of,
                null,
                "" + "Trust the certificates in this PEM file in place of the JDK's."));
        spec.addOption(option(
                "--server-name",
                "NAME",
                String.class,
                it -> it,
                null,
                "" + "The name to ask for and to find in the certificate, in place of HOST."));
        spec.addOption(flag("--insecure", "Trust every certificate."));
    }

    private static void addOutput(CommandSpec spec) {
        spec.addOption(flag("--json", "Write the result as one JSON object."));
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Print this help.")
                .build());
        spec.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Print the version.")
                .build());
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .description(description)
                .showDefaultValue(Help.Visibility.NEVER)
                .build();
    }

    private static <T> OptionSpec option(
            String name,
            String label,
            Class<T> type,
            Function<String, T> parser,
            @Nullable String defaultValue,
            String description) {
        OptionSpec.Builder builder = OptionSpec.builder(name)
                .paramLabel(label)
                .arity("1")
                .type(type)
                .converters((String it) -> convert(it, parser))
                .description(description);
        return (defaultValue == null ? builder : builder.defaultValue(defaultValue)).build();
    }

    private static <T> T convert(String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static Duration timeout(String text) {
        Duration timeout = Durations.parse(text);
        if (timeout.isZero()) {
            throw new IllegalArgumentException("'" + text + "' is no time to wait");
        }
        return timeout;
    }

    private static Integer count(String text) {
        return number(text, text, 1, 1_000_000);
    }

    private static Integer size(String text) {
        boolean kilo = text.endsWith("KB");
        boolean mega = text.endsWith("MB");
        int unit = kilo ? 1 << 10 : mega ? 1 << 20 : 1;
        String digits = kilo || mega
                ? text.substring(0, text.length() - 2)
                : text.endsWith("B") ? text.substring(0, text.length() - 1) : text;
        return number(text, digits, unit, (16 << 20) / unit);
    }

    private static Integer number(String text, String digits, int unit, int most) {
        int number;
        try {
            number = Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            number = 0;
        }
        if (number < 1 || number > most) {
            throw new IllegalArgumentException("'" + text + "' is no number from 1 to " + (long) most * unit);
        }
        return number * unit;
    }
}
