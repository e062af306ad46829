package dev.readback.prometheus;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The rules that the project ships, and their tests. */
final class Rules {

    static final Path FILE = Path.of("helm/readback/files/rules.yaml");
    static final Path TESTS = Path.of("src/test/prometheus/rules.yaml");

    private static final JsonMapper JSON = JsonMapper.shared();

    private Rules() {}

    static List<JsonNode> alerts() throws IOException {
        return all().stream().filter(it -> it.has("alert")).toList();
    }

    static List<JsonNode> recordings() throws IOException {
        return all().stream().filter(it -> it.has("record")).toList();
    }

    private static List<JsonNode> all() throws IOException {
        return elements(yaml(FILE).path("groups")).stream()
                .flatMap(it -> elements(it.path("rules")).stream())
                .toList();
    }

    static List<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    static JsonNode yaml(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            return JSON.valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).<Object>load(reader));
        }
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }
}
