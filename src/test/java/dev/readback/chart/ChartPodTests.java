package dev.readback.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Sysctl;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How Pods run, how they come and go, and what they may do. */
class ChartPodTests {

    @Test
    void keepsToTheRestrictedPodSecurityStandard() throws IOException {
        Rendered rendered = Chart.renderWithTests(Chart.everything(), Chart.KUBERNETES.getLast());
        assertThat(List.of(rendered.pod(), rendered.only(Pod.class).getSpec())).allSatisfy(pod -> {
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(65532);
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getHostNetwork()).isNull();
            assertThat(pod.getVolumes())
                    .noneSatisfy(it -> assertThat(it.getHostPath()).isNotNull());
            assertThat(pod.getContainers()).isNotEmpty().allSatisfy(ChartPodTests::hasNoRights);
        });
    }

    private static void hasNoRights(Container container) {
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getSecurityContext().getCapabilities().getAdd()).isEmpty();
        assertThat(container.getVolumeMounts())
                .filteredOn(it -> !Boolean.TRUE.equals(it.getReadOnly()))
                .extracting(it -> it.getMountPath())
                .containsExactly("/tmp");
    }

    @Test
    void carriesNoTokenAndNoVariablesOfServices() {
        Rendered rendered = Chart.renderWithTests("{}", Chart.KUBERNETES.getLast());
        assertThat(rendered.only(ServiceAccount.class).getAutomountServiceAccountToken())
                .isFalse();
        assertThat(List.of(rendered.pod(), rendered.only(Pod.class).getSpec())).allSatisfy(pod -> {
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getEnableServiceLinks()).isFalse();
            assertThat(pod.getServiceAccountName()).isEqualTo("demo-readback");
        });
    }

    @Test
    void letsTheClusterChooseIdsWhereTheyAreTakenAway() {
        PodSpec pod = Chart.render("podSecurityContext: {runAsUser: null, runAsGroup: null, fsGroup: null}")
                .pod();
        assertThat(pod.getSecurityContext().getRunAsUser()).isNull();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    }

    @Test
    void asksTheManagementPortHowItIs() {
        Container container = Chart.render("{}").container();
        assertThat(List.of(container.getStartupProbe(), container.getLivenessProbe()))
                .extracting(Probe::getHttpGet)
                .extracting(HTTPGetAction::getPath)
                .containsOnly("/actuator/health/liveness");
        assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/readiness");
        assertThat(container.getReadinessProbe().getHttpGet().getPort().getStrVal())
                .isEqualTo("management");
    }

    @ParameterizedTest
    @CsvSource({
        "'{}', 35",
        "'drainTimeout: 2m', 135",
        "'drainTimeout: 1h', 3615",
        "'drainTimeout: 30', 45",
        "'drainTimeout: 1500ms', 17",
        "'{preStopSeconds: 0, drainTimeout: 0s}', 10",
        "'terminationGracePeriodSeconds: 35', 35",
        "'terminationGracePeriodSeconds: 300', 300",
    })
    void givesAPodTheTimeThatItTakesToStop(String values, long seconds) {
        assertThat(Chart.render(values).pod().getTerminationGracePeriodSeconds())
                .isEqualTo(seconds);
    }

    @Test
    void goesOnForAWhileOnceItIsToldToStop() {
        assertThat(Chart.render("{}")
                        .container()
                        .getLifecycle()
                        .getPreStop()
                        .getSleep()
                        .getSeconds())
                .isEqualTo(5);
        assertThat(Chart.render("preStopSeconds: 0").container().getLifecycle()).isNull();
    }

    @Test
    void replacesPodsOneAfterTheOtherAndNewOnesFirst() {
        Deployment deployment = Chart.render("{}").only(Deployment.class);
        assertThat(deployment.getSpec().getReplicas()).isEqualTo(2);
        assertThat(deployment.getSpec().getMinReadySeconds()).isEqualTo(10);
        assertThat(deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxSurge()
                        .getIntVal())
                .isEqualTo(1);
        assertThat(deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
    }

    @Test
    void replacesPodsWhenASettingChanges() {
        assertThat(checksum("{}"))
                .isEqualTo(checksum("replicas: 3"))
                .isNotEqualTo(checksum("drainTimeout: 21s"))
                .isNotEqualTo(checksum("config: {logging: {level: {root: debug}}}"));
    }

    private static String checksum(String values) {
        Map<String, String> annotations = Chart.render(values)
                .only(Deployment.class)
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getAnnotations();
        return String.valueOf(annotations.get("checksum/config"));
    }

    @Test
    void spreadsThePodsOfOneRevision() {
        assertThat(Chart.render("{}").pod().getTopologySpreadConstraints())
                .hasSize(2)
                .allSatisfy(it -> assertThat(it.getMatchLabelKeys()).containsExactly("pod-template-hash"));
        assertThat(Chart.render("topologySpread: {enabled: false}").pod().getTopologySpreadConstraints())
                .isEmpty();
    }

    @Test
    void selectsItsOwnPodsAndNotTheOneThatTestsThem() {
        Rendered rendered = Chart.renderWithTests("{}", Chart.KUBERNETES.getLast());
        Deployment deployment = rendered.only(Deployment.class);
        Map<String, String> labels =
                deployment.getSpec().getTemplate().getMetadata().getLabels();
        Map<String, String> test = rendered.only(Pod.class).getMetadata().getLabels();
        assertThat(List.of(
                        deployment.getSpec().getSelector().getMatchLabels(),
                        rendered.listeners().getSpec().getSelector(),
                        rendered.management().getSpec().getSelector(),
                        rendered.only(PodDisruptionBudget.class)
                                .getSpec()
                                .getSelector()
                                .getMatchLabels()))
                .allSatisfy(selector -> {
                    assertThat(labels).containsAllEntriesOf(selector);
                    assertThat(test.entrySet().containsAll(selector.entrySet())).isFalse();
                });
    }

    @Test
    void letsNodesBeEmptiedOnePodAtATime() {
        PodDisruptionBudget budget = Chart.render("{}").only(PodDisruptionBudget.class);
        assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(budget.getSpec().getMinAvailable()).isNull();
        PodDisruptionBudget other =
                Chart.render("podDisruptionBudget: {minAvailable: 50%}").only(PodDisruptionBudget.class);
        assertThat(other.getSpec().getMaxUnavailable()).isNull();
        assertThat(other.getSpec().getMinAvailable().getStrVal()).isEqualTo("50%");
    }

    @Test
    void scalesByProcessorAndByConnections() {
        Rendered rendered = Chart.render("autoscaling: {enabled: true, targetConnections: 1000}");
        assertThat(rendered.only(Deployment.class).getSpec().getReplicas()).isNull();
        HorizontalPodAutoscaler scaler = rendered.only(HorizontalPodAutoscaler.class);
        assertThat(scaler.getSpec().getScaleTargetRef().getName()).isEqualTo("demo-readback");
        assertThat(scaler.getSpec().getBehavior().getScaleDown().getStabilizationWindowSeconds())
                .isEqualTo(600);
        assertThat(scaler.getSpec().getMetrics()).hasSize(2).last().satisfies(it -> {
            assertThat(it.getPods().getMetric().getName()).isEqualTo("readback_connections_active");
            assertThat(it.getPods().getTarget().getAverageValue().getNumericalAmount())
                    .isEqualByComparingTo("1000");
        });
    }

    @Test
    void takesPasswordsAndKeysFromSecretsThatItDoesNotMake() throws IOException {
        Rendered rendered = Chart.render(Chart.everything());
        assertThat(rendered.objects())
                .noneSatisfy(it -> assertThat(it.getKind()).isEqualTo("Secret"));
        assertThat(rendered.pod().getVolumes())
                .filteredOn(it -> it.getSecret() != null)
                .allSatisfy(it -> assertThat(it.getSecret().getDefaultMode()).isEqualTo(0440))
                .extracting(Volume::getName)
                .containsExactly("management", "tls-edge", "client-ca-edge");
        assertThat(rendered.container().getEnv())
                .extracting(EnvVar::getName)
                .containsExactly("SPRING_CONFIG_ADDITIONAL_LOCATION", "JDK_JAVA_OPTIONS", "A");
    }

    @Test
    void opensPortsBelow1024WithoutRights() {
        assertThat(Chart.render("listeners: [{name: echo, port: 7}]")
                        .pod()
                        .getSecurityContext()
                        .getSysctls())
                .containsExactly(new Sysctl("net.ipv4.ip_unprivileged_port_start", "0"));
        assertThat(Chart.render("{}").pod().getSecurityContext().getSysctls()).isEmpty();
    }

    @Test
    void takesTheImageByItsDigestWhereThereIsOne() throws IOException {
        assertThat(Chart.render(Chart.everything()).container().getImage())
                .startsWith("registry.example/readback@sha256:0123");
        assertThat(Chart.render("image: {tag: 1.2.3}").container().getImage()).isEqualTo("readback:1.2.3");
    }
}
