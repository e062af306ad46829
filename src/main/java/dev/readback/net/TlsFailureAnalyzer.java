package dev.readback.net;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says in one sentence which listener cannot encrypt. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class TlsFailureAnalyzer extends AbstractFailureAnalyzer<ListenerTlsException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ListenerTlsException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), null, cause);
    }
}
