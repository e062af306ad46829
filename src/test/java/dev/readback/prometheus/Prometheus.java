package dev.readback.prometheus;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A Prometheus of the machine, with a configuration of its own. */
final class Prometheus implements AutoCloseable {

    private final Server server;

    private Prometheus(Server server) {
        this.server = server;
    }

    /** One series, as it is now. */
    record Sample(Map<String, String> labels, double value) {

        boolean isZero() {
            return value == 0 || Double.isNaN(value);
        }
    }

    static Prometheus start(Path folder, String configuration) throws Exception {
        Path file = Files.writeString(folder.resolve("prometheus.yml"), configuration);
        return new Prometheus(Server.start(
                folder, "prometheus", "--config.file=" + file, "--storage.tsdb.path=" + folder.resolve("data")));
    }

    /** What an expression comes to now; fails with Prometheus' words when it is none. */
    List<Sample> query(String expression) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                server.get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        if (answer.statusCode() != 200) {
            throw new AssertionError(expression + ": " + answer.body());
        }
        return Rules.elements(Rules.json(answer.body()).at("/data/result")).stream()
                .map(Prometheus::sample)
                .toList();
    }

    /** The rules that it has evaluated, with {@code health} and {@code lastError}. */
    List<JsonNode> rules() throws IOException, InterruptedException {
        JsonNode groups =
                Rules.json(server.get("/api/v1/rules").body()).path("data").path("groups");
        return Rules.elements(groups).stream()
                .flatMap(it -> Rules.elements(it.path("rules")).stream())
                .toList();
    }

    private static Sample sample(JsonNode series) {
        Map<String, String> labels = series.path("metric").properties().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, it -> it.getValue().asString()));
        return new Sample(
                labels,
                Double.parseDouble(series.path("value").path(1).asString().replace("+Inf", "Infinity")));
    }

    @Override
    public void close() throws InterruptedException {
        server.close();
    }
}
