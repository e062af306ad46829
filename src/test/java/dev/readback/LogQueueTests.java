package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A console or file that takes nothing holds up nobody who logs, and what is lost is counted. */
class LogQueueTests {

    private static final String DROPPED = " log lines were dropped: what takes them is too slow";

    private static final int LINES = 100;

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("some.logger");
    private final Slow slow = new Slow();

    @BeforeEach
    void queue() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        slow.setContext(context);
        slow.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(slow);
        LogQueue.putBeforeAppenders(context, LINES);
    }

    @AfterEach
    void stop() {
        slow.ready.countDown();
        context.stop();
    }

    @Test
    void writesEachLineInOrder() {
        slow.ready.countDown();
        for (int i = 0; i < 50; i++) {
            logger.info("line {}", i);
        }
        context.stop();
        assertThat(slow.lines).hasSize(50).startsWith("line 0").endsWith("line 49");
    }

    @Test
    void dropsAndCountsWhatDoesNotFit() {
        for (int i = 0; i < 1000; i++) {
            logger.info("line {}", i);
        }
        slow.ready.countDown();
        await().until(() -> slow.lines.contains("line 0"));
        context.stop();
        List<String> lines =
                slow.lines.stream().filter(it -> it.startsWith("line")).toList();
        assertThat(lines).hasSizeBetween(LINES / 2, 2 * LINES).startsWith("line 0", "line 1");
        // one at the end, and one more where a line was taken while others still came
        List<String> reports =
                slow.lines.stream().filter(it -> !it.startsWith("line")).toList();
        assertThat(reports).isNotEmpty().allMatch(it -> it.endsWith(DROPPED));
        assertThat(slow.lines).endsWith(reports.getLast());
        assertThat(reports.stream()
                        .mapToInt(it -> Integer.parseInt(it.substring(0, it.length() - DROPPED.length())))
                        .sum())
                .isEqualTo(1000 - lines.size());
    }

    @Test
    void keepsRoomForWarnings() {
        for (int i = 0; i < 1000; i++) {
            logger.info("line {}", i);
        }
        logger.warn("this matters");
        slow.ready.countDown();
        context.stop();
        assertThat(slow.lines).contains("this matters");
    }

    @Test
    void isPutBeforeAnAppenderOnce() {
        LogQueue.putBeforeAppenders(context, LINES);
        slow.ready.countDown();
        logger.info("once");
        context.stop();
        assertThat(slow.lines).containsExactly("once");
    }

    @Test
    void writesALineThatComesAloneAtOnce() {
        slow.ready.countDown();
        Writes writes = new Writes(context);
        LogQueue.putBeforeAppenders(context, LINES);
        logger.info("alone");
        await().until(() -> writes.text().equals("alone\n"));
    }

    @Test
    void writesLinesThatComeFastTogether() {
        slow.ready.countDown();
        Writes writes = new Writes(context);
        writes.ready = new CountDownLatch(1);
        LogQueue.putBeforeAppenders(context, LINES);
        StringBuilder all = new StringBuilder("line 0\n");
        logger.info("line 0");
        await().until(() -> writes.waits);
        for (int i = 1; i < 50; i++) {
            logger.info("line {}", i);
            all.append("line ").append(i).append('\n');
        }
        writes.ready.countDown();
        await().until(() -> writes.text().equals(all.toString()));
        // the first, and the others behind it, of which the thread may have taken some before it waited
        assertThat(writes.count.get()).isLessThanOrEqualTo(3);
    }

    /** A console that counts how often it is written to. */
    private static final class Writes extends OutputStream {

        private volatile String text = "";
        private volatile CountDownLatch ready = new CountDownLatch(0);
        private volatile boolean waits;
        private final AtomicInteger count = new AtomicInteger();

        Writes(LoggerContext context) {
            PatternLayoutEncoder lines = new PatternLayoutEncoder();
            lines.setContext(context);
            lines.setPattern("%m\n");
            lines.start();
            OutputStreamAppender<ILoggingEvent> console = new OutputStreamAppender<>();
            console.setContext(context);
            console.setEncoder(lines);
            console.setOutputStream(new BufferedOutputStream(this));
            console.start();
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(console);
        }

        String text() {
            return text;
        }

        @Override
        public void write(int b) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            waits = true;
            try {
                if (!ready.await(20, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("the test never lets it");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            count.incrementAndGet();
            text = text.concat(new String(bytes, from, length, StandardCharsets.US_ASCII)); // by one thread only
        }
    }

    /** Takes nothing before it is ready. */
    private static final class Slow extends AppenderBase<ILoggingEvent> {

        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final CountDownLatch ready = new CountDownLatch(1);

        @Override
        protected void append(ILoggingEvent event) {
            try {
                if (!ready.await(20, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("the test never lets it");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            lines.add(event.getFormattedMessage());
        }
    }
}
