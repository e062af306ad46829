package dev.readback.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.readback.testing.LogRecorder;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes past the channel is what would go through it, and the channel has what is left. */
class DirectTests {

    private static final String ACKNOWLEDGEMENT = TestListener.ACKNOWLEDGEMENT;
    private static final long LENGTH = ACKNOWLEDGEMENT.length();

    @Nested
    class Embedded {

        @Test
        void answersWithoutTheChannel() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                read(it, "hello");
                assertThat(it.channel().taken()).isEqualTo("hello" + ACKNOWLEDGEMENT);
                assertThat(it.channel().takenDirectly()).isEqualTo(5 + LENGTH);
                assertThat(it.observer().receivedBytes()).isEqualTo(5);
                assertThat(it.observer().sentBytes()).isEqualTo(5 + LENGTH);
                assertThat(it.observer().acknowledgements()).isEqualTo(1);
            }
        }

        @Test
        void leavesToTheChannelWhatThePeerDoesNotTake() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.channel().peerTakes(3);
                read(it, "hello");
                read(it, "again");
                assertThat(it.channel().taken()).isEqualTo("hel");
                assertThat(it.observer().sentBytes()).isEqualTo(3);
                it.channel().peerTakesAll();
                assertThat(it.channel().taken()).isEqualTo("hello" + ACKNOWLEDGEMENT + "again" + ACKNOWLEDGEMENT);
                it.channel().peerShuts();
                assertThat(it.observer().nextClosed())
                        .returns(10L, ConnectionSummary::received)
                        .returns(10 + 2 * LENGTH, ConnectionSummary::sent);
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 3})
        void keepsNoLargeBufferForASmallRest(int taken) throws Exception {
            List<Integer> waiting = new ArrayList<>();
            try (TestConnection it = TestConnection.open()) {
                it.channel().peerTakes(taken);
                it.connection().wire().read(new Socketed(it.channel(), 16 * 1024, "hello"));
                it.channel().unsafe().outboundBuffer().forEachFlushedMessage(message -> {
                    waiting.add(((ByteBuf) message).capacity());
                    return true;
                });
                assertThat(waiting)
                        .singleElement()
                        .satisfies(it1 -> assertThat(it1).isLessThan(1024));
            }
        }

        @Test
        void timesAPeerThatDoesNotTakeWhatWentPastTheChannel() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.write=2s", "timeouts.idle=0s")) {
                it.channel().peerTakes(3);
                read(it, "hello");
                it.pass(Duration.ofSeconds(2));
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
            }
        }

        @Test
        void sendsBehindWhatTheChannelHasToSend() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                read(it, "first");
                it.channel().write(Unpooled.copiedBuffer("notice", US_ASCII)); // not flushed yet
                read(it, "second");
                assertThat(it.channel().taken())
                        .isEqualTo("first" + ACKNOWLEDGEMENT + "notice" + "second" + ACKNOWLEDGEMENT);
            }
        }

        @Test
        void closesWhoseWriteFailsAsResetByThePeer() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.channel().breakWrites();
                read(it, "hello");
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
            }
        }

        @Test
        void closesWhoseReadFailsAsResetByThePeer() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                assertThat(it.connection().wire().read(new Failing(new IOException("Connection reset by peer"))))
                        .isTrue();
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
            }
        }

        @Test
        void saysOfABugThatItIsOne() throws Exception {
            try (LogRecorder log = LogRecorder.of(Connection.class);
                    TestConnection it = TestConnection.open("timeouts.linger=0s")) {
                it.connection().wire().read(new Failing(new IllegalStateException("a bug")));
                assertThat(log.lines(Level.ERROR)).singleElement().asString().contains("connection test-1 failed");
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.ERROR);
            }
        }

        @Test
        void closesAndNoMoreWhereMemoryRunsOut() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.linger=0s")) {
                assertThat(it.connection().wire().read(new Failing(new OutOfMemoryError("a test's"))))
                        .isTrue();
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.ERROR);
            }
        }

        @Test
        void sendsAReplyWholeWhereMemoryRunsOut() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.channel().config().setAllocator(new NoMemory());
                it.channel().peerTakes(3);
                it.connection().wire().read(new Socketed(it.channel(), 16 * 1024, "hello"));
                it.channel().peerTakesAll();
                assertThat(it.channel().taken()).isEqualTo("hello" + ACKNOWLEDGEMENT);
            }
        }

        @Test
        void letsTheChannelLookWhereAReadIsFull() throws Exception {
            try (TestConnection it = TestConnection.open("framing.max-length=5")) {
                it.receiveDirectly("helloagain!".getBytes(US_ASCII));
                assertThat(it.channel().taken())
                        .isEqualTo("hello" + ACKNOWLEDGEMENT + "again" + ACKNOWLEDGEMENT + "!" + ACKNOWLEDGEMENT);
                assertThat(it.observer().turns()).isEqualTo(2);
            }
        }

        @Test
        void letsTheChannelLookWhereNothingCame() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                assertThat(it.connection().wire().read(it.channel().direct(Unpooled.EMPTY_BUFFER)))
                        .isFalse();
                assertThat(it.isUntouched()).isTrue();
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "tls.bundle=server",
                    "proxy-protocol.mode=required,proxy-protocol.trusted[0]=0.0.0.0/0",
                })
        void leavesWhatIsNotPlainToTheChannel(String settings) throws Exception {
            try (TestConnection it = TestConnection.open(settings.split(","))) {
                assertThatChannelReads(it);
                it.channel().peerShuts(); // gives back what TLS has
            }
        }

        @Test
        void leavesConnectionsThatEndToTheChannel() throws Exception {
            try (TestConnection it = TestConnection.open("half-close=keep-open")) {
                it.channel().peerShuts();
                assertThatChannelReads(it);
            }
            try (TestConnection it = TestConnection.open()) {
                it.ending().drain();
                assertThatChannelReads(it);
            }
            try (TestConnection it = TestConnection.open()) {
                it.ending().finish(CloseReason.OPERATOR);
                assertThatChannelReads(it);
            }
        }

        @Test
        void doesNotReadWhileReadingIsPaused() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.write=0s")) {
                it.channel().peerTakesNothing();
                it.receiveDirectly(new byte[NettyServerConnectionFactory.HIGH_WATER * 2]);
                assertThat(it.observer().readsPaused()).isEqualTo(1);
                assertThat(it.observer().receivedBytes())
                        .isLessThan(NettyServerConnectionFactory.HIGH_WATER
                                + it.connection().readSize());
                assertThatChannelReads(it);
            }
        }

        private static void assertThatChannelReads(TestConnection it) {
            ByteBuf input = Unpooled.wrappedBuffer(new byte[5]);
            assertThat(it.connection().wire().read(it.channel().direct(input))).isFalse();
            assertThat(input.readableBytes()).isEqualTo(5);
            input.release();
        }

        private static void read(TestConnection it, String text) {
            ByteBuf input = Unpooled.wrappedBuffer(text.getBytes(US_ASCII));
            assertThat(it.connection().wire().read(it.channel().direct(input))).isTrue();
            assertThat(input.isReadable()).isFalse();
            input.release();
        }
    }

    @Nested
    @EnabledIf("isThereEpoll")
    class OnEpoll {

        static boolean isThereEpoll() {
            return Epoll.isAvailable();
        }

        @Test
        void readsNothingByTheChannel() throws Exception {
            try (TestListener listener = TestListener.start(TestListener.Transport.DIRECT);
                    Socket client = listener.connect()) {
                for (int i = 0; i < 3; i++) {
                    exchange(client, "hello");
                }
                assertThat(readByChannel(listener)).isZero();
            }
            try (TestListener listener = TestListener.start(TestListener.Transport.EPOLL);
                    Socket client = listener.connect()) {
                exchange(client, "hello");
                assertThat(readByChannel(listener)).isEqualTo(5);
            }
        }

        @Test
        void answersAndTimesOnOneProcessorToo() throws Exception {
            try (TestListener listener = TestListener.start(EventLoops.direct(1), "timeouts.idle=2s");
                    Socket client = listener.connect()) {
                for (int i = 0; i < 100; i++) {
                    listener.loops().settle(); // woken from outside, again and again
                    exchange(client, "hello");
                }
                assertThat(readByChannel(listener)).isZero();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
                assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
            }
        }

        @Test
        void doesNotReadOverAFrameThatAFlowKeeps() throws Exception {
            AtomicReference<@Nullable ByteBuf> kept = new AtomicReference<>();
            try (TestListener listener = TestListener.start(TestListener.Transport.DIRECT, message -> {
                        if (kept.get() == null) {
                            kept.set(((ByteBuf) message.getPayload()).retainedSlice());
                        }
                        TestListener.echo(message);
                    });
                    Socket client = listener.connect()) {
                exchange(client, "first");
                exchange(client, "other");
                ByteBuf frame = Objects.requireNonNull(kept.get());
                assertThat(frame.toString(US_ASCII)).isEqualTo("first");
                frame.release();
                exchange(client, "third");
            }
        }

        private static void exchange(Socket client, String text) throws IOException {
            client.getOutputStream().write(text.getBytes(US_ASCII));
            byte[] reply = client.getInputStream().readNBytes(text.length() + (int) LENGTH);
            assertThat(new String(reply, US_ASCII)).isEqualTo(text + ACKNOWLEDGEMENT);
        }

        private static int readByChannel(TestListener listener) throws Exception {
            Channel channel = listener.factory().connections().getFirst().channel();
            return channel.eventLoop()
                    .submit(() -> channel.unsafe().recvBufAllocHandle().lastBytesRead())
                    .get();
        }
    }

    /** A socket whose reads have buffers of another size. */
    private record Socketed(TestChannel channel, int capacity, String input) implements DirectSocket {

        @Override
        public ByteBuf read(int size, boolean passing) {
            return Unpooled.directBuffer(capacity).writeBytes(input.getBytes(US_ASCII));
        }

        @Override
        public int write(ByteBuf bytes) {
            return channel.direct(Unpooled.EMPTY_BUFFER).write(bytes);
        }
    }

    /** An allocator that has nothing to give. */
    private static final class NoMemory extends AbstractByteBufAllocator {

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            throw new OutOfMemoryError("a test's");
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            throw new OutOfMemoryError("a test's");
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    /** A socket whose reads fail. */
    private record Failing(Throwable failure) implements DirectSocket {

        @Override
        public ByteBuf read(int size, boolean passing) throws IOException {
            switch (failure) {
                case IOException lost -> throw lost;
                case RuntimeException bug -> throw bug;
                case Error error -> throw error;
                default -> throw new IllegalArgumentException(failure);
            }
        }

        @Override
        public int write(ByteBuf bytes) {
            return 0;
        }
    }
}
