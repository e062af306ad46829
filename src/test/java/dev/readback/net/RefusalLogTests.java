package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.readback.testing.LogRecorder;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** A flood of refused connections is no flood of lines. */
class RefusalLogTests {

    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 40_000);
    private static final long SECOND = 1_000_000_000;
    private static final long BEGIN = -5 * SECOND; // a clock begins anywhere

    @Test
    void writesOneLineASecondAndHowManyItLeftOut() {
        RefusalLog log = new RefusalLog("test");
        try (LogRecorder lines = LogRecorder.of(RefusalLog.class)) {
            for (int i = 0; i < 100; i++) {
                log.write(RefusalReason.DENIED, CLIENT, BEGIN + i);
            }
            log.write(RefusalReason.DENIED, CLIENT, BEGIN + SECOND - 1);
            log.write(RefusalReason.ADDRESS_LIMIT, CLIENT, BEGIN + SECOND);
            log.write(RefusalReason.DENIED, CLIENT, BEGIN + 3 * SECOND);
            assertThat(lines.lines(Level.INFO))
                    .containsExactly(
                            "listener 'test' refused 192.0.2.7:40000: denied; 0 more since the last such line",
                            "listener 'test' refused 192.0.2.7:40000: address-limit; 100 more since the last such line",
                            "listener 'test' refused 192.0.2.7:40000: denied; 0 more since the last such line");
        }
    }

    @Test
    void warnsWhereAnOperatorCanDoSomething() {
        try (LogRecorder lines = LogRecorder.of(RefusalLog.class)) {
            new RefusalLog("test").write(RefusalReason.LIMIT, CLIENT, 0);
            assertThat(lines.lines(Level.WARN)).hasSize(1);
        }
    }
}
