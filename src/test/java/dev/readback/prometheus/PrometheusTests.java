package dev.readback.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.readback.TestApplication;
import dev.readback.net.CloseReason;
import dev.readback.net.ListenerState;
import dev.readback.net.Side;
import dev.readback.net.TimeoutKind;
import dev.readback.prometheus.Program.Result;
import dev.readback.prometheus.Prometheus.Sample;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Prometheus and the blackbox exporter, as the README sets them up, see the running service. */
class PrometheusTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LIMIT_SECONDS = 120;

    /** What is 0 while all is well, and cannot be had from a client. It has to be there all the same. */
    private static final Map<String, String> ZERO = Map.of(
            "readback_connections_closed_total{reason=\"error\"}", "a defect",
            "readback_connections_refused_total{reason=\"draining\"}", "between the drain and the close of the port",
            "readback_listener_state{state=\"draining\"}", "for as long as a drain takes",
            "readback_draining", "for as long as a drain takes");

    private static TestApplication application;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        application = TestApplication.start(Traffic.SETTINGS);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    @Timeout(LIMIT_SECONDS)
    void findsWhatRulesAndDashboardUseUnderLoad() throws Exception {
        try (Server blackbox = blackbox();
                Prometheus prometheus = Prometheus.start(folder, configuration(blackbox));
                Traffic traffic = new Traffic(application)) {
            await().atMost(PATIENCE)
                    .until(() ->
                            !prometheus.query("readback_connections_active").isEmpty());
            traffic.run();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> assertThat(missing(prometheus)).isEmpty());
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(states(prometheus, "pending|firing"))
                        .contains("ReadbackListenerDown", "ReadbackListenerPaused", "ReadbackDrainForced")
                        .doesNotContain("ReadbackAbsent", "ReadbackErrors");
                assertThat(prometheus.query("probe_success{job=\"blackbox\"}"))
                        .extracting(Sample::value)
                        .containsExactly(1.0);
            });
            assertThat(prometheus.rules())
                    .hasSize(Rules.alerts().size() + Rules.recordings().size())
                    .extracting(it -> it.path("health").asString())
                    .containsOnly("ok");
        }
    }

    @Test
    void promtoolFindsNothingToSayOfReadbacksMetrics() throws Exception {
        String scrape = application.get("/actuator/prometheus").body();
        Result result = Program.run(folder, scrape, "promtool", "check", "metrics");
        // 3 is for complaints, which there are some of names that Micrometer and Spring chose
        assertThat(result.status()).as(result.output()).isIn(0, 3);
        assertThat(result.output()).doesNotContain("readback", "error while linting");
        String own = scrape.lines()
                .filter(it -> it.matches("(# \\w+ )?readback_.*"))
                .collect(Collectors.joining("\n", "", "\n"));
        assertThat(Program.run(folder, own, "promtool", "check", "metrics")).isEqualTo(new Result(0, ""));
    }

    @Test
    void blackboxExporterSucceedsOnReadbackAndOnNothingElse() throws Exception {
        try (Server blackbox = blackbox();
                ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(probe(blackbox, application.port("echo"))).contains("probe_success 1");
            assertThat(probe(blackbox, application.port("line"))).contains("probe_success 1");
            assertThat(probe(blackbox, silent.getLocalPort())).contains("probe_success 0");
            assertThat(probe(blackbox, application.port("length")))
                    .as("another framing")
                    .contains("probe_success 0");
            silent.close();
            assertThat(probe(blackbox, silent.getLocalPort())).contains("probe_success 0");
        }
    }

    /** The alerts in such a state. */
    private static List<String> states(Prometheus prometheus, String states) throws Exception {
        return prometheus.rules().stream()
                .filter(it -> it.path("state").asString("").matches(states))
                .map(it -> it.path("name").asString())
                .toList();
    }

    private Server blackbox() throws Exception {
        Path file = Files.writeString(folder.resolve("blackbox.yml"), Readme.block("blackbox.yml"));
        return Server.start(folder, "prometheus-blackbox-exporter", "--config.file=" + file);
    }

    private static String probe(Server blackbox, int port) throws Exception {
        return blackbox.get("/probe?module=readback&target=127.0.0.1:" + port).body();
    }

    /** The README's, with the places that this test has, and in a hurry. */
    private static String configuration(Server blackbox) throws IOException {
        String configuration = Readme.block("prometheus.yml");
        Map<String, String> places = Map.of(
                "- rules.yaml", "- " + Rules.FILE.toAbsolutePath(),
                "- targets: [\"localhost:8080\"]",
                        "- targets: [\"localhost:%d\"]\n        labels: {namespace: test}"
                                .formatted(application.uri("/").getPort()),
                "localhost:12345", "127.0.0.1:" + application.port("echo"),
                "localhost:9115", "127.0.0.1:" + blackbox.port());
        for (Map.Entry<String, String> place : places.entrySet()) {
            assertThat(configuration).containsOnlyOnce(place.getKey());
            configuration = configuration.replace(place.getKey(), place.getValue());
        }
        return "global: {scrape_interval: 1s, evaluation_interval: 1s}\n" + configuration;
    }

    /** What of rules and dashboard Prometheus does not find, or finds only at 0. */
    private static List<String> missing(Prometheus prometheus) throws Exception {
        List<String> missing = new ArrayList<>();
        for (JsonNode panel : Dashboard.panels()) {
            for (JsonNode target : Rules.elements(panel.path("targets"))) {
                String expression = Dashboard.expression(target);
                List<Sample> found = prometheus.query(expression);
                check(missing, "panel " + panel.path("title").asString() + ": " + expression, found, false);
                Set<String> labels = new Expression(expression).labels();
                labels.addAll(legend(target.path("legendFormat").asString()));
                labels.remove("le"); // quantiles take it away
                found.stream()
                        .filter(it -> !it.labels().keySet().containsAll(labels))
                        .forEach(it -> missing.add("labels " + labels + ": " + expression + " gives " + it));
                checkSelectors(missing, prometheus, expression);
            }
        }
        for (JsonNode rule : Rules.recordings()) {
            String recorded = rule.path("record").asString();
            check(missing, recorded, prometheus.query(recorded), false);
            checkSelectors(missing, prometheus, rule.path("expr").asString());
        }
        for (JsonNode rule : Rules.alerts()) {
            prometheus.query(rule.path("expr").asString());
            checkSelectors(missing, prometheus, rule.path("expr").asString());
        }
        for (String series : closedSets()) {
            check(missing, series, prometheus.query(series), ZERO.containsKey(series));
        }
        return missing.stream().distinct().toList();
    }

    private static void checkSelectors(List<String> missing, Prometheus prometheus, String expression)
            throws Exception {
        Expression parts = new Expression(expression);
        Set<String> labels = parts.labels();
        for (String selector : parts.selectors()) {
            List<Sample> found = prometheus.query(selector);
            check(missing, selector, found, ZERO.containsKey(selector));
            found.forEach(it -> labels.removeAll(it.labels().keySet()));
        }
        labels.forEach(it -> missing.add("label " + it + ": " + expression));
    }

    private static void check(List<String> missing, String what, List<Sample> found, boolean mayBeZero) {
        if (found.isEmpty()) {
            missing.add("absent: " + what);
        } else if (!mayBeZero && found.stream().allMatch(Sample::isZero)) {
            missing.add("zero: " + what);
        }
    }

    private static Set<String> legend(String format) {
        return Stream.of(format.split("\\{\\{"))
                .filter(it -> it.contains("}}"))
                .map(it -> it.substring(0, it.indexOf('}')))
                .collect(Collectors.toSet());
    }

    /** Each series of a metric whose label has a closed set of values. */
    private static List<String> closedSets() {
        return Stream.of(
                        series("readback_connections_closed_total", "reason", CloseReason::word, CloseReason.values()),
                        series("readback_timeouts_total", "kind", TimeoutKind::word, TimeoutKind.values()),
                        series("readback_connections_half_open", "side", Side::word, Side.values()),
                        series("readback_listener_state", "state", ListenerState::word, ListenerState.values()),
                        series("readback_connections_refused_total", "reason", it -> it, new String[] {
                            "limit", "address-limit", "denied", "draining"
                        }))
                .flatMap(it -> it)
                .toList();
    }

    private static <T> Stream<String> series(String name, String label, Function<T, String> word, T[] values) {
        return Arrays.stream(values).map(it -> "%s{%s=\"%s\"}".formatted(name, label, word.apply(it)));
    }
}
