package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.readback.net.TestListener.Transport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes in comes back, acknowledged, on each transport. */
class ExchangeTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MEGABYTE = 1024 * 1024;

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void echoesAndAcknowledgesInOneSegment(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport);
                Socket client = listener.connect()) {
            client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            byte[] buffer = new byte[100];
            int length = client.getInputStream().read(buffer);
            assertThat(new String(buffer, 0, length, StandardCharsets.US_ASCII)).isEqualTo("hello\ni get it!\n");
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(listener.observer().nextClosed())
                    .returns(CloseReason.PEER_CLOSED, ConnectionSummary::reason)
                    .returns(5L, ConnectionSummary::received)
                    .returns(16L, ConnectionSummary::sent)
                    .returns(1L, ConnectionSummary::frames)
                    .returns(1L, ConnectionSummary::acknowledgements);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void megabyteInOneGoComesBackWholeAndInOrder(Transport transport) throws Exception {
        byte[] sent = Replies.payload(MEGABYTE);
        try (ExecutorService sender = Executors.newVirtualThreadPerTaskExecutor();
                TestListener listener = TestListener.start(transport);
                Socket client = listener.connect()) {
            Future<?> sending = sender.submit(() -> sendAndShut(client, sent));
            Replies replies = Replies.readAll(client);
            assertThat(sending).succeedsWithin(PATIENCE);
            assertWhole(replies, sent, listener);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void clientThatReadsLateGetsEveryByte(Transport transport) throws Exception {
        byte[] sent = Replies.payload(8 * MEGABYTE);
        try (ExecutorService sender = Executors.newVirtualThreadPerTaskExecutor();
                TestListener listener = TestListener.start(transport);
                Socket client = listener.connect(4096)) {
            Future<?> sending = sender.submit(() -> sendAndShut(client, sent));
            await().atMost(PATIENCE).until(() -> listener.observer().readsPaused() > 0);
            Replies replies = Replies.readAll(client);
            assertThat(sending).succeedsWithin(PATIENCE);
            assertWhole(replies, sent, listener);
        }
    }

    private static void assertWhole(Replies replies, byte[] sent, TestListener listener) throws Exception {
        assertThat(replies.payload().equals(Replies.text(sent)))
                .as("%d bytes came back as they were sent", replies.payload().length())
                .isTrue();
        ConnectionSummary summary = listener.observer().nextClosed();
        assertThat(summary)
                .returns(CloseReason.PEER_CLOSED, ConnectionSummary::reason)
                .returns((long) sent.length, ConnectionSummary::received)
                .returns((long) replies.acknowledgements(), ConnectionSummary::frames)
                .returns((long) replies.acknowledgements(), ConnectionSummary::acknowledgements);
        assertThat(summary.sent())
                .isEqualTo(sent.length + (long) replies.acknowledgements() * TestListener.ACKNOWLEDGEMENT.length());
        assertThat(listener.observer().sentBytes()).isEqualTo(summary.sent());
    }

    private static Object sendAndShut(Socket client, byte[] bytes) throws IOException {
        client.getOutputStream().write(bytes);
        client.shutdownOutput();
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void clientsThatShutTheirSideAtOnceLoseNothing(Transport transport) throws Exception {
        int clients = 200;
        byte[] sent = Replies.payload(10_000);
        List<Socket> open = new ArrayList<>();
        try (TestListener listener = TestListener.start(transport)) {
            for (int i = 0; i < clients; i++) {
                Socket client = listener.connect();
                open.add(client);
                sendAndShut(client, sent);
            }
            for (Socket client : open) {
                assertThat(Replies.readAll(client).payload()).isEqualTo(Replies.text(sent));
            }
            for (int i = 0; i < clients; i++) {
                assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
            }
        } finally {
            for (Socket client : open) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void answersEachByteOfClientThatSendsOneAtATime(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport);
                Socket client = listener.connect()) {
            for (char letter : "readback".toCharArray()) {
                Replies.exchange(client, String.valueOf(letter));
            }
            client.shutdownOutput();
            assertThat(listener.observer().nextClosed())
                    .returns(8L, ConnectionSummary::frames)
                    .returns(8L, ConnectionSummary::acknowledgements);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void answersFramesOfOneSegmentTogether(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, "framing.max-length=4B");
                Socket client = listener.connect()) {
            client.getOutputStream().write(Replies.bytes("aaaabbbbcc"));
            for (String frame : List.of("aaaa", "bbbb", "cc")) {
                Replies.expect(client.getInputStream(), frame);
            }
            client.shutdownOutput();
            assertThat(listener.observer().nextClosed()).returns(3L, ConnectionSummary::frames);
            assertThat(listener.observer().turns()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void cutsInputAtTheMaximumLengthOfAFrame(Transport transport) throws Exception {
        byte[] sent = Replies.payload(10_000);
        try (TestListener listener = TestListener.start(transport);
                Socket client = listener.connect()) {
            OutputStream out = client.getOutputStream();
            out.write(sent);
            client.shutdownOutput();
            Replies replies = Replies.readAll(client);
            assertThat(replies.payload()).isEqualTo(Replies.text(sent));
            assertThat(replies.acknowledgements()).isGreaterThanOrEqualTo(3); // 4096 + 4096 + 1808
        }
    }

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void connectionWithoutAByteEndsWithoutAByte(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport);
                Socket client = listener.connect()) {
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(listener.observer().nextClosed())
                    .returns(CloseReason.PEER_CLOSED, ConnectionSummary::reason)
                    .returns(0L, ConnectionSummary::received)
                    .returns(0L, ConnectionSummary::sent)
                    .returns(0L, ConnectionSummary::frames);
            assertThat(listener.observer().turns()).isZero();
        }
    }
}
