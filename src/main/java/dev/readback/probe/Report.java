package dev.readback.probe;

import java.io.PrintStream;
import java.util.List;

/** Says what came of the checks: the result on one stream, what went wrong in sentences on the other. */
final class Report {

    private static final int NAME_WIDTH = 12;
    private static final int VERDICT_WIDTH = 8;

    private final PrintStream out;
    private final PrintStream err;

    Report(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** A line for people, as soon as a check has ended. */
    void line(Outcome outcome) {
        String verdict = outcome.isPassed() ? "passed" : "failed";
        StringBuilder line =
                new StringBuilder(pad(outcome.check().name(), NAME_WIDTH)).append(pad(verdict, VERDICT_WIDTH));
        if (outcome.attempts() > 1 || !outcome.isPassed()) {
            line.append(outcome.passes()).append(" of ").append(outcome.attempts());
            line.append(outcome.passes() > 0 ? ", " : "");
        }
        if (outcome.passes() > 0) {
            appendTimes(line, outcome);
        }
        out.println(line);
    }

    private static void appendTimes(StringBuilder line, Outcome outcome) {
        Times times = outcome.times();
        if (outcome.check() instanceof IdleCheck) {
            line.append("closed after ");
        }
        if (outcome.attempts() == 1) {
            line.append(Durations.print(times.minimum()));
        } else {
            line.append("minimum ").append(Durations.print(times.minimum()));
            line.append(", median ").append(Durations.print(times.median()));
            line.append(", p99 ").append(Durations.print(times.p99()));
        }
        line.append("; connected in ")
                .append(Durations.print(outcome.connectTimes().median()));
    }

    /** A sentence on what went wrong in a check, if anything did. */
    void trouble(Plan plan, Outcome outcome) {
        outcome.firstFailure()
                .ifPresent(
                        it -> err.println(plan.target() + " " + outcome.check().name() + ": " + it.getMessage()));
    }

    /** All at once for machines, on one line. */
    void json(Plan plan, List<Outcome> outcomes) {
        boolean passed = true;
        StringBuilder checks = new StringBuilder();
        for (Outcome outcome : outcomes) {
            passed &= outcome.isPassed();
            checks.append(checks.isEmpty() ? "" : ",").append(json(outcome));
        }
        out.println("{\"target\":" + quote(plan.target().toString()) + ",\"passed\":" + passed + ",\"checks\":["
                + checks + "]}");
    }

    private static String json(Outcome outcome) {
        String error = outcome.firstFailure()
                .map(it -> "{\"fault\":" + quote(it.fault().word()) + ",\"message\":"
                        + quote(String.valueOf(it.getMessage())) + "}")
                .orElse("null");
        return "{\"name\":" + quote(outcome.check().name())
                + ",\"passed\":" + outcome.isPassed()
                + ",\"attempts\":" + outcome.attempts()
                + ",\"passes\":" + outcome.passes()
                + ",\"connectSeconds\":" + json(outcome.connectTimes())
                + ",\"seconds\":" + json(outcome.times())
                + ",\"error\":" + error + "}";
    }

    private static String json(Times times) {
        if (times.count() == 0) {
            return "null";
        }
        return "{\"minimum\":" + Durations.seconds(times.minimum())
                + ",\"median\":" + Durations.seconds(times.median())
                + ",\"p99\":" + Durations.seconds(times.p99()) + "}";
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (next == '"' || next == '\\') {
                quoted.append('\\').append(next);
            } else if (next < ' ') {
                quoted.append("\\u00")
                        .append(Character.forDigit(next >> 4, 16))
                        .append(Character.forDigit(next & 15, 16));
            } else {
                quoted.append(next);
            }
        }
        return quoted.append('"').toString();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }
}
