package dev.readback.prometheus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The dashboard that the project ships. */
final class Dashboard {

    private static final Path FILE = Path.of("helm/readback/files/dashboard.json");

    private Dashboard() {}

    static JsonNode root() throws IOException {
        return Rules.json(Files.readString(FILE));
    }

    /** Its panels, without the rows between them. */
    static List<JsonNode> panels() throws IOException {
        return Rules.elements(root().path("panels")).stream()
                .filter(it -> !it.path("type").asString().equals("row"))
                .toList();
    }

    /** A target's expression with what Grafana puts in place of its variables, for all that there is to choose. */
    static String expression(JsonNode target) {
        return target.path("expr")
                .asString()
                .replace("$job", "readback")
                .replace("$namespace", ".*")
                .replace("$listener", ".*")
                .replace("$__rate_interval", "1m");
    }
}
