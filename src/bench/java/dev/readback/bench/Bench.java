package dev.readback.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs Readback beside its peers, all at once, and measures them in turn.
 *
 * <p>All servers run from the first round to the last, and each round measures one after the other: what the machine does
 * meanwhile meets all alike.
 */
final class Bench {

    private static final double WARM_UP_SECONDS = 0.3;
    private static final double FIRST_SECONDS = 1.5;
    private static final double FIRST_CHURN_SECONDS =
            8; // there is more code in a connection's life, and it runs less often

    private final Path directory = Path.of(setting("directory", "target/bench"));
    private final Path jar = Path.of(setting("jar", "target/readback.jar"));
    private final int rounds = Integer.parseInt(setting("rounds", "3"));
    private final double seconds = Double.parseDouble(setting("seconds", "1.5"));
    private final Set<Peer> peers = enums(Peer.class, setting("peers", ""));
    private final List<Scenario> scenarios = Scenario.of(
            enums(Scenario.Kind.class, setting("scenarios", "")),
            list(setting("connections", "1,50,1000,10000"), Integer::valueOf));
    private final Results results = new Results();

    public static void main(String[] arguments) throws IOException, InterruptedException, RunnerException {
        Bench bench = new Bench();
        Files.createDirectories(bench.directory);
        String micro = Boolean.parseBoolean(setting("jmh", "true")) ? Micro.run() : "";
        bench.run();
        String table = bench.heading() + Table.of(bench.results) + micro;
        Files.writeString(bench.directory.resolve("results.md"), table);
        Files.writeString(bench.directory.resolve("round-trips.svg"), Plot.of(bench.results));
        System.out.println(table);
        if (bench.results.wrong() > 0) {
            throw new IllegalStateException(bench.results.wrong() + " of Readback's replies were wrong or lost");
        }
    }

    private void run() throws IOException, InterruptedException {
        List<Server> servers = new ArrayList<>();
        try {
            for (Peer peer : peers) {
                servers.add(Server.start(peer, jar, directory));
            }
            for (Scenario scenario : scenarios) {
                warmUp(scenario, servers);
                for (int round = 0; round < rounds; round++) {
                    for (Server server : servers) {
                        measure(scenario, server);
                    }
                }
            }
        } finally {
            for (Server server : servers) {
                server.close();
            }
        }
    }

    // the compiler is done with what is hot before the first round, the load's own code included
    private static void warmUp(Scenario scenario, List<Server> servers) {
        servers.stream()
                .filter(it -> scenario.kind() != Scenario.Kind.IDLE)
                .filter(it -> scenario.peers().contains(it.peer()))
                .forEach(it -> new Load(scenario, it.port(scenario), it::cpuNanos)
                        .run(0, scenario.kind() == Scenario.Kind.CHURN ? FIRST_CHURN_SECONDS : FIRST_SECONDS));
    }

    private void measure(Scenario scenario, Server server) {
        if (!scenario.peers().contains(server.peer())) {
            return;
        }
        Load load = new Load(scenario, server.port(scenario), server::cpuNanos);
        Figures figures = scenario.kind() == Scenario.Kind.IDLE
                ? hold(load, scenario, server)
                : load.run(WARM_UP_SECONDS, seconds);
        System.out.printf(
                Locale.ROOT,
                "%-36s %-36s %,12.1f %s, CPU %.2f us, p99 %,.0f us%n",
                scenario.title(),
                server.peer().title(),
                figures.rate(),
                scenario.unit(),
                figures.cpu(),
                figures.p99());
        results.add(scenario, server.peer(), figures);
    }

    private static Figures hold(Load load, Scenario scenario, Server server) {
        long before = server.liveHeap();
        double held = load.hold(server::liveHeap) - before;
        return new Figures(held / scenario.connections(), 0, 0, 0, 0);
    }

    private String heading() {
        return "# Readback beside its peers\n\n%d rounds of %.1f s, medians. %d processors, Java %s, %s %s.\n"
                .formatted(
                        rounds,
                        seconds,
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("java.version"),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"));
    }

    private static String setting(String name, String fallback) {
        return System.getProperty("bench." + name, fallback);
    }

    private static <T> List<T> list(String words, Function<String, T> parse) {
        return Arrays.stream(words.split(","))
                .map(String::strip)
                .filter(it -> !it.isEmpty())
                .map(parse)
                .toList();
    }

    // none named means all of them
    private static <E extends Enum<E>> Set<E> enums(Class<E> type, String words) {
        Set<E> named = list(
                        words,
                        it -> Enum.valueOf(type, it.toUpperCase(Locale.ROOT).replace('-', '_')))
                .stream()
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(type)));
        return named.isEmpty() ? EnumSet.allOf(type) : named;
    }
}
