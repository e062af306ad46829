package dev.readback;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Writes what comes out of a {@link LogQueue}: a line that comes alone at once, and lines that come fast together.
 *
 * <p>With many short connections, to wake the queue's thread for each access line and to write each by itself costs more
 * than what else the log does. So the thread rests for a moment between lines that come fast, and the next ones wait for
 * it. Belongs to the queue's thread.
 */
final class LogBatch extends UnsynchronizedAppenderBase<ILoggingEvent> {

    private static final long LONGEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** So that a short queue does not fill up meanwhile: more than a million lines a second would have to come. */
    private static final long REST_NANOS_PER_LINE = 1000;

    private final Appender<ILoggingEvent> target;
    private final BooleanSupplier written;
    private final long restNanos;
    private long rested = System.nanoTime();

    /**
     * @param lines how many the queue takes
     * @param written hears of each line that is written, and says whether none waits behind it
     */
    LogBatch(Appender<ILoggingEvent> target, int lines, BooleanSupplier written) {
        this.target = target;
        this.written = written;
        this.restNanos = Math.min(LONGEST_REST_NANOS, lines * REST_NANOS_PER_LINE);
        setContext(target.getContext());
        setName(target.getName());
        if (target instanceof OutputStreamAppender<?> stream) {
            stream.setImmediateFlush(false);
        }
        start();
    }

    @Override
    protected void append(ILoggingEvent line) {
        boolean last;
        try {
            target.doAppend(line);
        } finally {
            last = written.getAsBoolean();
        }
        if (last) {
            flush();
            rest();
        }
    }

    private void flush() {
        if (target instanceof OutputStreamAppender<?> appender) {
            OutputStream stream = appender.getOutputStream();
            if (stream != null) {
                try {
                    stream.flush();
                } catch (IOException e) {
                    addError("Lines were not written", e);
                }
            }
        }
    }

    // at the end of the process this does not rest: the thread is interrupted then
    private void rest() {
        if (System.nanoTime() - rested < restNanos) {
            LockSupport.parkNanos(restNanos);
        }
        rested = System.nanoTime();
    }

    @Override
    public void stop() {
        super.stop();
        target.stop();
    }
}
