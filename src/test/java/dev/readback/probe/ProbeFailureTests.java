package dev.readback.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Every way in which a server can fall short has a sentence of its own. */
class ProbeFailureTests {

    private static final int REQUEST = "readback".length();
    private static final String REPLY = "readback\ni get it!\n";

    @Test
    void tellsThatNobodyListens() throws IOException {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        ProbeRun run = ProbeRun.against(port, "--echo");
        assertThat(run.status()).isEqualTo(Probe.FAILED);
        assertThat(run.out()).isEqualTo("echo        failed  0 of 1\n");
        assertThat(run.err()).isEqualTo("127.0.0.1:PORT echo: 127.0.0.1:PORT refused the connection\n");
    }

    @Test
    void tellsThatTheNameIsUnknown() {
        ProbeRun run = ProbeRun.of("--half-close", "nowhere.invalid:12345");
        assertThat(run.status()).isEqualTo(Probe.FAILED);
        assertThat(run.err())
                .isEqualTo("nowhere.invalid:12345 half-close: no host is known by the name 'nowhere.invalid'\n");
    }

    @Test
    void tellsThatNoReplyComes() {
        assertThat(trouble(FakeServer::silence, "--echo", "--timeout", "200ms"))
                .isEqualTo("echo: the reply was not complete within 200 ms, before any byte of the reply");
    }

    @Test
    void tellsHowMuchOfTheReplyCame() {
        assertThat(trouble(
                        client -> {
                            FakeServer.answering(REQUEST, "readback\ni").serve(client);
                            FakeServer.silence(client);
                        },
                        "--echo",
                        "--timeout",
                        "300ms"))
                .isEqualTo("echo: the reply was not complete within 300 ms, after 10 bytes of the reply");
    }

    @Test
    void tellsThatTheReplyIsShort() {
        assertThat(trouble(FakeServer.answering(REQUEST, "readback\ni"), "--echo"))
                .isEqualTo(
                        "echo: the connection ended after 10 bytes of the reply:" + " expected next was ' get it!\\n'");
    }

    @Test
    void tellsThatTheConnectionEndedAtOnce() {
        assertThat(trouble(client -> {}, "--half-close"))
                .isEqualTo("half-close: the connection ended before any byte of the reply:"
                        + " expected next was 'readback'");
    }

    @Test
    void tellsThatTheReplyIsLong() {
        assertThat(trouble(FakeServer.answering(REQUEST, REPLY + "\0more"), "--half-close"))
                .isEqualTo("half-close: the reply goes on after its 19 bytes, with '\\x00more'");
    }

    @Test
    void tellsWhereTheReplyDiffers() {
        assertThat(trouble(FakeServer.answering(REQUEST, "readbook\ni get it!\n"), "--echo", "--ack", ""))
                .isEqualTo("echo: the reply differs at offset 5: expected was 'ack', received 'ook\\ni get it!\\n'");
    }

    @Test
    void tellsThatTheAcknowledgementDiffers() {
        assertThat(trouble(FakeServer.answering(REQUEST, "readback\ngot it\n"), "--echo"))
                .isEqualTo("echo: the reply differs at offset 9: expected was 'i get it!\\n', received 'got it\\n'");
    }

    @Test
    void tellsOfAResetInPlaceOfAReply() {
        assertThat(trouble(
                        client -> {
                            client.getInputStream().readNBytes(REQUEST);
                            FakeServer.reset(client);
                        },
                        "--echo"))
                .isEqualTo("echo: the connection was reset before any byte of the reply");
    }

    @Test
    void tellsOfAResetInPlaceOfACleanEnd() {
        assertThat(trouble(
                        client -> {
                            FakeServer.answering(REQUEST, REPLY).serve(client);
                            client.getInputStream().read(); // the end of the request, so that the reply is on its way
                            FakeServer.reset(client);
                        },
                        "--half-close",
                        "--ack",
                        "\\ni get it!\\n"))
                .startsWith("half-close: the connection was reset ");
    }

    @Test
    void tellsThatTheServerKeepsTheConnectionOpen() {
        CountDownLatch over = new CountDownLatch(1);
        FakeServer.Behaviour behaviour = client -> {
            FakeServer.answering(REQUEST, REPLY).serve(client);
            awaitEnd(over);
        };
        try (FakeServer server = FakeServer.start(behaviour)) {
            ProbeRun run = ProbeRun.against(server.port(), "--half-close", "--timeout", "300ms");
            over.countDown();
            assertThat(run.err())
                    .isEqualTo("127.0.0.1:PORT half-close: the server did not end the connection within 300 ms,"
                            + " after the whole reply of 19 bytes\n");
        }
    }

    @Test
    void tellsThatASilentConnectionEndedTooSoon() {
        assertThat(trouble(client -> {}, "--idle", "5s"))
                .matches("idle: the server ended the silent connection after # ms, expected was 5 s");
    }

    @Test
    void tellsThatASilentConnectionWasNotEnded() {
        assertThat(trouble(FakeServer::silence, "--idle", "200ms", "--tolerance", "100ms"))
                .isEqualTo("idle: the server did not end the silent connection within 300 ms, expected was 200 ms");
    }

    @Test
    void tellsThatASilentConnectionWasReset() {
        assertThat(trouble(FakeServer::resetWhenRead, "--idle", "5s"))
                .isEqualTo("idle: the silent connection was reset after # ms, expected was a clean end after 5 s");
    }

    @Test
    void tellsThatTheServerSpeaksNoTls() {
        assertThat(trouble(FakeServer.answering(REQUEST, REPLY), "--echo", "--tls", "--insecure"))
                .startsWith("echo: the TLS handshake failed: ");
    }

    @Test
    void readsAReplyThatComesInSmallPieces() {
        try (FakeServer server = FakeServer.start(FakeServer.trickling("\ni get it!\n"))) {
            ProbeRun run = ProbeRun.against(server.port(), "--half-close", "--size", "101");
            assertThat(run.err()).isEmpty();
            assertThat(run.status()).isEqualTo(Probe.PASSED);
        }
    }

    @Test
    void goesOnAfterAFailureOnANewConnection() {
        int[] connections = {0};
        FakeServer.Behaviour behaviour = client -> {
            String reply = connections[0]++ == 0 ? "nonsense" : REPLY;
            FakeServer.answering(REQUEST, reply).serve(client);
            client.getInputStream().readNBytes(REQUEST);
        };
        try (FakeServer server = FakeServer.start(behaviour)) {
            ProbeRun run = ProbeRun.against(server.port(), "--echo", "--count", "2", "--interval", "0s");
            assertThat(run.out())
                    .isEqualTo("echo        failed  1 of 2, minimum # ms, median # ms, p99 # ms; connected in # ms\n");
            assertThat(run.err())
                    .isEqualTo("127.0.0.1:PORT echo: the reply differs at offset 0:"
                            + " expected was 'readback', received 'nonsense'\n");
            assertThat(run.status()).isEqualTo(Probe.FAILED);
        }
    }

    @Test
    void tellsMachinesTheSame() {
        try (FakeServer server = FakeServer.start(FakeServer.answering(REQUEST, "readback\n\"\1\"\n"))) {
            ProbeRun run = ProbeRun.against(server.port(), "--echo", "--json");
            assertThat(run.out())
                    .isEqualTo("{\"target\":\"127.0.0.1:PORT\",\"passed\":false,\"checks\":[{\"name\":\"echo\","
                            + "\"passed\":false,\"attempts\":1,\"passes\":0,\"connectSeconds\":{\"minimum\":#,"
                            + "\"median\":#,\"p99\":#},\"seconds\":null,\"error\":{\"fault\":\"different\","
                            + "\"message\":\"the reply differs at offset 9: expected was 'i get it!\\\\n', received"
                            + " '\\\"\\\\x01\\\"\\\\n'\"}}]}\n");
        }
    }

    private static void awaitEnd(CountDownLatch over) {
        try {
            assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String trouble(FakeServer.Behaviour behaviour, String... arguments) {
        try (FakeServer server = FakeServer.start(behaviour)) {
            ProbeRun run = ProbeRun.against(server.port(), arguments);
            assertThat(run.status()).isEqualTo(Probe.FAILED);
            assertThat(run.out()).endsWith("failed  0 of 1\n");
            return run.err().strip().replaceFirst("^127.0.0.1:PORT ", "");
        }
    }
}
