package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** A few connections are accepted before the limit is lifted, and all after that. */
class AcceptLimitTests {

    private final EmbeddedChannel server = new EmbeddedChannel(new AcceptLimit());

    @Test
    void stopsAcceptingAfterAFew() {
        accept(AcceptLimit.FEW - 1);
        assertThat(server.config().isAutoRead()).isTrue();
        accept(1);
        assertThat(server.config().isAutoRead()).isFalse();
    }

    @Test
    void stopsAgainWhereSomethingElseReadsOn() {
        accept(AcceptLimit.FEW);
        server.config().setAutoRead(true);
        accept(1);
        assertThat(server.config().isAutoRead()).isFalse();
    }

    @Test
    void acceptsAllOnceItIsLifted() {
        accept(AcceptLimit.FEW);
        AcceptLimit.lift(server);
        server.runPendingTasks();
        assertThat(server.config().isAutoRead()).isTrue();
        accept(2 * AcceptLimit.FEW);
        assertThat(server.config().isAutoRead()).isTrue();
    }

    @Test
    void leavesAPauseAloneThatIsNotItsOwn() {
        AcceptLimit.lift(server);
        server.runPendingTasks();
        server.config().setAutoRead(false);
        AcceptLimit.lift(server);
        server.runPendingTasks();
        assertThat(server.config().isAutoRead()).isFalse();
    }

    private void accept(int connections) {
        for (int i = 0; i < connections; i++) {
            server.writeInbound("a connection");
        }
    }
}
