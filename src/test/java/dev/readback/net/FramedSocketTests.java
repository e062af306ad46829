package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.readback.net.TestListener.Transport;
import io.netty.channel.ChannelOutboundBuffer;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames over real sockets, on each transport. */
class FramedSocketTests {

    private static final String TRANSPORTS = "dev.readback.net.TestListener$Transport#available";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @MethodSource(TRANSPORTS)
    void answersAThousandFramesOfOneSegmentInOrderInFewWrites(Transport transport) throws Exception {
        ByteBuffer frames = ByteBuffer.allocate(4 * 1000);
        ByteBuffer expected = ByteBuffer.allocate((4 + 11) * 1000);
        for (int i = 0; i < 1000; i++) {
            frames.putInt(i);
            expected.putInt(i).put(bytes(TestListener.ACKNOWLEDGEMENT));
        }
        try (TestListener listener = TestListener.start(transport, "framing.type=struct", "framing.format=!I");
                Socket client = listener.connect()) {
            client.getOutputStream().write(frames.array());

            assertThat(client.getInputStream().readNBytes(expected.capacity())).isEqualTo(expected.array());
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> listener.observer().frames() == 1000);
            // one; two or three where loopback cuts the segment
            assertThat(listener.observer().turns()).isLessThanOrEqualTo(3);
        }
    }

    @ParameterizedTest
    @MethodSource(TRANSPORTS)
    void answersTheFramesBeforeBadOnesAndThenEndsWithoutAReset(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, "framing.type=length");
                Socket client = listener.connect()) {
            client.getOutputStream().write(HexFormat.of().parseHex("00000003616263ffffffff"));
            client.getOutputStream().write(new byte[100_000]);

            assertThat(client.getInputStream().readAllBytes())
                    .isEqualTo(bytes("\0\0\0\3abc" + TestListener.ACKNOWLEDGEMENT));
            client.shutdownOutput();
            assertThat(listener.observer().nextClosed())
                    .returns(CloseReason.FRAME_TOO_LARGE, ConnectionSummary::reason)
                    .returns(1L, ConnectionSummary::frames)
                    .returns(7L + 4 + 100_000, ConnectionSummary::received);
        }
    }

    @ParameterizedTest
    @MethodSource(TRANSPORTS)
    void answersTheFramesBeforeATruncatedOne(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport, "framing.type=line");
                Socket client = listener.connect()) {
            client.getOutputStream().write(bytes("whole\r\npart"));
            client.shutdownOutput();

            assertThat(client.getInputStream().readAllBytes())
                    .isEqualTo(bytes("whole\r\n" + TestListener.ACKNOWLEDGEMENT));
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.FRAME_TRUNCATED);
        }
    }

    @ParameterizedTest
    @MethodSource(TRANSPORTS)
    void putsALargeFrameTogether(Transport transport) throws Exception {
        byte[] line = new byte[1024 * 1024];
        line[line.length - 1] = '\n';
        try (TestListener listener = TestListener.start(transport, "framing.type=line", "framing.max-length=1MB");
                Socket client = listener.connect()) {
            client.getOutputStream().write(line);

            assertThat(client.getInputStream().readNBytes(line.length)).isEqualTo(line);
            assertThat(client.getInputStream().readNBytes(11)).isEqualTo(bytes(TestListener.ACKNOWLEDGEMENT));
        }
    }

    @ParameterizedTest
    @MethodSource(TRANSPORTS)
    void holdsLittleForAPeerThatSendsFramesAndDoesNotRead(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(
                        transport,
                        "framing.type=struct",
                        "framing.format=B",
                        "timeouts.write=0s",
                        "timeouts.frame=1s",
                        "timeouts.linger=0s");
                SocketChannel client = SocketChannel.open()) {
            client.setOption(StandardSocketOptions.SO_RCVBUF, 4096).connect(listener.address());
            client.configureBlocking(false);
            ByteBuffer records = ByteBuffer.allocate(64 * 1024);
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        client.write(records.clear());
                        return listener.observer().readsPaused() > 0;
                    });
            Connection connection = listener.factory().connections().getFirst();

            long waiting = connection
                    .channel()
                    .eventLoop()
                    .submit(() -> waiting(connection))
                    .get(20, TimeUnit.SECONDS);

            // what is over the water mark comes from one read: 4 KB of records with 11 bytes of acknowledgement each
            assertThat(waiting).isGreaterThan(0).isLessThan(NettyServerConnectionFactory.HIGH_WATER + 4096 * 12 + 4096);
            assertThat(connection.isOpen()).isTrue();
        }
    }

    private static long waiting(Connection connection) {
        ChannelOutboundBuffer buffer = connection.channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }
}
