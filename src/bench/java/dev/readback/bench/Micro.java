package dev.readback.bench;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the JMH benchmarks: what one frame costs where no socket is, in time and in garbage. */
final class Micro {

    private static final int ITERATIONS = 3;

    private Micro() {}

    /** The results as Markdown. */
    static String run() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("dev\\.readback\\..*Benchmark")
                        .addProfiler(GCProfiler.class)
                        .forks(1)
                        .jvmArgsAppend("--enable-native-access=ALL-UNNAMED")
                        .warmupIterations(ITERATIONS)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(ITERATIONS)
                        .measurementTime(TimeValue.seconds(1))
                        .build())
                .run();
        return "\n### One frame, without a socket\n\n| | ns | ± | B allocated |\n|---|--:|--:|--:|\n"
                + results.stream().map(Micro::row).collect(Collectors.joining());
    }

    @SuppressWarnings("rawtypes") // as JMH declares its results
    private static String row(RunResult result) {
        BenchmarkParams params = result.getParams();
        String name = params.getBenchmark().replaceFirst(".*\\.(\\w+)Benchmark\\.", "$1 ");
        String of = params.getParamsKeys().stream()
                .map(it -> " " + params.getParam(it))
                .collect(Collectors.joining());
        Result<?> time = result.getPrimaryResult();
        double garbage = result.getSecondaryResults().entrySet().stream()
                .filter(it -> it.getKey().endsWith("gc.alloc.rate.norm"))
                .mapToDouble(it -> it.getValue().getScore())
                .sum();
        return String.format(
                Locale.ROOT,
                "| %s%s | %,.1f | %,.1f | %,.1f |\n",
                name,
                of,
                time.getScore(),
                time.getScoreError(),
                garbage);
    }
}
