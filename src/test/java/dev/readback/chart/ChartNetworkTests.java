package dev.readback.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.gatewayapi.v1alpha2.TCPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One list of listeners makes the ports of everything. */
class ChartNetworkTests {

    @Test
    void givesEveryEnabledListenerAPortEverywhere() throws IOException {
        Rendered rendered = Chart.render(Chart.everything());
        assertThat(ports(rendered.container()))
                .isEqualTo(Map.of("echo", 12345, "length", 12346, "struct", 12347, "tcp-9", 9, "management", 8080));
        assertThat(rendered.listeners().getSpec().getPorts())
                .extracting(ServicePort::getName, ServicePort::getPort, ServicePort::getTargetPort)
                .containsExactly(
                        tuple("echo", 7, new IntOrString("echo")),
                        tuple("length", 12346, new IntOrString("length")),
                        tuple("struct", 12347, new IntOrString("struct")),
                        tuple("tcp-9", 9, new IntOrString("tcp-9")));
        assertThat(rendered.only(NetworkPolicy.class)
                        .getSpec()
                        .getIngress()
                        .getFirst()
                        .getPorts())
                .extracting(NetworkPolicyPort::getPort)
                .extracting(IntOrString::getStrVal)
                .containsExactly("echo", "length", "struct", "tcp-9");
    }

    @ParameterizedTest
    @CsvSource({
        "echo, echo",
        "a-2, a-2",
        "exactly-fifteen, exactly-fifteen",
        "sixteen-letters-, tcp-9",
        "7, tcp-9",
        "a--b, tcp-9",
        "management, tcp-9",
        "tcp-8, tcp-9",
    })
    void namesAPortAsKubernetesAllows(String listener, String port) {
        String name = listener.endsWith("-") ? listener + "x" : listener;
        Rendered rendered = Chart.render("listeners: [{name: \"%s\", port: 9}]".formatted(name));
        assertThat(ports(rendered.container())).isEqualTo(Map.of(port, 9, "management", 8080));
    }

    @Test
    void tellsMeshesWhatIsSpoken() throws IOException {
        assertThat(Chart.render(Chart.everything()).listeners().getSpec().getPorts())
                .extracting(ServicePort::getAppProtocol)
                .containsExactly("tls", "tcp", "tcp", "tcp");
    }

    @Test
    void keepsTheManagementPortToAServiceOfItsOwn() throws IOException {
        Rendered rendered = Chart.render(Chart.everything());
        assertThat(rendered.management().getSpec().getType()).isEqualTo("ClusterIP");
        assertThat(rendered.management().getSpec().getPorts()).singleElement().satisfies(it -> {
            assertThat(it.getPort()).isEqualTo(8080);
            assertThat(it.getTargetPort().getStrVal()).isEqualTo("management");
        });
        assertThat(rendered.listeners().getSpec().getPorts())
                .extracting(ServicePort::getTargetPort)
                .doesNotContain(new IntOrString("management"));
    }

    @Test
    void setsUpALoadBalancerOnlyWhereThereIsOne() throws IOException {
        var balanced = Chart.render(Chart.everything()).listeners();
        assertThat(balanced.getSpec().getExternalTrafficPolicy()).isEqualTo("Local");
        assertThat(balanced.getSpec().getLoadBalancerClass()).isEqualTo("example.com/internal");
        assertThat(balanced.getSpec().getLoadBalancerSourceRanges()).containsExactly("10.0.0.0/8");
        assertThat(balanced.getSpec().getPorts().getFirst().getNodePort()).isEqualTo(30007);
        assertThat(balanced.getMetadata().getAnnotations()).containsEntry("example.com/idle-timeout", "4000");
        var inside = Chart.render("{service: {loadBalancerClass: a}, listeners: [{name: a, port: 9, nodePort: 30007}]}")
                .listeners();
        assertThat(inside.getSpec().getExternalTrafficPolicy()).isNull();
        assertThat(inside.getSpec().getLoadBalancerClass()).isNull();
        assertThat(inside.getSpec().getPorts().getFirst().getNodePort()).isNull();
    }

    @Test
    void admitsOnlyWhomTheValuesName() throws IOException {
        NetworkPolicy policy = Chart.render(Chart.everything()).only(NetworkPolicy.class);
        assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(policy.getSpec().getEgress()).isEmpty();
        List<NetworkPolicyIngressRule> rules = policy.getSpec().getIngress();
        assertThat(rules).hasSize(2);
        assertThat(rules.getFirst().getFrom())
                .hasSize(2)
                .first()
                .satisfies(it -> assertThat(it.getIpBlock().getCidr()).isEqualTo("10.0.0.0/8"));
        assertThat(rules.getLast().getPorts())
                .singleElement()
                .satisfies(it -> assertThat(it.getPort().getStrVal()).isEqualTo("management"));
        assertThat(rules.getLast().getFrom())
                .singleElement()
                .satisfies(it -> assertThat(it.getNamespaceSelector().getMatchLabels())
                        .containsEntry("kubernetes.io/metadata.name", "monitoring"));
    }

    @Test
    void admitsThePodOfHelmTest() throws IOException {
        Rendered rendered = Chart.renderWithTests(Chart.everything(), Chart.KUBERNETES.getLast());
        LabelSelector admitted = rendered.only(NetworkPolicy.class)
                .getSpec()
                .getIngress()
                .getFirst()
                .getFrom()
                .getLast()
                .getPodSelector();
        assertThat(rendered.only(Pod.class).getMetadata().getLabels()).containsAllEntriesOf(admitted.getMatchLabels());
    }

    @Test
    void admitsAllToTheListenersAndNobodyToManagementWhereNobodyIsNamed() {
        NetworkPolicy policy = Chart.render("networkPolicy: {enabled: true, managementFrom: []}")
                .only(NetworkPolicy.class);
        assertThat(policy.getSpec().getIngress())
                .singleElement()
                .satisfies(it -> assertThat(it.getFrom()).isEmpty());
    }

    @Test
    void routesEveryListenerOfTheGatewayToTheOneOfItsName() throws IOException {
        assertThat(Chart.render(Chart.everything()).all(TCPRoute.class))
                .allSatisfy(it -> {
                    assertThat(it.getSpec().getParentRefs()).singleElement().satisfies(parent -> {
                        assertThat(parent.getName()).isEqualTo("edge");
                        assertThat(parent.getNamespace()).isEqualTo("gateways");
                        assertThat(it.getMetadata().getName()).isEqualTo("demo-readback-" + parent.getSectionName());
                    });
                })
                .flatExtracting(it -> it.getSpec().getRules().getFirst().getBackendRefs())
                .extracting(it -> it.getName() + ":" + it.getPort())
                .containsExactly("demo-readback:7", "demo-readback:12346", "demo-readback:12347", "demo-readback:9");
    }

    @Test
    void probesFromTheSameImage() throws IOException {
        Rendered rendered = Chart.renderWithTests(Chart.everything(), Chart.KUBERNETES.getLast());
        assertThat(rendered.only(Pod.class).getSpec().getContainers())
                .extracting(Container::getImage)
                .containsOnly(rendered.container().getImage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    echo: true                                             | --echo --half-close
                    servicePort: 7                                         | --echo --half-close
                    half-close: keep-open                                  | --echo
                    framing: {type: line}                                  | --echo --half-close --frames=line
                    framing: {type: length}                                | --echo --half-close --frames=length:!I
                    framing: {type: length, header: <H}                    | --echo --half-close --frames=length:<H
                    framing: {type: struct, format: '!HI'}                 | --echo --half-close --struct=!HI
                    acknowledgement: ''                                    | --echo --half-close --ack=
                    echo: false                                            | --echo --half-close --ack-only
                    tls: {bundle: edge}                                    | --echo --half-close --tls --insecure
                    """)
    void probesEachListenerAsItIsSet(String setting, String arguments) {
        assertThat(checks(setting))
                .singleElement()
                .satisfies(it -> assertThat(it)
                        .isEqualTo("probe " + arguments + " demo-readback:"
                                + (setting.startsWith("servicePort") ? 7 : 9)));
    }

    @Test
    void tellsTheProbeTheAcknowledgementWithEscapes() {
        assertThat(checks("acknowledgement: \"\\n{length} \\\\n\\r\\n\""))
                .containsExactly("probe --echo --half-close --ack=\\n{length} \\\\n\\r\\n demo-readback:9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{echo: false, acknowledgement: ''}",
                "{acknowledgement: 'by {host}'}",
                "{proxy-protocol: {mode: required, trusted: [10.0.0.0/8]}}",
                "{tls: {bundle: edge, client-auth: need}}",
            })
    void probesNoListenerThatItCannotCheck(String settings) {
        assertThat(checks(settings.substring(1, settings.length() - 1))).isEmpty();
    }

    private static List<String> checks(String setting) {
        String values =
                "{listeners: [{name: a, port: 9, %s}], tlsBundles: [{name: edge, secretName: s, clientCaSecretName: s}]}"
                        .formatted(setting);
        return Chart.renderWithTests(values, Chart.KUBERNETES.getLast()).all(Pod.class).stream()
                .flatMap(it -> it.getSpec().getContainers().stream())
                .map(it -> String.join(" ", it.getArgs()))
                .toList();
    }

    private static Map<String, Integer> ports(Container container) {
        return container.getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
    }
}
