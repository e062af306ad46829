package dev.readback;

import ch.qos.logback.classic.LoggerContext;
import dev.readback.settings.ReadbackSettings;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.env.Environment;

/** Puts the {@link LogQueue} behind what Spring Boot has made of the {@code logging.*} settings, which all apply. */
final class LogQueueListener implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    @Override
    public int getOrder() {
        return LoggingApplicationListener.DEFAULT_ORDER + 1;
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        int lines = lines(event.getEnvironment());
        if (lines > 0 && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            LogQueue.putBeforeAppenders(context, lines);
        }
    }

    // too early to fail: what is wrong here stops the start when the settings are bound
    private static int lines(Environment environment) {
        try {
            int lines =
                    environment.getProperty("readback.log-queue", Integer.class, ReadbackSettings.DEFAULT_LOG_QUEUE);
            return ReadbackSettings.isLogQueue(lines) ? lines : 0;
        } catch (IllegalArgumentException | ConversionException e) {
            return 0;
        }
    }
}
