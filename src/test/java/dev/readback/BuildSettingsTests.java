package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.mock.env.MockEnvironment;

class BuildSettingsTests {

    @TempDir
    Path directory;

    @Test
    void keepsWhatWasSetAndWhatWasNot() throws Exception {
        MockEnvironment build =
                new MockEnvironment().withProperty("a.set", "x=y, z").withProperty("a.empty", "");
        BuildSettings settings = BuildSettings.of(List.of("a.unset", "a.set", "a.empty"), build);
        assertThat(settings.lines()).isEqualTo("a.empty=\na.set=x=y, z\na.unset\n");
        Path file = Files.writeString(directory.resolve("settings"), settings.lines());
        assertThat(BuildSettings.read(file.toUri().toURL())).isEqualTo(settings);
    }

    @Test
    void namesTheFirstThatDiffers() {
        MockEnvironment build = new MockEnvironment().withProperty("a.set", "x");
        BuildSettings settings = BuildSettings.of(List.of("a.unset", "a.set"), build);
        assertThat(settings.differing(build)).isNull();
        assertThat(settings.differing(new MockEnvironment().withProperty("a.set", "y")))
                .isEqualTo("a.set");
        assertThat(settings.differing(new MockEnvironment())).isEqualTo("a.set");
        assertThat(settings.differing(build.withProperty("a.unset", ""))).isEqualTo("a.unset");
        assertThat(settings.differing(new MockEnvironment().withProperty("a.set", "x")))
                .isNull();
    }

    @Test
    void leavesOutWhatDecidesNothing() {
        List<String> asked = List.of("server.port", "server.ports", "readback", "readback.listeners", "readbacks");
        assertThat(BuildSettings.of(asked, new MockEnvironment()).values())
                .containsOnlyKeys("server.ports", "readbacks");
    }

    @Test
    void takesNoValueOfTwoLines() {
        MockEnvironment build = new MockEnvironment().withProperty("a", "x\ny");
        assertThatIllegalStateException()
                .isThrownBy(() -> BuildSettings.of(List.of("a"), build))
                .withMessage("a has a line end in its value, which build settings cannot hold");
    }

    @Test
    void whatIsLeftOutChangesNoBean() {
        Map<String, String> others = new TreeMap<>(Map.of(
                "logging.structured.format.console", "ecs",
                "readback.log-queue", "0",
                "spring.application.name", "other",
                "spring.application.pid", "1",
                "spring.application.version", "1",
                "spring.security.user.name", "operator",
                "spring.security.user.password", "secret"));
        assertThat(BuildSettings.INDIFFERENT)
                .filteredOn(it -> !it.equals("server.port")) // BuildBeansIT has another than the build
                .as("each is tried")
                .allSatisfy(it -> assertThat(others.keySet()).anyMatch(other -> other.startsWith(it)));
        String[] changed = others.entrySet().stream()
                .map(it -> it.getKey() + "=" + it.getValue())
                .toArray(String[]::new);
        try (TestApplication asBuilt = TestApplication.start();
                TestApplication other = TestApplication.start(changed)) {
            assertThat(definitions(other.context())).isEqualTo(definitions(asBuilt.context()));
        }
    }

    private static List<String> definitions(ConfigurableApplicationContext context) {
        ConfigurableListableBeanFactory beans = context.getBeanFactory();
        return Arrays.stream(beans.getBeanDefinitionNames())
                .map(it -> it + " " + beans.getType(it))
                .sorted()
                .toList();
    }
}
