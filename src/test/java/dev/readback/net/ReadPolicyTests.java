package dev.readback.net;

import static dev.readback.net.NettyServerConnectionFactory.HIGH_WATER;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.readback.net.TestListener.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** One read takes so much, one turn takes so many, and a connection that is paused takes none. */
class ReadPolicyTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Nested
    class Turn {

        private final TestChannel channel = new TestChannel();
        private final ChannelConfig config = channel.config();

        @AfterEach
        void close() {
            channel.unsafe().closeForcibly();
        }

        @Test
        void readsAtMostTheReadSizeAndKeepsRoomBehindIt() {
            ExtendedHandle handle = begin(1000);
            ByteBuf buffer = handle.allocate(ByteBufAllocator.DEFAULT);
            assertThat(handle.guess()).isEqualTo(1000);
            assertThat(buffer.writableBytes()).isEqualTo(1000);
            buffer.writeZero(1000);
            assertThat(buffer.maxFastWritableBytes()).isGreaterThanOrEqualTo(Outbox.ROOM);
            buffer.release();
        }

        @Test
        void endsWhenThereIsNothingMoreToRead() {
            ExtendedHandle handle = begin(1000);
            read(handle, 1000);
            assertThat(handle.continueReading()).isTrue();
            read(handle, 999);
            assertThat(handle.continueReading()).isFalse();
        }

        @Test
        void endsAfterItsBytes() {
            ExtendedHandle handle = begin(ReadPolicy.TURN / 4);
            for (int i = 0; i < 4; i++) {
                read(handle, ReadPolicy.TURN / 4);
                assertThat(handle.continueReading()).isEqualTo(i < 3);
            }
            assertThatTurnIsOver(handle);
        }

        @Test
        void endsAfterItsReads() {
            ExtendedHandle handle = begin(10);
            for (int i = 1; i <= ReadPolicy.READS; i++) {
                read(handle, 10);
                assertThat(handle.continueReading()).isEqualTo(i < ReadPolicy.READS);
            }
            assertThatTurnIsOver(handle);
        }

        @Test
        void endsBeforeTheSecondReadWhileReadingIsPaused() {
            config.setAutoRead(false);
            ExtendedHandle handle = begin(1000);
            read(handle, 1000);
            assertThat(handle.continueReading()).isFalse();
            assertThatTurnIsOver(handle);
        }

        @Test
        void endsWhenReadingIsPausedInTheMiddle() {
            ExtendedHandle handle = begin(1000);
            read(handle, 1000);
            read(handle, 1000);
            config.setAutoRead(false);
            assertThat(handle.continueReading()).isFalse();
            assertThatTurnIsOver(handle);
        }

        @Test
        void beginsAnew() {
            ExtendedHandle handle = begin(ReadPolicy.TURN);
            read(handle, ReadPolicy.TURN);
            assertThatTurnIsOver(handle);
            handle.reset(config);
            read(handle, ReadPolicy.TURN);
        }

        @Test
        void isNoErrorOfTheConnection() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                ExtendedHandle handle = begin(ReadPolicy.TURN);
                read(handle, ReadPolicy.TURN);
                assertThatExceptionOfType(ReadPolicy.TurnOver.class)
                        .isThrownBy(() -> handle.allocate(ByteBufAllocator.DEFAULT))
                        .satisfies(over -> it.channel().pipeline().fireExceptionCaught(over));
                assertThat(it.isUntouched()).isTrue();
            }
        }

        private ExtendedHandle begin(int readSize) {
            ReadPolicy policy = new ReadPolicy(readSize, Outbox.ROOM);
            config.setRecvByteBufAllocator(policy);
            ExtendedHandle handle = policy.newHandle();
            handle.reset(config);
            return handle;
        }

        /** Reads as the transports do. */
        private static void read(ExtendedHandle handle, int bytes) {
            ByteBuf buffer = handle.allocate(ByteBufAllocator.DEFAULT);
            handle.attemptedBytesRead(buffer.writableBytes());
            handle.lastBytesRead(bytes);
            handle.incMessagesRead(1);
            buffer.release();
        }

        private static void assertThatTurnIsOver(ExtendedHandle handle) {
            assertThatExceptionOfType(ReadPolicy.TurnOver.class)
                    .isThrownBy(() -> handle.allocate(ByteBufAllocator.DEFAULT));
        }
    }

    /** A client that sends much, shuts its side and does not read: epoll would read it to its end. */
    @Nested
    class Epolled {

        private static final int FIN_SEEN = 8; // TCP_CLOSE_WAIT
        private static final int CHUNK = 4 * 1024;
        private static final int SMALL = 16 * 1024;
        private static final int LARGE = 8 * 1024 * 1024;
        private static final int HELD = HIGH_WATER + ReadPolicy.TURN;

        /** The small send buffer here and receive buffer there, as generous as kernels are. */
        private static final int IN_THE_KERNEL = 256 * 1024;

        @Test
        @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) // a write that blocks hears no interrupt
        void holdsLittleForAClientThatShutsItsSideAndDoesNotRead() throws Exception {
            assumeThat(Epoll.isAvailable()).as("epoll, whose trap this is").isTrue();
            try (TestListener listener = TestListener.start(Transport.EPOLL, "timeouts.write=0s");
                    Socket client = new Socket()) {
                client.setReceiveBufferSize(SMALL);
                client.connect(listener.address());
                client.setSoTimeout((int) PATIENCE.toMillis());
                Connection connection = onlyConnection(listener);
                EpollSocketChannel channel = (EpollSocketChannel) connection.channel();
                channel.config().setOption(ChannelOption.SO_SNDBUF, SMALL);
                channel.config().setOption(ChannelOption.SO_RCVBUF, LARGE);

                Pattern sent = new Pattern();
                while (listener.observer().readsPaused() == 0) {
                    client.getOutputStream().write(sent.next(CHUNK));
                    await().pollInterval(Duration.ofMillis(1))
                            .atMost(PATIENCE)
                            .until(() -> listener.observer().receivedBytes() == sent.length
                                    || listener.observer().readsPaused() > 0);
                }
                // half of the buffer is for the kernel's own use; more than fits would hold up the FIN
                int unread = channel.config().getOption(ChannelOption.SO_RCVBUF) / 4;
                client.getOutputStream().write(sent.next(unread));
                client.shutdownOutput();
                await().atMost(PATIENCE).until(() -> channel.tcpInfo().state() == FIN_SEEN);
                for (int round = 0; round < 10; round++) {
                    assertThat(held(connection)).isLessThan(HELD);
                }
                assertThat(listener.observer().receivedBytes()).isLessThan(HELD + IN_THE_KERNEL);

                assertAnswered(client.getInputStream(), sent.length);
                assertThat(listener.observer().nextClosed())
                        .returns(CloseReason.PEER_CLOSED, ConnectionSummary::reason)
                        .returns(sent.length, ConnectionSummary::received);
            }
        }

        private static Connection onlyConnection(TestListener listener) {
            await().atMost(PATIENCE)
                    .until(() -> listener.factory().connections().size() == 1);
            return listener.factory().connections().getFirst();
        }

        /** How many bytes wait in memory for the client, after one more round of the event loop. */
        private static long held(Connection connection) throws Exception {
            return connection
                    .channel()
                    .eventLoop()
                    .submit(() -> connection.channel().unsafe().outboundBuffer().totalPendingWriteBytes())
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        /** Takes the acknowledgements out, wherever reads have cut, and compares what is left with what was sent. */
        private static void assertAnswered(InputStream in, long length) throws IOException {
            String echo = new String(in.readAllBytes(), ISO_8859_1).replace(TestListener.ACKNOWLEDGEMENT, "");
            assertThat(echo.length()).isEqualTo((int) length);
            assertThat(echo.equals(new String(new Pattern().next((int) length), ISO_8859_1)))
                    .as("the echo is what was sent")
                    .isTrue();
        }
    }

    /** Bytes that say where they belong, and are never one that begins an acknowledgement. */
    private static final class Pattern {

        private static final int PRIME = 199;

        private long length;

        byte[] next(int count) {
            byte[] bytes = new byte[count];
            for (int i = 0; i < count; i++) {
                bytes[i] = (byte) (20 + length++ % PRIME);
            }
            return bytes;
        }
    }
}
