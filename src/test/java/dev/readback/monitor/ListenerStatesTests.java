package dev.readback.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.readback.TestApplication;
import dev.readback.net.ListenerBindException;
import dev.readback.net.NettyServerConnectionFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The metric of a listener's state follows the listener, and there is none for one that is not there. */
class ListenerStatesTests {

    private static final String NAME = "readback_listener_state";

    @Test
    void followsTheListener() throws Exception {
        try (TestApplication application = TestApplication.start(
                "readback.listeners.echo.address=127.0.0.1",
                "readback.listeners.off.enabled=false",
                "readback.listeners.off.port=0")) {
            NettyServerConnectionFactory echo =
                    application.context().getBean("echo.connections", NettyServerConnectionFactory.class);
            assertThat(states(application))
                    .containsExactlyInAnyOrder(
                            series("listening", 1),
                            series("paused", 0),
                            series("draining", 0),
                            series("stopped", 0),
                            series("failed", 0));
            echo.pause();
            assertThat(states(application)).contains(series("listening", 0), series("paused", 1));
            try (ServerSocket taken = new ServerSocket(echo.getPort(), 1, InetAddress.getLoopbackAddress())) {
                assertThat(taken.isBound()).isTrue();
                assertThatThrownBy(echo::resume).isInstanceOf(ListenerBindException.class);
            }
            assertThat(states(application)).contains(series("paused", 0), series("failed", 1));
            echo.resume();
            assertThat(states(application)).contains(series("listening", 1), series("failed", 0));
        }
    }

    private static List<String> states(TestApplication application) throws Exception {
        return application
                .get("/actuator/prometheus")
                .body()
                .lines()
                .filter(it -> it.startsWith(NAME))
                .toList();
    }

    private static String series(String state, double value) {
        return "%s{listener=\"echo\",state=\"%s\"} %s".formatted(NAME, state, value);
    }
}
