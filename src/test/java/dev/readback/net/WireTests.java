package dev.readback.net;

import static dev.readback.net.NettyServerConnectionFactory.HIGH_WATER;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes are counted as the socket moves them, and a peer that does not read is not read. */
class WireTests {

    private static final int ACKNOWLEDGEMENT = TestListener.ACKNOWLEDGEMENT.length();

    @Nested
    class Pause {

        @Test
        void beginsPastTheHighWaterMarkAndEndsBelowTheLow() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.write=0s")) {
                it.channel().peerTakesNothing();
                while (waiting(it) <= HIGH_WATER) {
                    assertThat(it.channel().config().isAutoRead()).isTrue();
                    it.receive(1000);
                }
                assertThat(it.channel().config().isAutoRead()).isFalse();
                while (waiting(it) >= HIGH_WATER / 2) {
                    assertThat(it.channel().config().isAutoRead()).isFalse();
                    it.channel().peerTakes(1000);
                }
                assertThat(it.channel().config().isAutoRead()).isTrue();
            }
        }

        private static long waiting(TestConnection it) {
            return it.channel().unsafe().outboundBuffer().totalPendingWriteBytes();
        }

        @Test
        void isCountedOnce() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.write=0s")) {
                it.channel().peerTakesNothing();
                for (int pauses = 1; pauses <= 3; pauses++) {
                    it.channel().peerTakesNothing();
                    it.receive(2 * HIGH_WATER);
                    it.receive(2 * HIGH_WATER);
                    assertThat(it.observer().readsPaused()).isEqualTo(pauses);
                    it.channel().peerTakesAll();
                }
            }
        }

        @Test
        void isNoneWhereThePeerTakesWhatIsWritten() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.receive(10 * HIGH_WATER);
                assertThat(it.observer().readsPaused()).isZero();
                assertThat(it.channel().config().isAutoRead()).isTrue();
            }
        }
    }

    @Nested
    class Sent {

        @Test
        void isCountedByTheByteWhereWritesArePartial() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.write=5s")) {
                it.channel().peerTakes(3);
                it.receive("hello");
                assertThat(it.observer().sentBytes()).isEqualTo(3);
                it.channel().peerTakes(4);
                it.pass(Duration.ofMillis(500));
                assertThat(it.observer().sentBytes()).isEqualTo(7);
                it.channel().peerTakes(2);
                it.receive("hello");
                assertThat(it.observer().sentBytes()).isEqualTo(9);
                it.channel().peerTakesAll();
                it.pass(Duration.ofMillis(500));
                assertThat(it.observer().sentBytes()).isEqualTo(2L * (5 + ACKNOWLEDGEMENT));
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 5, 15, 16})
        void isWhatTheSocketTookBeforeTheConnectionWasReset(int taken) throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.channel().peerTakes(taken);
                it.ending().abort(CloseReason.DRAIN_FORCED);
                assertThat(it.observer().sentBytes()).isEqualTo(taken);
                assertThat(it.observer().nextClosed().sent()).isEqualTo(taken);
                assertThat(it.channel().taken()).hasSize(taken);
            }
        }

        @Test
        void isAllOfItWhereTheLastByteIsTakenWhileClosing() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.ending().finish(CloseReason.DRAINED);
                it.channel().peerTakes(7);
                it.channel().peerTakesAll();
                assertThat(it.isLingering()).isTrue();
                it.channel().peerShuts();
                assertThat(it.observer().nextClosed().sent()).isEqualTo(5 + ACKNOWLEDGEMENT);
            }
        }

        @Test
        void isNothingThatWasNotFlushed() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.channel().write(Unpooled.copiedBuffer(new byte[10]));
                it.ending().end(CloseReason.OPERATOR);
                assertThat(it.observer().nextClosed().sent()).isZero();
            }
        }

        @Test
        void isNothingThatWasWrittenAfterTheSideWasShut() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.ending().finish(CloseReason.DRAINED);
                it.channel().writeAndFlush(Unpooled.copiedBuffer(new byte[10]));
                it.channel().peerShuts();
                assertThat(it.observer().nextClosed().sent()).isZero();
            }
        }

        @Test
        void isSmallerThanWhatWasWrittenWhereAWriteFails() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.channel().peerTakes(3);
                it.receive("hello");
                it.channel().breakWrites();
                it.receive("hello");
                assertThat(it.observer().nextClosed())
                        .returns(CloseReason.PEER_RESET, ConnectionSummary::reason)
                        .returns(3L, ConnectionSummary::sent);
            }
        }
    }

    @Nested
    class Received {

        @Test
        void isCountedAsItComes() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.receive("hello", "you");
                assertThat(it.observer().receivedBytes()).isEqualTo(8);
                it.receive(4000);
                assertThat(it.observer().receivedBytes()).isEqualTo(4008);
            }
        }

        @Test
        void isTimedFromTheReadToTheReply() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.pass(Duration.ofSeconds(3));
                it.receive("hello");
                assertThat(it.connection().wire().lastRead())
                        .isEqualTo(it.channel().eventLoop().ticker().nanoTime());
            }
        }
    }
}
