package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.readback.net.TestListener.Transport;
import dev.readback.testing.LogRecorder;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections that are not to be taken are turned away, on each transport, and leave nothing behind. */
class RefusalTests {

    @ParameterizedTest
    @CsvSource({
        "access.allow=127.0.0.1, 127.0.0.1, true",
        "access.allow=127.0.0.1, 127.0.0.2, false",
        "access.allow=127.0.0.0/8, 127.0.0.2, true",
        "access.allow=::ffff:127.0.0.0/104, 127.0.0.2, true",
        "access.allow=::/0, 127.0.0.1, false",
        "access.allow=10.0.0.0/8, 127.0.0.1, false",
        "access.deny=127.0.0.2, 127.0.0.1, true",
        "access.deny=127.0.0.2, 127.0.0.2, false",
        "access.deny=0.0.0.0/0, 127.0.0.1, false",
    })
    void judgesClientsByTheirAddress(String rule, String client, boolean served) throws Exception {
        for (Transport transport : Transport.available().toList()) {
            try (TestListener listener = TestListener.start(transport, rule);
                    Socket socket = listener.connectFrom(client)) {
                if (served) {
                    Replies.exchange(socket, "hello");
                } else {
                    assertThat(listener.observer().nextRefused()).isEqualTo(RefusalReason.DENIED);
                    expectEnd(socket);
                }
                assertThat(listener.observer().acceptedConnections()).isEqualTo(served ? 1 : 0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void deniesWhatBothRulesName(Transport transport) throws Exception {
        try (TestListener listener =
                        TestListener.start(transport, "access.allow=127.0.0.0/8", "access.deny=127.0.0.2");
                Socket denied = listener.connectFrom("127.0.0.2");
                Socket allowed = listener.connectFrom("127.0.0.3")) {
            assertThat(listener.observer().nextRefused()).isEqualTo(RefusalReason.DENIED);
            expectEnd(denied);
            Replies.exchange(allowed, "hello");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void takesNoMoreConnectionsThanTheLimitAndOthersOnceTheyAreGone(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, "limits.connections=2")) {
            List<Socket> open = List.of(listener.connect(), listener.connect());
            for (Socket each : open) {
                Replies.exchange(each, "hello");
            }
            try (Socket third = listener.connect()) {
                assertThat(listener.observer().nextRefused()).isEqualTo(RefusalReason.LIMIT);
                expectEnd(third);
            }
            for (Socket each : open) {
                Replies.exchange(each, "still here");
                each.close();
                listener.observer().nextClosed();
            }
            for (Socket each : List.of(listener.connect(), listener.connect())) {
                Replies.exchange(each, "again");
                each.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void limitsEachAddressByItself(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, "limits.connections-per-address=1");
                Socket first = listener.connectFrom("127.0.0.2");
                Socket other = listener.connectFrom("127.0.0.3")) {
            Replies.exchange(first, "hello");
            Replies.exchange(other, "hello");
            try (Socket second = listener.connectFrom("127.0.0.2")) {
                assertThat(listener.observer().nextRefused()).isEqualTo(RefusalReason.ADDRESS_LIMIT);
                expectEnd(second);
            }
            first.close();
            listener.observer().nextClosed();
            try (Socket second = listener.connectFrom("127.0.0.2")) {
                Replies.exchange(second, "hello");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void countsBothLimitsRightAfterMany(Transport transport) throws Exception {
        try (TestListener listener =
                TestListener.start(transport, "limits.connections=4", "limits.connections-per-address=2")) {
            for (int round = 0; round < 50; round++) {
                List<Socket> clients = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    clients.add(listener.connectFrom("127.0.0.2"));
                }
                for (Socket client : clients) {
                    client.close();
                }
            }
            long all = 200;
            await().until(() ->
                    listener.observer().refused() + listener.observer().acceptedConnections() == all);
            await().until(() -> listener.observer().active() == 0);
            try (Socket first = listener.connectFrom("127.0.0.2");
                    Socket second = listener.connectFrom("127.0.0.2");
                    Socket third = listener.connectFrom("127.0.0.3");
                    Socket fourth = listener.connectFrom("127.0.0.3")) {
                for (Socket each : List.of(first, second, third, fourth)) {
                    Replies.exchange(each, "hello");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void writesFewLinesForManyRefusals(Transport transport) throws Exception {
        try (LogRecorder log = LogRecorder.of(RefusalLog.class);
                TestListener listener = TestListener.start(transport, "limits.connections=1");
                Socket only = listener.connect()) {
            Replies.exchange(only, "hello");
            long begin = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                listener.connect().close();
            }
            await().until(() -> listener.observer().refused() == 100);
            long seconds = (System.nanoTime() - begin) / 1_000_000_000;
            assertThat(log.lines(Level.WARN)).hasSizeBetween(1, 1 + (int) seconds);
            assertThat(log.lines(Level.WARN).getFirst())
                    .startsWith("listener 'test' refused 127.0.0.1:")
                    .endsWith(": limit; 0 more since the last such line");
            Replies.exchange(only, "served all the while");
        }
    }

    /** The end of the stream, or a reset: either may be what a client sees whose data is not read. */
    static void expectEnd(Socket client) throws IOException {
        try {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }
}
