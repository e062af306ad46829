package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A connection ends once, in whatever order its sides are shut. */
class EndingTests {

    private static final String HELLO = "hello" + TestListener.ACKNOWLEDGEMENT;

    @Nested
    class ThatWaitsForReplies {

        @Test
        void lingersThoughTheSideIsShutForAnotherReasonFirst() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=0s", "timeouts.linger=2s")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.connection().ending().shutWrite();
                it.connection().ending().finish(CloseReason.DRAINED);
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
                it.connection().ending().shutWrite();
                it.channel().peerTakesAll();
                assertThat(it.isLingering()).isTrue();
                assertThat(it.observer().sentBytes()).isEqualTo(HELLO.length());
            }
        }
    }
}
