package dev.readback.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that Helm shows after an installation name what is there. */
class ChartNotesTests {

    private static final Pattern OBJECT = Pattern.compile("\\b(deployment|service|secret)/(\\S+)");
    private static final Pattern FORWARD = Pattern.compile("port-forward service/(\\S+) (\\d+):(\\d+)");
    private static final Pattern LOCAL = Pattern.compile("localhost[ :](\\d+)");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{service: {type: LoadBalancer}, management: {existingSecret: operators}}",
                "{fullnameOverride: other, listeners: [{name: a, port: 12346, servicePort: 7}, {name: b, port: 8}]}",
            })
    void namesObjectsAndPortsThatAreThere(String values) {
        Rendered rendered = Chart.render(values);
        List<String> commands = commands(Chart.notes(values));
        assertThat(commands).hasSizeGreaterThanOrEqualTo(6);
        assertThat(commands)
                .filteredOn(it -> it.startsWith("kubectl"))
                .allSatisfy(it -> assertThat(it).startsWith("kubectl --namespace echo "))
                .flatExtracting(it -> found(OBJECT, it))
                .isNotEmpty()
                .allSatisfy(it -> assertThat(objects(rendered)).contains(it.group()));
        List<MatchResult> forwards = found(FORWARD, String.join("\n", commands));
        assertThat(forwards)
                .hasSize(2)
                .allSatisfy(it -> assertThat(rendered.named(Service.class, it.group(1))
                                .getSpec()
                                .getPorts())
                        .anySatisfy(port -> assertThat(port.getPort()).isEqualTo(Integer.valueOf(it.group(3)))));
        assertThat(found(LOCAL, String.join("\n", commands)))
                .isNotEmpty()
                .extracting(it -> it.group(1))
                .allSatisfy(it -> assertThat(forwards)
                        .extracting(forward -> forward.group(2))
                        .contains(it));
        assertThat(commands).contains("helm --namespace echo test demo");
    }

    @Test
    void talksOnlyToAListenerThatAnswersPlainText() {
        assertThat(Chart.notes("""
                        listeners:
                          - {name: a, port: 1, framing: {type: length}}
                          - {name: b, port: 2, tls: {bundle: edge}}
                          - {name: c, port: 3, echo: false, acknowledgement: ""}
                          - {name: d, port: 4}
                        tlsBundles: [{name: edge, secretName: edge-tls}]
                        """)).contains("nc -N localhost 4\n");
        assertThat(Chart.notes("listeners: [{name: a, port: 1, framing: {type: length}}]"))
                .doesNotContain("nc -N");
    }

    @Test
    void saysWhichListenersNeedALoadBalancerInFront() throws IOException {
        assertThat(Chart.notes(Chart.everything()))
                .contains("Listener 'echo' answers only to a load balancer that sends the PROXY header.");
    }

    private static List<String> commands(String notes) {
        return notes.lines()
                .filter(it -> it.startsWith("  "))
                .map(String::strip)
                .toList();
    }

    private static List<String> objects(Rendered rendered) {
        List<String> names = new ArrayList<>();
        for (HasMetadata object : rendered.objects()) {
            names.add(object.getKind().toLowerCase(Locale.ROOT) + "/"
                    + object.getMetadata().getName());
        }
        for (Volume volume : rendered.pod().getVolumes()) {
            if (volume.getSecret() != null) {
                names.add("secret/" + volume.getSecret().getSecretName());
            }
        }
        return names;
    }

    private static List<MatchResult> found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.results().toList();
    }
}
