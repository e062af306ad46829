package dev.readback.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.ReadbackApplication;
import dev.readback.net.NettyServerConnectionFactory;
import dev.readback.settings.ReadbackSettings;
import dev.readback.testing.Settings;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ByteArrayResource;

/** The application starts with what the chart mounts into its Pod. */
class ChartStartTests {

    private static final int PATIENCE_MILLIS = 20_000;

    @Test
    void listensOnThePortsOfTheServiceAndKnowsItsOperators(@TempDir Path directory) throws Exception {
        Rendered rendered = Chart.render("""
                listeners:
                  - {name: echo, port: %d, servicePort: 7}
                  - {name: discard, port: %d, echo: false, acknowledgement: ""}
                  - {name: a-listener-with-a-long-name, port: %d, acknowledgement: "\\n{listener}\\n"}
                  - {name: absent, port: 1, enabled: false}
                management: {existingSecret: operators}
                tlsBundles: [{name: edge, secretName: edge-tls, clientCaSecretName: edge-clients}]
                """.formatted(freePorts(3)));
        Map<String, String> certificate = Certificate.asSecret(directory);
        PodFiles files = PodFiles.mount(
                directory,
                rendered,
                Map.of(
                        "operators", Map.of("username", "tower", "password", "cleared\n"),
                        "edge-tls", certificate,
                        "edge-clients", Map.of("ca.crt", certificate.getOrDefault("tls.crt", ""))));
        try (ConfigurableApplicationContext application = SpringApplication.run(
                ReadbackApplication.class,
                "--server.port=0",
                "--spring.config.additional-location=" + files.variable("SPRING_CONFIG_ADDITIONAL_LOCATION"))) {
            Map<String, Integer> ports = rendered.container().getPorts().stream()
                    .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
            assertThat(application
                            .getBeansOfType(NettyServerConnectionFactory.class)
                            .values())
                    .extracting(NettyServerConnectionFactory::getPort)
                    .containsExactlyInAnyOrderElementsOf(rendered.listeners().getSpec().getPorts().stream()
                            .map(ServicePort::getTargetPort)
                            .map(it -> ports.getOrDefault(it.getStrVal(), 0))
                            .toList());
            assertThat(exchange(ports.getOrDefault("echo", 0), "hello")).isEqualTo("hello\ni get it!\n");
            int longName = application
                    .getBean("a-listener-with-a-long-name.connections", NettyServerConnectionFactory.class)
                    .getPort();
            assertThat(exchange(longName, "hello")).isEqualTo("hello\na-listener-with-a-long-name\n");
            assertThat(status(application, "tower:cleared")).isEqualTo(200);
            assertThat(status(application, "tower:guessed")).isEqualTo(401);
            SslStoreBundle stores =
                    application.getBean(SslBundles.class).getBundle("edge").getStores();
            assertThat(stores.getKeyStore()).isNotNull();
            assertThat(stores.getTrustStore()).isNotNull();
        }
    }

    @Test
    void acceptsEverySettingThatAListenerCanHave() throws IOException {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new ByteArrayResource(
                Chart.render(Chart.everything()).applicationYaml().getBytes(StandardCharsets.UTF_8)));
        Properties properties = Objects.requireNonNull(yaml.getObject());
        ReadbackSettings settings = Settings.all(properties.entrySet().stream()
                .map(it -> it.getKey() + "=" + it.getValue())
                .toArray(String[]::new));
        assertThat(settings.drainTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.listeners())
                .containsOnlyKeys("echo", "length", "struct", "a-listener-with-a-long-name", "absent");
    }

    private static Object[] freePorts(int count) throws IOException {
        Object[] ports = new Object[count];
        ServerSocket[] sockets = new ServerSocket[count];
        for (int i = 0; i < count; i++) {
            sockets[i] = new ServerSocket(0);
            ports[i] = sockets[i].getLocalPort();
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private static String exchange(int port, String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static int status(ConfigurableApplicationContext application, String login) throws Exception {
        String port = application.getEnvironment().getRequiredProperty("local.server.port");
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/listeners"))
                .timeout(Duration.ofMillis(PATIENCE_MILLIS))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<Void> response = http.send(request, BodyHandlers.discarding());
            return response.statusCode();
        }
    }
}
