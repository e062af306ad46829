package dev.readback.probe;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What one run of the probe left.
 *
 * @param status its exit status
 * @param out standard output, with times as {@code #} and the unit, and the target's port as {@code PORT}
 * @param err standard error, likewise
 */
record ProbeRun(int status, String out, String err) {

    /** Runs the probe in this JVM against a port of this machine. */
    static ProbeRun against(int port, String... arguments) {
        String[] all = new String[arguments.length + 1];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "127.0.0.1:" + port;
        ProbeRun run = of(all);
        return new ProbeRun(run.status(), mask(run.out(), port), mask(run.err(), port));
    }

    /** Runs the probe in this JVM. */
    static ProbeRun of(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status;
        try (PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            status = Probe.run(arguments, outStream, errStream);
        }
        return new ProbeRun(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static String mask(String text, int port) {
        return text.replaceAll("\\d+\\.\\d{3} (ms|s)\\b", "# $1")
                .replaceAll("\\d+\\.\\d{6}", "#")
                .replace("127.0.0.1:" + port, "127.0.0.1:PORT");
    }
}
