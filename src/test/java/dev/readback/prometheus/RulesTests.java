package dev.readback.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.prometheus.Program.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The rules are right, each is tested, and the README says what they say. */
class RulesTests {

    @TempDir
    Path folder;

    @Test
    void areRules() throws Exception {
        assertThat(Program.run(folder, "", "promtool", "check", "rules", Rules.FILE.toString()))
                .returns(0, Result::status)
                .satisfies(it -> assertThat(it.output()).contains("SUCCESS"));
    }

    @Test
    void fireWhenTheyAreToAndOnlyThen() throws Exception {
        Result result = Program.run(folder, "", "promtool", "test", "rules", Rules.TESTS.toString());
        assertThat(result.status()).as(result.output()).isZero();
    }

    @Test
    void everyAlertHasATestInWhichItFiresAndOneInWhichItDoesNot() throws IOException {
        List<JsonNode> evaluations = Rules.elements(Rules.yaml(Rules.TESTS).path("tests")).stream()
                .flatMap(it -> Rules.elements(it.path("alert_rule_test")).stream())
                .toList();
        assertThat(Rules.alerts())
                .isNotEmpty()
                .allSatisfy(alert -> assertThat(evaluations)
                        .filteredOn(it -> text(it, "alertname").equals(text(alert, "alert")))
                        .as(text(alert, "alert"))
                        .anyMatch(it -> !it.path("exp_alerts").isEmpty())
                        .anyMatch(it -> it.path("exp_alerts").isEmpty()));
    }

    @Test
    void everyRecordingHasATest() throws IOException {
        List<String> tested = Rules.elements(Rules.yaml(Rules.TESTS).path("tests")).stream()
                .flatMap(it -> Rules.elements(it.path("promql_expr_test")).stream())
                .map(it -> text(it, "expr"))
                .toList();
        assertThat(Rules.recordings())
                .extracting(it -> text(it, "record"))
                .isNotEmpty()
                .containsExactlyElementsOf(tested);
    }

    @Test
    void readmeListsEveryAlertWithItsAnchorItsSeverityAndWhatToDo() throws IOException {
        assertThat(Readme.table("Alert").stream()
                        // when it fires is written for people, all but for how long
                        .map(it -> it.replaceFirst("(\\| \\w+ \\|) [^|]*?(, for \\w+)? \\|", "$1$2 |")))
                .containsExactlyElementsOf(
                        Rules.alerts().stream().map(RulesTests::row).toList());
    }

    @Test
    void everyAlertPointsToItsRowInTheReadme() throws IOException {
        assertThat(Rules.alerts())
                .allSatisfy(it ->
                        assertThat(text(it.path("annotations"), "runbook")).isEqualTo("README.md#" + anchor(it)));
    }

    private static String row(JsonNode alert) {
        String wait = alert.has("for") ? ", for " + text(alert, "for") : "";
        return "| <a id=\"%s\"></a>`%s` | %s |%s | %s |"
                .formatted(
                        anchor(alert),
                        text(alert, "alert"),
                        text(alert.path("labels"), "severity"),
                        wait,
                        text(alert.path("annotations"), "description"));
    }

    private static String anchor(JsonNode alert) {
        return text(alert, "alert").toLowerCase(Locale.ROOT);
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString();
    }
}
