package dev.readback.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Keeps what is logged, until it is closed. */
public final class LogRecorder implements AutoCloseable {

    private final Logger logger;
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    private LogRecorder(Logger logger) {
        this.logger = logger;
        appender.start();
        logger.addAppender(appender);
    }

    /** Keeps what a class logs. */
    public static LogRecorder of(Class<?> type) {
        return new LogRecorder((Logger) LoggerFactory.getLogger(type));
    }

    /** Keeps what everybody logs. */
    public static LogRecorder ofAll() {
        return new LogRecorder((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME));
    }

    /** What was logged on one level, in order. */
    public List<ILoggingEvent> events(Level level) {
        return appender.list.stream().filter(it -> it.getLevel() == level).toList();
    }

    /** The lines that were logged on one level, in order. */
    public List<String> lines(Level level) {
        return events(level).stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        appender.stop();
    }
}
