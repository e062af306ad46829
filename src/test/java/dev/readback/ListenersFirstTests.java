package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.readback.net.NettyServerConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.config.SingletonBeanRegistry;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.reactive.ConfigurableReactiveWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** Listeners are open while the rest of the application is still to be made. */
@ExtendWith(OutputCaptureExtension.class)
class ListenersFirstTests {

    private static final int PATIENCE_MILLIS = 20_000;
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    @Test
    void answersBeforeTheWebServerIsMade() {
        List<String> replies = new ArrayList<>();
        // the main thread makes the web server meanwhile, so a reply that needs a bean that is not there would never
        // come
        start(
                        port -> {
                            try (Socket client = connect(port)) {
                                client.getOutputStream().write(HELLO);
                                client.shutdownOutput();
                                replies.add(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                            }
                        },
                        "--server.port=0")
                .close();
        assertThat(replies).containsExactly("hello\ni get it!\n");
    }

    @Test
    void drainsWhenTheManagementPortIsInUse(CapturedOutput output) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThatThrownBy(() -> start(
                            port -> {
                                Socket client = connect(port);
                                clients.add(client);
                                client.getOutputStream().write(HELLO);
                                client.shutdownOutput();
                            },
                            "--server.port=" + taken.getLocalPort()))
                    .isNotNull();
            assertThat(output).contains("Port " + taken.getLocalPort() + " was already in use");
        }
        try (Socket client = clients.getFirst()) {
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("hello\ni get it!\n");
        }
        assertThat(output)
                .contains("listener 'echo' stopped")
                .containsPattern("Drained \\d connections and reset 0 in");
    }

    @Test
    void drainsWhenTheWebServerCannotBeMade(CapturedOutput output) {
        assertThatThrownBy(() -> start(
                        port -> {
                            throw new IOException("no web server");
                        },
                        "--server.port=0"))
                .hasStackTraceContaining("no web server");
        assertThat(output).contains("listener 'echo' stopped").containsPattern("Drained 0 connections and reset 0 in");
    }

    @Test
    void closesTheOtherListenersWhenOneCannotBind(CapturedOutput output) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // keeps the order, which arguments do not
            String listeners = """
                    {"readback": {"listeners": {
                      "echo": {"port": 0}, "second": {"address": "127.0.0.1", "port": %d}}}}""".formatted(taken.getLocalPort());
            assertThatThrownBy(() -> start(port -> {}, "--server.port=0", "--spring.application.json=" + listeners))
                    .isNotNull();
            assertThat(output)
                    .contains("listener 'echo' listens on")
                    .contains("listener 'second' cannot bind 127.0.0.1:" + taken.getLocalPort())
                    .contains("listener 'echo' stopped");
        }
    }

    private static ConfigurableApplicationContext start(Client client, String... settings) {
        SpringApplication application = new SpringApplication(ReadbackApplication.class);
        // what is logged is there at once
        application.setDefaultProperties(Map.of("readback.listeners.echo.port", "0", "readback.log-queue", "0"));
        application.addInitializers(context ->
                context.getBeanFactory().registerSingleton("client", new Customizer(context.getBeanFactory(), client)));
        return application.run(settings);
    }

    private static Socket connect(int port) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(PATIENCE_MILLIS);
        return client;
    }

    private interface Client {

        void meet(int port) throws IOException;
    }

    /** Is asked while the web server is made. */
    private record Customizer(SingletonBeanRegistry beans, Client client)
            implements WebServerFactoryCustomizer<ConfigurableReactiveWebServerFactory> {

        @Override
        public void customize(ConfigurableReactiveWebServerFactory factory) {
            // this makes no bean
            if (!(beans.getSingleton("echo.connections") instanceof NettyServerConnectionFactory listener)) {
                throw new AssertionError("there is no listener yet");
            }
            try {
                client.meet(listener.getPort());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
