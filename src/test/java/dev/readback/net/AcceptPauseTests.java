package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.readback.testing.LogRecorder;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A listener that cannot accept pauses, goes on, and says so once. */
class AcceptPauseTests {

    private final EmbeddedChannel server = new EmbeddedChannel(new AcceptPause("test"));
    private final LogRecorder log = LogRecorder.of(AcceptPause.class);

    @BeforeEach
    void freezeTime() {
        server.freezeTime();
    }

    @AfterEach
    void close() {
        log.close();
        server.finishAndReleaseAll();
    }

    @Test
    void pausesForASecond() {
        fail();
        assertThat(server.config().isAutoRead()).isFalse();
        pass(999);
        assertThat(server.config().isAutoRead()).isFalse();
        pass(1);
        assertThat(server.config().isAutoRead()).isTrue();
    }

    @Test
    void saysOnceThatItBeganAndOnceThatItIsOver() {
        for (int i = 0; i < 5; i++) {
            fail();
            pass(2000);
        }
        assertThat(log.lines(Level.WARN))
                .containsExactly("listener 'test' cannot accept connections for the time being: accept(..) failed:"
                        + " Too many open files. The process has no file descriptor left: raise its limit (ulimit -n,"
                        + " LimitNOFILE) or lower the listeners' load");
        assertThat(log.lines(Level.INFO)).isEmpty();
        pass(20_000);
        assertThat(log.lines(Level.INFO))
                .containsExactly("listener 'test' accepts connections again: it could not 5 times within 8 s");
        fail();
        assertThat(log.lines(Level.WARN)).hasSize(2);
    }

    @Test
    void saysNothingMoreOnceItIsClosed() {
        fail();
        server.close();
        pass(20_000);
        assertThat(server.config().isAutoRead()).isFalse();
        assertThat(log.lines(Level.INFO)).isEmpty();
    }

    private void fail() {
        server.pipeline().fireExceptionCaught(new IOException("accept(..) failed: Too many open files"));
    }

    private void pass(long millis) {
        server.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        server.runScheduledPendingTasks();
    }
}
