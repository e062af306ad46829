package dev.readback.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Every object has only fields that Kubernetes, the Prometheus operator or the Gateway API knows. */
class ChartRenderTests {

    static final List<String> KUBERNETES = Chart.KUBERNETES;

    @Test
    void passesHelmsStrictLint() {
        LintResult lint = Chart.lint();
        assertThat(lint.getMessages()).isEmpty();
        assertThat(lint.isFailed()).isFalse();
    }

    @ParameterizedTest
    @FieldSource("KUBERNETES")
    void rendersWhatEveryClusterHasByDefault(String kubernetes) {
        assertThat(Chart.renderWithTests("{}", kubernetes).objects())
                .extracting(it -> it.getKind() + " " + it.getMetadata().getName())
                .containsExactlyInAnyOrder(
                        "ConfigMap demo-readback",
                        "Deployment demo-readback",
                        "Service demo-readback",
                        "Service demo-readback-management",
                        "ServiceAccount demo-readback",
                        "PodDisruptionBudget demo-readback",
                        "Pod demo-readback-test");
    }

    @ParameterizedTest
    @FieldSource("KUBERNETES")
    void rendersEverythingTurnedOn(String kubernetes) throws IOException {
        assertThat(Chart.renderWithTests(Chart.everything(), kubernetes).objects())
                .extracting(it -> it.getKind() + " " + it.getMetadata().getName())
                .containsExactlyInAnyOrder(
                        "ConfigMap demo-readback",
                        "ConfigMap demo-readback-dashboard",
                        "Deployment demo-readback",
                        "Service demo-readback",
                        "Service demo-readback-management",
                        "ServiceAccount demo-readback",
                        "PodDisruptionBudget demo-readback",
                        "HorizontalPodAutoscaler demo-readback",
                        "NetworkPolicy demo-readback",
                        "ServiceMonitor demo-readback",
                        "PrometheusRule demo-readback",
                        "TCPRoute demo-readback-echo",
                        "TCPRoute demo-readback-length",
                        "TCPRoute demo-readback-struct",
                        "TCPRoute demo-readback-a-listener-with-a-long-name",
                        "Pod demo-readback-test");
    }

    @Test
    void putsEveryObjectIntoTheReleasesNamespaceWithTheReleasesLabels() throws IOException {
        assertThat(Chart.renderWithTests(Chart.everything(), KUBERNETES.getLast())
                        .objects())
                .extracting(it -> it.getMetadata())
                .allSatisfy(it -> {
                    assertThat(it.getNamespace()).isEqualTo(Chart.NAMESPACE);
                    assertThat(it.getName()).hasSizeLessThanOrEqualTo(63);
                    assertThat(it.getLabels())
                            .containsEntry("app.kubernetes.io/instance", Chart.RELEASE)
                            .containsEntry("app.kubernetes.io/name", "readback")
                            .containsKeys("helm.sh/chart", "app.kubernetes.io/version");
                });
    }

    @Test
    void namesNothingLongerThanKubernetesAllows() {
        Rendered rendered = Chart.render("fullnameOverride: " + "a".repeat(80));
        assertThat(rendered.objects())
                .extracting(it -> it.getMetadata().getName())
                .allSatisfy(it -> assertThat(it).hasSizeLessThanOrEqualTo(63));
    }

    @Test
    void monitorsScrapeTheManagementPort() {
        ServiceMonitor service = Chart.render("serviceMonitor: {enabled: true}").only(ServiceMonitor.class);
        assertThat(service.getSpec().getEndpoints()).singleElement().satisfies(it -> {
            assertThat(it.getPort()).isEqualTo("management");
            assertThat(it.getPath()).isEqualTo("/actuator/prometheus");
        });
        Rendered rendered = Chart.render("podMonitor: {enabled: true}");
        assertThat(rendered.management().getMetadata().getLabels())
                .containsAllEntriesOf(service.getSpec().getSelector().getMatchLabels());
        PodMonitor pod = rendered.only(PodMonitor.class);
        assertThat(pod.getSpec().getPodMetricsEndpoints()).singleElement().satisfies(it -> {
            assertThat(it.getPort()).isEqualTo("management");
            assertThat(it.getPath()).isEqualTo("/actuator/prometheus");
        });
    }

    @Test
    void handsOnTheRulesAsTheyAre() throws IOException {
        Map<String, Object> file = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(Chart.DIRECTORY.resolve("files").resolve("rules.yaml")));
        PrometheusRule rule = Chart.render("prometheusRule: {enabled: true}").only(PrometheusRule.class);
        assertThat(Rendered.plain(rule.getSpec())).isEqualTo(Rendered.plain(file));
    }

    @Test
    void handsOnTheDashboardAsItIs() throws IOException {
        ConfigMap dashboard =
                Chart.render("dashboard: {enabled: true}").named(ConfigMap.class, "demo-readback-dashboard");
        assertThat(dashboard.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1");
        String json = Objects.requireNonNull(dashboard.getData().get("demo-readback.json"));
        assertThat(json.strip())
                .isEqualTo(Files.readString(Chart.DIRECTORY.resolve("files").resolve("dashboard.json"))
                        .strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{apiVersion: v1, kind: Service, spec: {prots: []}}",
                "{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{prots: []}]}}}}",
                "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, spec: {endpoints: [{prots: x}]}}",
                "{apiVersion: gateway.networking.k8s.io/v1alpha2, kind: TCPRoute, spec: {rules: [{prots: x}]}}"
            })
    void wouldNoticeAFieldThatIsUnknown(String object) {
        assertThatThrownBy(() -> Rendered.parse(object)).hasMessageContaining("prots");
    }
}
