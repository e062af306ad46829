package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.readback.testing.LogRecorder;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way in which a peer can leave a connection hanging ends at its time, and at no other. */
class TimeoutsTests {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);
    private static final Duration DAY = Duration.ofDays(1);
    private static final String HELLO = "hello" + TestListener.ACKNOWLEDGEMENT;

    @Nested
    class Idle {

        @Test
        void closesSilentClientAfterIdleTimeout() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s")) {
                it.passAlmost(FIVE_SECONDS);
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.isLingering()).isTrue();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.IDLE);
                it.channel().peerShuts();
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
            }
        }

        @Test
        void isPutOffByEachByte() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s")) {
                for (int i = 0; i < 3; i++) {
                    it.passAlmost(FIVE_SECONDS);
                    it.receive("a");
                }
                it.passAlmost(FIVE_SECONDS);
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.isLingering()).isTrue();
            }
        }

        @Test
        void isNotPutOffByWhatTheClientTakes() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.passAlmost(FIVE_SECONDS);
                it.channel().peerTakes(1);
                assertThat(it.observer().timeouts()).isEmpty();
                it.passTheRest();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.IDLE);
            }
        }

        @Test
        void standsStillWhileReadingIsPausedAndRunsOnForTheRest() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s", "timeouts.write=0s")) {
                it.channel().peerTakesNothing();
                it.channel().pipeline().fireChannelRead(it.buffer("x".repeat(100_000)));
                it.pass(Duration.ofSeconds(2));
                it.channel().pipeline().fireChannelReadComplete();
                assertThat(it.observer().readsPaused()).isEqualTo(1);
                it.pass(DAY);
                assertThat(it.isUntouched()).isTrue();
                it.channel().peerTakesAll();
                it.passAlmost(Duration.ofSeconds(3));
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.IDLE);
            }
        }

        @Test
        void isPutOffByAByteThatComesWhileReadingIsPaused() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s", "timeouts.write=0s")) {
                it.channel().peerTakesNothing();
                it.channel().pipeline().fireChannelRead(it.buffer("x".repeat(100_000)));
                it.pass(Duration.ofSeconds(2));
                it.channel().pipeline().fireChannelReadComplete();
                it.receive("a");
                it.channel().peerTakesAll();
                it.passAlmost(FIVE_SECONDS);
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.IDLE);
            }
        }

        @Test
        void stopsWhenTheClientShutsItsSide() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s", "half-close=keep-open")) {
                it.passAlmost(FIVE_SECONDS);
                it.channel().peerShuts();
                it.pass(DAY);
                assertThat(it.isUntouched()).isTrue();
                assertThat(it.observer().timeouts()).isEmpty();
            }
        }
    }

    @Nested
    class Write {

        @Test
        void resetsClientThatTakesNothingAfterWriteTimeout() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.write=5s", "timeouts.idle=0s")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.passAlmost(FIVE_SECONDS);
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.isOpen()).isFalse();
                assertThat(it.channel().isReset()).isTrue();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.WRITE);
                assertThat(it.observer().nextClosed())
                        .returns(CloseReason.WRITE_TIMEOUT, ConnectionSummary::reason)
                        .returns(0L, ConnectionSummary::sent);
            }
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 137, 499, 500, 501, 2222, 4500, 4999})
        void runsFromTheByteLastTakenAndIsLateByATenthAtMost(long millis) throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.write=5s", "timeouts.idle=0s")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.pass(Duration.ofMillis(millis));
                it.channel().peerTakes(1);
                it.passAlmost(FIVE_SECONDS);
                assertThat(it.isUntouched()).isTrue();
                it.pass(FIVE_SECONDS.dividedBy(10).plusNanos(1));
                assertThat(it.isOpen()).isFalse();
            }
        }

        @Test
        void isNotPutOffByRepliesThatJoinTheQueue() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.write=5s", "timeouts.idle=0s")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.passAlmost(FIVE_SECONDS);
                it.receive("hello");
                it.passTheRest();
                assertThat(it.isOpen()).isFalse();
            }
        }

        @Test
        void stopsWhenAllIsTakenAndRunsAnewForTheNextReply() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.write=5s", "timeouts.idle=0s")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.passAlmost(FIVE_SECONDS);
                it.channel().peerTakesAll();
                it.pass(DAY);
                assertThat(it.channel().taken()).isEqualTo(HELLO);
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.passAlmost(FIVE_SECONDS);
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.isOpen()).isFalse();
            }
        }

        @Test
        void runsWhileReadingIsPausedToo() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.write=5s")) {
                it.channel().peerTakesNothing();
                it.receive(100_000);
                it.pass(FIVE_SECONDS);
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
            }
        }
    }

    @Nested
    class Handshake {

        @Test
        void closesWithoutAWordWhenItIsNotCompleted() throws Exception {
            try (TestConnection it =
                    TestConnection.open("timeouts.handshake=1s", "timeouts.idle=0s", "timeout-notice=bye")) {
                it.channel().pipeline().get(Connection.class).timeouts().start(TimeoutKind.HANDSHAKE);
                it.passAlmost(SECOND);
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.channel().isOpen()).isFalse();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.HANDSHAKE);
                assertThat(it.observer().nextClosed())
                        .returns(CloseReason.HANDSHAKE_TIMEOUT, ConnectionSummary::reason)
                        .returns(0L, ConnectionSummary::sent);
            }
        }
    }

    @Nested
    class FirstByte {

        @Test
        void closesClientThatSendsNothingAfterFirstByteTimeout() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.first-byte=1s")) {
                it.passAlmost(SECOND);
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.isLingering()).isTrue();
                it.channel().peerShuts();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.FIRST_BYTE);
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.FIRST_BYTE_TIMEOUT);
            }
        }

        @Test
        void isOverWithTheFirstByte() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.first-byte=1s", "timeouts.idle=0s")) {
                it.passAlmost(SECOND);
                it.receive("h");
                it.pass(DAY);
                assertThat(it.isUntouched()).isTrue();
            }
        }

        @Test
        void isOverWhenTheClientShutsItsSide() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.first-byte=1s", "half-close=keep-open")) {
                it.channel().peerShuts();
                it.pass(DAY);
                assertThat(it.isUntouched()).isTrue();
            }
        }
    }

    @Nested
    class Lifetime {

        @Test
        void isNotPutOffByBytes() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.lifetime=5s")) {
                it.passAlmost(FIVE_SECONDS);
                it.receive("hello");
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.isLingering()).isTrue();
                it.channel().peerShuts();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.LIFETIME);
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.LIFETIME);
            }
        }

        @Test
        void letsWhatWasReceivedBeAnsweredFirst() throws Exception {
            try (TestConnection it =
                    TestConnection.open("timeouts.lifetime=5s", "timeouts.idle=0s", "timeouts.write=0s")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.pass(FIVE_SECONDS);
                it.receive("too late");
                assertThat(it.isUntouched()).isTrue();
                it.channel().peerTakesAll();
                assertThat(it.channel().taken()).isEqualTo(HELLO);
                assertThat(it.isLingering()).isTrue();
            }
        }
    }

    @Nested
    class HalfOpen {

        @Test
        void closesKeptOpenConnectionAfterHalfOpenTimeout() throws Exception {
            try (TestConnection it = TestConnection.open("half-close=keep-open", "timeouts.half-open=5s")) {
                it.pass(SECOND);
                it.channel().peerShuts();
                it.passAlmost(FIVE_SECONDS);
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.HALF_OPEN);
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.HALF_OPEN_TIMEOUT);
            }
        }

        @Test
        void doesNotRunBeforeTheClientShutsItsSide() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.half-open=5s", "timeouts.idle=0s")) {
                it.pass(DAY);
                assertThat(it.isUntouched()).isTrue();
            }
        }
    }

    @Nested
    class Linger {

        @Test
        void closesTheSocketOfAClientThatDoesNotClose() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s", "timeouts.linger=1s")) {
                it.pass(FIVE_SECONDS);
                it.passAlmost(SECOND);
                assertThat(it.isLingering()).isTrue();
                it.passTheRest();
                assertThat(it.isOpen()).isFalse();
                assertThat(it.channel().isReset()).isFalse();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.IDLE, TimeoutKind.LINGER);
            }
        }

        @Test
        void isNotPutOffByBytes() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s", "timeouts.linger=1s")) {
                it.pass(FIVE_SECONDS);
                it.passAlmost(SECOND);
                it.receive("a");
                it.passTheRest();
                assertThat(it.isOpen()).isFalse();
            }
        }

        @Test
        void startsWhenTheLastReplyIsTaken() throws Exception {
            try (TestConnection it =
                    TestConnection.open("timeouts.idle=5s", "timeouts.linger=1s", "timeouts.write=0s")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.pass(DAY);
                it.channel().peerTakesAll();
                it.passAlmost(SECOND);
                assertThat(it.isLingering()).isTrue();
                it.passTheRest();
                assertThat(it.isOpen()).isFalse();
            }
        }

        @Test
        void closesAtOnceWhenItIsOff() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s", "timeouts.linger=0s")) {
                it.pass(FIVE_SECONDS);
                assertThat(it.isOpen()).isFalse();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.IDLE);
            }
        }
    }

    @Nested
    class Off {

        private static final String[] ALL_OFF = {
            "timeouts.idle=0s",
            "timeouts.write=0s",
            "timeouts.first-byte=0s",
            "timeouts.lifetime=0s",
            "timeouts.half-open=0s",
            "half-close=keep-open"
        };

        @Test
        void leavesSilentClientAlone() throws Exception {
            try (TestConnection it = TestConnection.open(ALL_OFF)) {
                it.pass(DAY);
                assertThat(it.isUntouched()).isTrue();
            }
        }

        @Test
        void leavesClientAloneThatTakesNothing() throws Exception {
            try (TestConnection it = TestConnection.open(ALL_OFF)) {
                it.channel().peerTakesNothing();
                it.receive(100_000);
                it.pass(DAY);
                assertThat(it.isUntouched()).isTrue();
            }
        }

        @Test
        void leavesHalfOpenClientAlone() throws Exception {
            try (TestConnection it = TestConnection.open(ALL_OFF)) {
                it.receive("hello");
                it.channel().peerShuts();
                it.pass(DAY);
                assertThat(it.isUntouched()).isTrue();
            }
        }
    }

    @Nested
    class Notice {

        @ParameterizedTest
        @ValueSource(strings = {"idle", "first-byte", "lifetime"})
        void isSentBehindTheRepliesBeforeTheClose(String timeout) throws Exception {
            try (TestConnection it = TestConnection.open("timeouts." + timeout + "=2s", "timeout-notice=bye!")) {
                it.pass(Duration.ofSeconds(2));
                assertThat(it.channel().taken()).isEqualTo("bye!");
                assertThat(it.isLingering()).isTrue();
            }
        }

        @Test
        void isSentToAHalfOpenClient() throws Exception {
            try (TestConnection it =
                    TestConnection.open("timeouts.half-open=2s", "half-close=keep-open", "timeout-notice=bye!")) {
                it.receive("hello");
                it.channel().peerShuts();
                it.pass(Duration.ofSeconds(2));
                assertThat(it.channel().taken()).isEqualTo(HELLO + "bye!");
                assertThat(it.isOpen()).isFalse();
            }
        }

        @Test
        void waitsBehindTheReplies() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=2s", "timeout-notice=bye!")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.pass(Duration.ofSeconds(2));
                it.channel().peerTakesAll();
                assertThat(it.channel().taken()).isEqualTo(HELLO + "bye!");
                assertThat(it.isLingering()).isTrue();
                it.channel().peerShuts();
                assertThat(it.observer().nextClosed().sent()).isEqualTo(HELLO.length() + 4);
            }
        }

        @Test
        void isNotSentWhereNothingGetsThrough() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.write=2s", "timeout-notice=bye!")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.pass(Duration.ofSeconds(2));
                it.channel().peerTakesAll();
                assertThat(it.channel().taken()).isEmpty();
            }
        }

        @Test
        void isSentOnceThoughLingerRunsOutToo() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=2s", "timeout-notice=bye!")) {
                it.pass(DAY);
                assertThat(it.isOpen()).isFalse();
                assertThat(it.channel().taken()).isEqualTo("bye!");
            }
        }
    }

    @Test
    void countsEachTimeoutOnce() throws Exception {
        try (TestConnection it =
                TestConnection.open("timeouts.idle=2s", "timeouts.lifetime=2s", "timeouts.first-byte=3s")) {
            it.pass(DAY);
            assertThat(it.isOpen()).isFalse();
            assertThat(it.observer().timeouts()).hasSize(2).endsWith(TimeoutKind.LINGER);
        }
    }

    @ParameterizedTest
    @CsvSource({"idle, 5s, 5000", "first-byte, 1500ms, 1500", "lifetime, 1m, 60000"})
    void logsOneLineThatSaysWhatTimedOut(String kind, String time, String millis) throws Exception {
        try (LogRecorder log = LogRecorder.of(Connection.class);
                TestConnection it = TestConnection.open(
                        "timeouts.idle=0s", "timeouts.linger=0s", "timeouts." + kind + "=" + time)) {
            it.pass(DAY);
            assertThat(log.lines(Level.INFO))
                    .containsExactly(
                            "Connection timed out: listener 'test', connection test-1, peer 192.0.2.7:40000: %s after %s ms"
                                    .formatted(kind, millis));
        }
    }
}
