package dev.readback;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets log lines wait for a slow console or file, so that no thread that logs ever does: an event loop writes each
 * connection's access line, and a pipe that nobody reads would hold up all of its connections.
 *
 * <p>What no longer fits is dropped and counted, and a line says how many were lost. The last fifth of the queue is for
 * warnings and errors. Safe for use by all threads.
 */
final class LogQueue extends AsyncAppender {

    /** How long the end of the process waits until what is queued is written. */
    private static final int FLUSH_MILLIS = 1000;

    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** For the reports of lines that were dropped: one while lines come, and one at the end. */
    private static final int REPORTS = 2;

    private final Logger logger;
    private final int lines;
    private final AtomicInteger waiting = new AtomicInteger(); // the line that is being written too
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong reported = new AtomicLong(System.nanoTime() - REPORT_NANOS);

    private LogQueue(Logger logger, Appender<ILoggingEvent> slow, int lines) {
        this.logger = logger;
        this.lines = lines;
        setContext(logger.getLoggerContext());
        setName(slow.getName() + "_QUEUE");
        setQueueSize(lines + REPORTS);
        setNeverBlock(true);
        setDiscardingThreshold(0); // Logback would drop without a count
        setMaxFlushTime(FLUSH_MILLIS);
        addAppender(new LogBatch(slow, lines, () -> waiting.decrementAndGet() == 0));
    }

    /** Puts a queue of so many lines before each appender of the root logger that has none. */
    static void putBeforeAppenders(LoggerContext context, int lines) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        List<Appender<ILoggingEvent>> slow = new ArrayList<>();
        root.iteratorForAppenders().forEachRemaining(slow::add);
        for (Appender<ILoggingEvent> each : slow) {
            if (!(each instanceof LogQueue)) {
                LogQueue queue = new LogQueue(root, each, lines);
                queue.start();
                root.addAppender(queue);
                root.detachAppender(each);
            }
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        boolean matters = event.getLevel().isGreaterOrEqual(Level.WARN);
        if (!enter(matters ? lines : lines - lines / 5)) {
            dropped.incrementAndGet();
            return;
        }
        if (dropped.get() > 0) {
            reportDropped();
        }
        super.append(event);
    }

    // whoever is let in has room in the queue, so that each line that waits is written, and counted down then
    private boolean enter(int limit) {
        int before;
        do {
            before = waiting.get();
            if (before >= limit) {
                return false;
            }
        } while (!waiting.compareAndSet(before, before + 1));
        return true;
    }

    // at most once a second: where lines keep coming faster than they go, one would follow each
    private void reportDropped() {
        long last = reported.get();
        long now = System.nanoTime();
        if (now - last >= REPORT_NANOS && reported.compareAndSet(last, now)) {
            writeDropped();
        }
    }

    private void writeDropped() {
        long count = dropped.getAndSet(0);
        if (count == 0) {
            return;
        }
        if (!enter(lines + REPORTS)) {
            dropped.addAndGet(count);
            return;
        }
        super.append(new LoggingEvent(
                LogQueue.class.getName(),
                logger,
                Level.WARN,
                "{} log lines were dropped: what takes them is too slow",
                null,
                new Object[] {count}));
    }

    /** Writes what is queued, for a second at the longest. */
    @Override
    public void stop() {
        if (isStarted()) {
            writeDropped();
        }
        super.stop();
    }
}
