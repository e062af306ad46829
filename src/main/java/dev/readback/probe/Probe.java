package dev.readback.probe;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Checks a Readback, or any echo server, from outside. */
public final class Probe {

    /** All checks passed, or help was asked for. */
    public static final int PASSED = 0;

    /** A check failed. */
    public static final int FAILED = 1;

    /** The command line is wrong. */
    public static final int WRONG_USAGE = 2;

    private Probe() {}

    /**
     * Runs the probe.
     *
     * @param arguments the command line after the word {@code probe}
     * @param out for the result
     * @param err for the trouble
     * @return the exit status: {@link #PASSED}, {@link #FAILED} or {@link #WRONG_USAGE}
     */
    public static int run(String[] arguments, PrintStream out, PrintStream err) {
        CommandLine command = Flags.commandLine();
        try {
            ParseResult line = command.parseArgs(arguments);
            if (line.isUsageHelpRequested()) {
                command.usage(out);
                return PASSED;
            }
            if (line.isVersionHelpRequested()) {
                out.println("readback " + version());
                return PASSED;
            }
            return run(new Arguments(line).plan(), new Report(out, err));
        } catch (ParameterException | IllegalArgumentException e) {
            refuse(e, err);
            return WRONG_USAGE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static int run(Plan plan, Report report) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        int status = PASSED;
        ReplyReader.prepare(plan.exchange());
        for (Check check : plan.checks()) {
            Outcome outcome = check.run(plan);
            outcomes.add(outcome);
            if (!plan.json()) {
                report.line(outcome);
            }
            report.trouble(plan, outcome);
            status = outcome.isPassed() ? status : FAILED;
        }
        if (plan.json()) {
            report.json(plan, outcomes);
        }
        return status;
    }

    // One sentence, and a guess where picocli has one
    private static void refuse(Exception wrong, PrintStream err) {
        err.println(wrong.getMessage());
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            List<String> guesses = unmatched.getSuggestions();
            if (!guesses.isEmpty()) {
                err.println("Did you mean " + String.join(" or ", guesses) + "?");
            }
        }
        err.println("Try 'probe --help'.");
    }

    private static String version() {
        String version = Probe.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
