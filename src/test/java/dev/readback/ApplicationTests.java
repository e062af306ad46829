package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.readback.net.CloseReason;
import dev.readback.net.NettyServerConnectionFactory;
import dev.readback.net.TimeoutKind;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;
import org.springframework.integration.ip.tcp.inbound.TcpInboundGateway;

/** The application as a whole: what a newcomer meets. */
@ExtendWith(OutputCaptureExtension.class)
class ApplicationTests {

    @Test
    void answersAsTheOriginDid() throws Exception {
        try (TestApplication application = TestApplication.start()) {
            assertThat(application.exchange("echo", "hello")).isEqualTo("hello\ni get it!\n");
            assertThat(application.exchange("echo", "")).isEmpty();
        }
    }

    @Test
    void exportsEverySeriesFromTheStart() throws Exception {
        try (TestApplication application = TestApplication.start()) {
            for (CloseReason reason : CloseReason.values()) {
                assertThat(application.metric(
                                "readback_connections_closed_total{listener=\"echo\",reason=\"" + reason + "\"}"))
                        .isZero();
            }
            for (TimeoutKind kind : TimeoutKind.values()) {
                assertThat(application.metric("readback_timeouts_total{kind=\"" + kind + "\",listener=\"echo\"}"))
                        .isZero();
            }
            for (String series : Arrays.asList(
                    "readback_connections_active{listener=\"echo\"}",
                    "readback_connections_half_open{listener=\"echo\",side=\"peer\"}",
                    "readback_connections_half_open{listener=\"echo\",side=\"local\"}",
                    "readback_connections_accepted_total{listener=\"echo\"}",
                    "readback_connection_duration_seconds_count{listener=\"echo\"}",
                    "readback_received_bytes_total{listener=\"echo\"}",
                    "readback_sent_bytes_total{listener=\"echo\"}",
                    "readback_frames_total{listener=\"echo\"}",
                    "readback_acknowledgements_total{listener=\"echo\"}",
                    "readback_acknowledgement_seconds_count{listener=\"echo\"}",
                    "readback_reads_paused_total{listener=\"echo\"}")) {
                assertThat(application.metric(series)).as(series).isZero();
            }
        }
    }

    @Test
    void countsConnectionsBytesAndFrames() throws Exception {
        try (TestApplication application = TestApplication.start()) {
            try (Socket client = application.connect("echo")) {
                client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                assertThat(client.getInputStream().readNBytes(16)).hasSize(16);
                assertThat(application.metric("readback_connections_active{listener=\"echo\"}"))
                        .isEqualTo(1);
                // byte counters move while a connection lives
                assertThat(application.metric("readback_received_bytes_total{listener=\"echo\"}"))
                        .isEqualTo(5);
                assertThat(application.metric("readback_sent_bytes_total{listener=\"echo\"}"))
                        .isEqualTo(16);
                client.shutdownOutput();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            await().untilAsserted(() -> assertThat(application.metric(
                            "readback_connections_closed_total{listener=\"echo\",reason=\"peer-closed\"}"))
                    .isEqualTo(1));
            assertThat(application.metric("readback_connections_active{listener=\"echo\"}"))
                    .isZero();
            assertThat(application.metric("readback_connections_half_open{listener=\"echo\",side=\"peer\"}"))
                    .isZero();
            assertThat(application.metric("readback_connections_accepted_total{listener=\"echo\"}"))
                    .isEqualTo(1);
            assertThat(application.metric("readback_frames_total{listener=\"echo\"}"))
                    .isEqualTo(1);
            assertThat(application.metric("readback_acknowledgements_total{listener=\"echo\"}"))
                    .isEqualTo(1);
            assertThat(application.metric("readback_acknowledgement_seconds_count{listener=\"echo\"}"))
                    .isEqualTo(1);
            assertThat(application.metric("readback_connection_duration_seconds_count{listener=\"echo\"}"))
                    .isEqualTo(1);
        }
    }

    @Test
    void namesAnIdleTimeoutInLogMetricAndAccessLineAlike(CapturedOutput output) throws Exception {
        try (TestApplication application =
                TestApplication.start("readback.log-queue=0", "readback.listeners.echo.timeouts.idle=200ms")) {
            try (Socket client = application.connect("echo")) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            await().untilAsserted(() -> assertThat(application.metric(
                            "readback_connections_closed_total{listener=\"echo\",reason=\"idle-timeout\"}"))
                    .isEqualTo(1));
            assertThat(application.metric("readback_timeouts_total{kind=\"idle\",listener=\"echo\"}"))
                    .isEqualTo(1);
            assertThat(output).contains("Connection timed out: listener 'echo', connection echo-1, peer 127.0.0.1:");
        }
    }

    @Test
    void writesOneAccessLineForEachConnectionThatSentSomething(CapturedOutput output) throws Exception {
        try (TestApplication application = TestApplication.start("readback.log-queue=0")) {
            application.exchange("echo", "hello");
            application.exchange("echo", "");
            await().until(() ->
                    application.metric("readback_connections_closed_total{listener=\"echo\",reason=\"peer-closed\"}")
                            == 2);
        }
        assertThat(output.getOut().lines().filter(it -> it.contains("readback.access")))
                .singleElement()
                .asString()
                .containsPattern("listener=echo connection=echo-1 peer=127\\.0\\.0\\.1:\\d+ reason=peer-closed"
                        + " received=5 sent=16 acknowledgements=1 duration=\\d+\\.\\d{3}s$");
    }

    @Test
    void listensAsOftenAsConfigured() throws Exception {
        try (TestApplication application = TestApplication.start(
                "readback.listeners.discard.port=0",
                "readback.listeners.discard.echo=false",
                "readback.listeners.discard.acknowledgement=",
                "readback.listeners.rfc862.port=0",
                "readback.listeners.rfc862.acknowledgement=",
                "readback.listeners.count.port=0",
                "readback.listeners.count.echo=false",
                "readback.listeners.count.acknowledgement={count} {length} {listener} {host} {peer} {{}}\n",
                "readback.listeners.off.enabled=false")) {
            assertThat(application.exchange("discard", "hello")).isEmpty();
            assertThat(application.exchange("rfc862", "hello")).isEqualTo("hello");
            assertThat(application.exchange("count", "hello"))
                    .matches("1 5 count " + hostName() + " 127\\.0\\.0\\.1:\\d+ \\{}\n");
            assertThat(application.context().containsBean("off.connections")).isFalse();
            assertThat(application.metric("readback_acknowledgements_total{listener=\"discard\"}"))
                    .isZero();
            assertThat(application.metric("readback_frames_total{listener=\"discard\"}"))
                    .isEqualTo(1);
        }
    }

    @Test
    void isReadyWhenEveryListenerListens() throws Exception {
        try (TestApplication application = TestApplication.start()) {
            assertThat(application.get("/actuator/health").body()).contains("\"listeners\":{\"status\":\"UP\"}");
            assertThat(application.get("/actuator/health/readiness").statusCode())
                    .isEqualTo(200);
            application.context().getBean(NettyServerConnectionFactory.class).stop();
            assertThat(application.get("/actuator/health/readiness"))
                    .returns(503, it -> it.statusCode())
                    .satisfies(it -> assertThat(it.body()).contains("OUT_OF_SERVICE"));
            assertThat(application.get("/actuator/health/liveness").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void answersOnTheManagementPortUntilConnectionsAreClosed() {
        try (TestApplication application = TestApplication.start()) {
            int gateway = application.context().getBean(TcpInboundGateway.class).getPhase();
            Map<String, SmartLifecycle> webServer =
                    new HashMap<>(application.context().getBeansOfType(SmartLifecycle.class));
            webServer.keySet().removeIf(it -> !it.startsWith("webServer"));
            assertThat(webServer).isNotEmpty();
            webServer.forEach(
                    (name, bean) -> assertThat(bean.getPhase()).as(name).isLessThan(gateway));
        }
    }

    @Test
    void springIntegrationTimesNothing() throws Exception {
        try (TestApplication application = TestApplication.start()) {
            application.exchange("echo", "hello");
            assertThat(application.get("/actuator/prometheus").body()).doesNotContain("spring_integration");
        }
    }

    private static String hostName() throws UnknownHostException {
        return InetAddress.getLocalHost().getHostName();
    }
}
