package dev.readback.settings;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Says in one sentence which setting of Readback's stopped the start: property, value and what is allowed. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SettingFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

    private static final ConfigurationPropertyName READBACK = ConfigurationPropertyName.of("readback");

    private final Environment environment;

    SettingFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        ConfigurationPropertyName name = cause.getName();
        if (!READBACK.equals(name) && !READBACK.isAncestorOf(name)) {
            return null;
        }
        return new FailureAnalysis(SettingProblem.sentence(cause, this::written), null, cause);
    }

    // as the user wrote it, where one property holds it
    private @Nullable String written(String property) {
        return Binder.get(environment).bind(property, String.class).orElse(null);
    }
}
