package dev.readback.chart;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong value stops Helm with a sentence that names the value and what is allowed. */
class ChartRefusalTests {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    replica: 3 | at '': additional properties 'replica' not allowed
                    replicas: many | at '/replicas': got string, want integer
                    image: {repo: a} | at '/image': additional properties 'repo' not allowed
                    image: {digest: sha256:12} | at '/image/digest': 'sha256:12' does not match pattern
                    listeners: [] | at '/listeners': minItems: got 0, want 1
                    listeners: [{port: 7}] | at '/listeners/0': missing property 'name'
                    listeners: [{name: Big, port: 7}] | at '/listeners/0/name': 'Big' does not match pattern
                    listeners: [{name: a, port: 0}] | at '/listeners/0/port': minimum: got 0, want 1
                    listeners: [{name: a, port: 70000}] | at '/listeners/0/port': maximum: got 70,000, want 65,535
                    listeners: [{name: a, port: 7, prot: 7}] | at '/listeners/0': additional properties 'prot' not allowed
                    listeners: [{name: a, port: 7, half-close: maybe}] | at '/listeners/0/half-close': value must be one of 'answer-then-close', 'keep-open', 'close-now'
                    listeners: [{name: a, port: 7, timeouts: {idle: soon}}] | at '/listeners/0/timeouts/idle': 'soon' does not match pattern
                    listeners: [{name: a, port: 7, framing: {max-length: much}}] | at '/listeners/0/framing/max-length': 'much' does not match pattern
                    listeners: [{name: a, port: 7, access: {allow: [everybody]}}] | at '/listeners/0/access/allow/0': 'everybody' does not match pattern
                    listeners: [{name: a, port: 7, proxy-protocol: {mode: optional}}] | at '/listeners/0/proxy-protocol/mode': value must be one of 'off', 'required', false
                    drainTimeout: never | at '/drainTimeout': 'never' does not match pattern
                    service: {type: ExternalName} | at '/service/type': value must be one of 'ClusterIP', 'NodePort', 'LoadBalancer'
                    podAnnotations: {a: 1} | at '/podAnnotations/a': got number, want string
                    """)
    void bySchema(String values, String message) {
        assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    listeners: [{name: a, port: 7}, {name: a, port: 8}] | listeners: the name 'a' is there twice
                    listeners: [{name: a, port: 7}, {name: b, port: 7}] | listeners: the port of 'b' is 7: allowed is a port of its own, but listener 'a' has it too
                    listeners: [{name: a, port: 8080}] | listeners: the port of 'a' is 8080: allowed is a port of its own, but the management port has it too
                    listeners: [{name: a, port: 7, servicePort: 8}, {name: b, port: 8}] | listeners: the servicePort of 'b' is 8: allowed is a port of its own, but listener 'a' has it too
                    listeners: [{name: a, port: 7, enabled: false}] | listeners: none is enabled: allowed is at least one
                    listeners: [{name: a, port: 7, tls: {bundle: b}}] | listeners: tls.bundle of 'a' is 'b': allowed is a name from tlsBundles
                    {listeners: [{name: a, port: 7, tls: {bundle: b, client-auth: need}}], tlsBundles: [{name: b, secretName: s}]} | listeners: tls.client-auth of 'a' is 'need': allowed with a bundle that has a clientCaSecretName
                    listeners: [{name: a, port: 7, proxy-protocol: {mode: required}}] | listeners: proxy-protocol.trusted of 'a' is empty: allowed with mode required is at least one address block
                    tlsBundles: [{name: b, secretName: s}, {name: b, secretName: t}] | tlsBundles: the name 'b' is there twice
                    terminationGracePeriodSeconds: 34 | terminationGracePeriodSeconds is 34: allowed is at least 35, which is preStopSeconds (5), drainTimeout (20s) and 10 more to stop
                    {terminationGracePeriodSeconds: 60, drainTimeout: 2m} | terminationGracePeriodSeconds is 60: allowed is at least 135, which is preStopSeconds (5), drainTimeout (2m)
                    podDisruptionBudget: {minAvailable: 1, maxUnavailable: 1} | podDisruptionBudget: minAvailable and maxUnavailable are both set: allowed is one of them
                    autoscaling: {enabled: true, minReplicas: 11} | autoscaling.minReplicas is 11: allowed is at most maxReplicas, 10
                    autoscaling: {enabled: true, targetCPUPercent: 0} | autoscaling: targetCPUPercent and targetConnections are both 0
                    {autoscaling: {enabled: true}, resources: {requests: {cpu: null}}} | autoscaling.targetCPUPercent is set: allowed with resources.requests.cpu
                    rollingUpdate: {maxSurge: 0%} | rollingUpdate: maxSurge and maxUnavailable are both 0
                    {serviceMonitor: {enabled: true}, podMonitor: {enabled: true}} | serviceMonitor and podMonitor are both enabled: allowed is one of them
                    gateway: {enabled: true} | gateway.name is empty: allowed is the name of a Gateway
                    config: {readback: {drain-timeout: 1s}} | config.readback is set: allowed are other settings than readback's
                    config: {server: {port: 80}} | config.server.port is set: allowed are other settings
                    """)
    void byTheChartsOwnRules(String values, String message) {
        assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining(message);
    }

    @Test
    void aClusterThatIsTooOld() {
        assertThatThrownBy(() -> Chart.render("{}", "1.29.0"))
                .hasMessageContaining("chart requires kubeVersion: >=1.30.0-0");
    }
}
