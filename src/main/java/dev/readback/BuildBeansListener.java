package dev.readback;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.AotDetector;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Starts with the beans that the build wrote down where the settings of this start lead to the same ones, which saves
 * reading the configuration classes and asking their conditions. Where they do not, the start takes longer, and all of
 * Spring Boot's settings have their effect.
 *
 * <p>{@code -Dspring.aot.enabled=false} does without; {@code true} takes the build's beans whatever the settings are.
 */
final class BuildBeansListener implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(BuildBeansListener.class);

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        ConfigurableEnvironment environment = event.getEnvironment();
        if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
            environment.getPropertySources().addFirst(new AskedSettings());
            return;
        }
        URL file = file();
        if (file == null || SpringProperties.getProperty(AotDetector.AOT_ENABLED) != null) {
            return;
        }
        String differing = read(file).differing(environment);
        if (differing == null) {
            SpringProperties.setFlag(AotDetector.AOT_ENABLED);
        } else {
            LOG.debug("Looks for beans anew, since {} has another value than at the build", differing);
        }
    }

    // a jar's only: in a folder of classes lies what an earlier build has left there
    private static @Nullable URL file() {
        URL file = BuildBeansListener.class.getClassLoader().getResource(BuildSettings.FILE);
        return file == null || file.getProtocol().equals("file") ? null : file;
    }

    private static BuildSettings read(URL file) {
        try {
            return BuildSettings.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
