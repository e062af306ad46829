package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.SpringProperties;

/** The beans that the build wrote down, in this process. */
class BuildBeansIT {

    /** What makes or changes definitions, and has nothing to do where that was done at the build. */
    private static final Set<String> READERS = Set.of(
            "DefaultConfiguringBeanFactoryPostProcessor",
            "gatewayProxyBeanDefinitionPostProcessor",
            "integrationConfigurationBeanFactoryPostProcessor",
            "org.springframework.boot.autoconfigure.internalCachingMetadataReaderFactory",
            "org.springframework.context.annotation.internalAutowiredAnnotationProcessor",
            "org.springframework.context.annotation.internalCommonAnnotationProcessor",
            "org.springframework.context.annotation.internalConfigurationAnnotationProcessor",
            "org.springframework.integration.config.IntegrationComponentScanRegistrar");

    /** Spring Integration's, where JSON path is there, as it is in tests only. */
    private static final String JSON_PATH = "jsonPath";

    private static final String[] SETTINGS = {
        "readback.listeners.line.port=0",
        "readback.listeners.line.framing.type=line",
        "readback.listeners.line.acknowledgement={listener} {count}",
        "readback.listeners.off.port=0",
        "readback.listeners.off.enabled=false"
    };

    @BeforeEach
    void needsThem() {
        assumeTrue(
                getClass().getClassLoader().getResource(BuildSettings.FILE) != null,
                "Maven did not run on a JDK 25, so the build has written no beans down");
    }

    @AfterEach
    void lookForBeansAgain() {
        SpringProperties.setProperty(AotDetector.AOT_ENABLED, null);
    }

    @Test
    void areThoseThatAStartFinds() {
        Set<String> found;
        try (TestApplication application = TestApplication.start(SETTINGS)) {
            found = beans(application);
        }
        SpringProperties.setFlag(AotDetector.AOT_ENABLED);
        try (TestApplication application = TestApplication.start(SETTINGS)) {
            assertThat(beans(application)).isEqualTo(found);
        }
    }

    @Test
    void leaveTheListenersToTheSettingsOfTheStart() throws Exception {
        SpringProperties.setFlag(AotDetector.AOT_ENABLED);
        try (TestApplication application = TestApplication.start(SETTINGS)) {
            assertThat(application.listeners()).containsExactlyInAnyOrder("echo", "line");
            assertThat(application.exchange("echo", "hello")).isEqualTo("hello\ni get it!\n");
            assertThat(application.exchange("line", "a\nb\n")).isEqualTo("a\nline 1b\nline 2");
        }
    }

    private static Set<String> beans(TestApplication application) {
        ConfigurableListableBeanFactory beans = application.context().getBeanFactory();
        return Arrays.stream(beans.getBeanDefinitionNames())
                .filter(it -> !READERS.contains(it) && !it.equals(JSON_PATH))
                .map(it -> it + " " + beans.getType(it))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
