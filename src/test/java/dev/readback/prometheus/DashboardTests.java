package dev.readback.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The dashboard is of no one installation, and each panel says what it shows. */
class DashboardTests {

    private static final int WIDTH = 24;

    @Test
    void belongsToNoInstallation() throws IOException {
        JsonNode root = Dashboard.root();
        assertThat(root.path("id").isNull()).isTrue();
        assertThat(root.has("uid")).isFalse();
        assertThat(root.findValues("datasource").stream()
                        .map(it -> it.path("uid").asString()))
                .isNotEmpty()
                .containsOnly("${datasource}", "-- Grafana --");
    }

    @Test
    void isChosenByDatasourceJobNamespaceAndListener() throws IOException {
        assertThat(Rules.elements(Dashboard.root().path("templating").path("list")))
                .extracting(it -> it.path("name").asString())
                .containsExactly("datasource", "job", "namespace", "listener");
        assertThat(targets())
                .extracting(it -> it.path("expr").asString())
                .allSatisfy(it -> assertThat(new Expression(it).selectors())
                        .isNotEmpty()
                        .allSatisfy(selector -> assertThat(selector)
                                .contains("job=~\"$job\"", "namespace=~\"$namespace\"")
                                .matches(".*listener=~\"\\$listener\".*|(jvm|process)_.*")));
    }

    @Test
    void everyPanelSaysWhatItShowsAndInWhichUnit() throws IOException {
        assertThat(Dashboard.panels()).isNotEmpty().allSatisfy(it -> {
            assertThat(it.path("title").asString()).isNotBlank();
            assertThat(it.path("description").asString()).endsWith(".");
            assertThat(it.at("/fieldConfig/defaults/unit").asString()).isNotBlank();
            assertThat(Rules.elements(it.path("targets")))
                    .isNotEmpty()
                    .allSatisfy(target ->
                            assertThat(target.path("legendFormat").asString()).isNotBlank());
        });
    }

    @Test
    void panelsHaveTheirOwnPlace() throws IOException {
        List<JsonNode> panels = Rules.elements(Dashboard.root().path("panels"));
        assertThat(panels).extracting(it -> it.path("id").asInt()).doesNotHaveDuplicates();
        List<Place> places =
                panels.stream().map(it -> Place.of(it.path("gridPos"))).toList();
        assertThat(places).allSatisfy(it -> {
            assertThat(it.x() + it.width()).isLessThanOrEqualTo(WIDTH);
            assertThat(places.stream().filter(it::overlaps)).containsExactly(it);
        });
    }

    private static List<JsonNode> targets() throws IOException {
        return Dashboard.panels().stream()
                .flatMap(it -> Rules.elements(it.path("targets")).stream())
                .toList();
    }

    private record Place(int x, int y, int width, int height) {

        static Place of(JsonNode grid) {
            return new Place(
                    grid.path("x").asInt(),
                    grid.path("y").asInt(),
                    grid.path("w").asInt(),
                    grid.path("h").asInt());
        }

        boolean overlaps(Place other) {
            return x < other.x + other.width
                    && other.x < x + width
                    && y < other.y + other.height
                    && other.y < y + height;
        }
    }
}
