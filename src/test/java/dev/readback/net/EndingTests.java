package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A connection ends once, in whatever order its sides are shut. */
class EndingTests {

    private static final String HELLO = "hello" + TestListener.ACKNOWLEDGEMENT;

    @Nested
    class ThatWaitsForReplies {

        @ParameterizedTest
        @EnumSource(
                value = Operation.class,
                names = {"SHUTDOWN_READ", "SHUTDOWN_WRITE"})
        void looksForNoFramesInWhatIsNotAnswered(Operation operation) throws Exception {
            try (TestConnection it = TestConnection.open(
                    "framing.type=line", "framing.max-length=8B", "timeouts.frame=1s", "timeouts.idle=0s")) {
                it.receive("begun");
                operation.apply(it.ending());
                it.receive("no line end within the maximum");
                it.pass(Duration.ofHours(1));
                assertThat(it.channel().isOpen()).isTrue();
                assertThat(it.observer().timeouts()).isEmpty();
                assertThat(it.observer().frames()).isZero();
                assertThat(it.observer().receivedBytes()).isEqualTo(35);
            }
        }

        @Test
        void lingersThoughTheSideIsShutForAnotherReasonFirst() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=0s", "timeouts.linger=2s")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.ending().shutWrite();
                it.ending().finish(CloseReason.DRAINED);
                it.channel().peerTakesAll();
                assertThat(it.isLingering()).isTrue();
                it.pass(Duration.ofSeconds(2));
                assertThat(it.isOpen()).isFalse();
                assertThat(it.observer().nextClosed())
                        .returns(CloseReason.DRAINED, ConnectionSummary::reason)
                        .returns((long) HELLO.length(), ConnectionSummary::sent);
            }
        }

        @Test
        void countsThemWhenAnOperatorShutsTheSide() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.ending().shutWrite();
                it.channel().peerTakesAll();
                assertThat(it.isLingering()).isTrue();
                assertThat(it.observer().sentBytes()).isEqualTo(HELLO.length());
            }
        }
    }

    /** What can happen to a connection. */
    enum Event {
        FRAME_COMES {
            @Override
            void happen(TestConnection it) {
                if (it.isOpen()) {
                    it.receive("line\n");
                }
            }
        },
        PART_COMES {
            @Override
            void happen(TestConnection it) {
                if (it.isOpen()) {
                    it.receive("part");
                }
            }
        },
        PEER_TAKES_NOTHING {
            @Override
            void happen(TestConnection it) {
                it.channel().peerTakesNothing();
            }
        },
        PEER_TAKES_ALL {
            @Override
            void happen(TestConnection it) {
                it.channel().peerTakesAll();
            }
        },
        PEER_SHUTS {
            @Override
            void happen(TestConnection it) {
                it.channel().peerShuts();
            }
        },
        READ_FAILS {
            @Override
            void happen(TestConnection it) {
                if (it.isOpen()) {
                    it.channel().peerResets();
                }
            }
        },
        FLOW_FAILS {
            @Override
            void happen(TestConnection it) {
                it.ending().finish(CloseReason.ERROR);
            }
        },
        OPERATOR_SHUTS_READ {
            @Override
            void happen(TestConnection it) {
                it.ending().shutRead();
            }
        },
        OPERATOR_SHUTS_WRITE {
            @Override
            void happen(TestConnection it) {
                it.ending().shutWrite();
            }
        },
        OPERATOR_SHUTS_BOTH {
            @Override
            void happen(TestConnection it) {
                it.ending().shutBoth();
            }
        },
        DRAINED {
            @Override
            void happen(TestConnection it) {
                it.ending().drain();
            }
        },
        RESET_BY_DRAIN {
            @Override
            void happen(TestConnection it) {
                it.ending().abort(CloseReason.DRAIN_FORCED);
            }
        },
        TIME_PASSES {
            @Override
            void happen(TestConnection it) {
                it.pass(Duration.ofSeconds(4));
            }
        };

        abstract void happen(TestConnection it);
    }

    @ParameterizedTest
    @EnumSource(Event.class)
    void leavesNothingBehindWhateverHappensBeforeAndAfter(Event first) throws Exception {
        for (Event second : Event.values()) {
            for (Event third : Event.values()) {
                leavesNothingBehind(List.of(first, second, third));
            }
        }
    }

    // every timeout that ends a silent client is on, so a day later all is over
    private static void leavesNothingBehind(List<Event> events) throws Exception {
        try (TestConnection it = TestConnection.open(
                "framing.type=line",
                "half-close=keep-open",
                "timeouts.idle=5s",
                "timeouts.half-open=6s",
                "timeouts.linger=7s",
                "timeouts.lifetime=30s")) {
            Ending ending = it.ending();
            List<CloseReason> reasons = new ArrayList<>();
            for (Event event : events) {
                event.happen(it);
                CloseReason reason = ending.reason();
                if (reason != null && reason != CloseReason.DRAINED) {
                    reasons.add(reason);
                }
            }
            it.pass(Duration.ofDays(1));
            assertThat(it.isOpen()).as("after %s", events).isFalse();
            assertThat(it.observer().halfOpen(Side.PEER)).as("after %s", events).isZero();
            assertThat(it.observer().halfOpen(Side.LOCAL))
                    .as("after %s", events)
                    .isZero();
            assertThat(it.observer().active()).as("after %s", events).isZero();
            assertThat(it.listener().connections()).as("after %s", events).isEmpty();
            CloseReason reason = it.observer().nextClosed().reason();
            assertThat(reasons).as("the first reason wins after %s", events).allMatch(reason::equals);
            int timeouts = it.observer().timeouts().size();
            it.pass(Duration.ofDays(1));
            assertThat(it.observer().timeouts()).as("after %s", events).hasSize(timeouts);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"SHUTDOWN_READ", "SHUTDOWN_WRITE", "SHUTDOWN_BOTH"})
    void isNotUndoneByAnOperatorWhoComesTooLate(Operation operation) throws Exception {
        try (TestConnection it = TestConnection.open()) {
            Ending ending = it.ending();
            it.channel().peerResets();
            operation.apply(ending);
            assertThat(it.observer().halfOpen(Side.PEER)).isZero();
            it.pass(Duration.ofDays(1));
            assertThat(it.observer().timeouts()).isEmpty();
        }
    }

    @Test
    void comesThoughTheSideIsShutAgain() throws Exception {
        try (TestConnection it = TestConnection.open("timeouts.idle=5s", "timeouts.linger=2s")) {
            it.ending().shutWrite();
            it.ending().shutWrite();
            assertThat(it.channel().config().isAutoRead()).isTrue();
            it.pass(Duration.ofSeconds(7));
            assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
        }
    }

    @Nested
    class ThatIsTuned {

        @Test
        void comesAtOnceWhenTheClientWasIdleForLongerAlready() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=60s")) {
                it.receive("hello");
                it.pass(Duration.ofSeconds(3));
                it.tune("idle", "2s");
                it.pass(Duration.ofMillis(1));
                assertThat(it.isLingering()).isTrue();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.IDLE);
            }
        }

        @Test
        void comesInTimeWhenTheClientWasIdleForLess() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=60s")) {
                it.receive("hello");
                it.pass(Duration.ofSeconds(1));
                it.tune("idle", "2s");
                it.passAlmost(Duration.ofSeconds(1));
                assertThat(it.observer().timeouts()).isEmpty();
                it.passTheRest();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.IDLE);
            }
        }

        @Test
        void comesAtOnceWhenLingerIsTurnedOff() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s", "timeouts.linger=60s")) {
                it.pass(Duration.ofSeconds(5));
                assertThat(it.isLingering()).isTrue();
                it.tune("linger", "0s");
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
            }
        }

        @Test
        void countsALifetimeOnceThatLetsAFrameBeCompleted() throws Exception {
            try (TestConnection it = TestConnection.open(
                    "framing.type=line", "timeouts.lifetime=10s", "timeouts.idle=0s", "timeouts.linger=2s")) {
                it.receive("part");
                it.pass(Duration.ofSeconds(10));
                it.tune("write", "7s");
                it.pass(Duration.ofSeconds(2));
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.LIFETIME);
                assertThat(it.isLingering()).isTrue();
            }
        }

        @Test
        void comesAtTheFrameTimeoutThatIsTurnedOnInsideAFrame() throws Exception {
            try (TestConnection it = TestConnection.open("framing.type=line", "timeouts.idle=0s")) {
                it.receive("part");
                it.tune("frame", "3s");
                it.passAlmost(Duration.ofSeconds(3));
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.FRAME);
            }
        }

        @Test
        void comesNotAtAFrameTimeoutThatIsTurnedOff() throws Exception {
            try (TestConnection it =
                    TestConnection.open("framing.type=line", "timeouts.idle=0s", "timeouts.frame=3s")) {
                it.receive("part");
                it.tune("frame", "0s");
                it.pass(Duration.ofDays(1));
                assertThat(it.isUntouched()).isTrue();
            }
        }

        @Test
        void comesAtTheShorterFrameTimeoutAlsoForAFrameThatHasBegun() throws Exception {
            try (TestConnection it =
                    TestConnection.open("framing.type=line", "timeouts.idle=0s", "timeouts.frame=60s")) {
                it.receive("part");
                it.pass(Duration.ofSeconds(2));
                it.tune("frame", "3s");
                it.passAlmost(Duration.ofSeconds(1));
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.FRAME);
            }
        }

        @Test
        void comesNotSoonerThroughIdleThatIsTurnedOnWhileReadingIsPaused() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=0s", "timeouts.write=0s")) {
                it.channel().peerTakesNothing();
                it.receive(100_000);
                it.tune("idle", "5s");
                it.pass(Duration.ofDays(1));
                assertThat(it.isUntouched()).isTrue();
                it.channel().peerTakesAll();
                it.passAlmost(Duration.ofSeconds(5));
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.IDLE);
            }
        }

        @Test
        void keepsTheTimeAFrameHadTakenBeforeReadingWasPaused() throws Exception {
            try (TestConnection it = TestConnection.open(
                    "framing.type=line", "timeouts.idle=0s", "timeouts.write=0s", "timeouts.frame=3s")) {
                it.receive("part");
                it.pass(Duration.ofSeconds(2));
                it.pause();
                it.tune("write", "60s");
                it.channel().peerTakesAll();
                it.passAlmost(Duration.ofSeconds(1));
                assertThat(it.isUntouched()).isTrue();
                it.passTheRest();
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.FRAME);
            }
        }
    }

    @Nested
    class OfADrain {

        @Test
        void waitsForAFrameThatHasBegunAndAnswersIt() throws Exception {
            try (TestConnection it = TestConnection.open("framing.type=line", "timeouts.idle=0s")) {
                it.receive("part");
                it.listener().drain();
                it.pass(Duration.ofSeconds(30));
                assertThat(it.isUntouched()).isTrue();
                it.receive(" of a line\n");
                it.pass(Duration.ofSeconds(2));
                assertThat(it.channel().taken()).isEqualTo("part of a line\n" + TestListener.ACKNOWLEDGEMENT);
                assertThat(it.isLingering()).isTrue();
                it.channel().peerShuts();
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.DRAINED);
            }
        }

        @Test
        void comesAtTheDrainTimeoutInsideAFrame() throws Exception {
            try (TestListener listener = TestListener.start("framing.type=line", "timeouts.idle=0s");
                    Socket client = listener.connect()) {
                client.getOutputStream().write(Replies.bytes("part"));
                await().until(() -> listener.observer().receivedBytes() == 4);
                long began = System.nanoTime();
                listener.factory().stop();
                assertThat(Duration.ofNanos(System.nanoTime() - began))
                        .isBetween(TestListener.DRAIN_TIMEOUT, TestListener.DRAIN_TIMEOUT.plusSeconds(3));
                assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.DRAIN_FORCED);
            }
        }
    }
}
