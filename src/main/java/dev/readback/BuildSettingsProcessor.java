package dev.readback;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;

/** Puts the {@link BuildSettings} beside the beans that Spring's AOT processing writes down. */
final class BuildSettingsProcessor implements BeanFactoryInitializationAotProcessor {

    @Override
    public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
            ConfigurableListableBeanFactory beanFactory) {
        ConfigurableEnvironment environment = beanFactory.getBean(ConfigurableEnvironment.class);
        if (!(environment.getPropertySources().get(AskedSettings.NAME) instanceof AskedSettings asked)) {
            return null; // another application's, such as a test's
        }
        return (generation, code) -> generation
                .getGeneratedFiles()
                .addResourceFile(
                        BuildSettings.FILE,
                        BuildSettings.of(asked.getSource(), environment).lines());
    }
}
