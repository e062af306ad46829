package dev.readback.monitor;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.webflux.autoconfigure.WebFluxRegistrations;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** Looks for controllers among Readback's beans only: to ask all others for the annotation takes part of the start. */
final class OwnControllers implements WebFluxRegistrations {

    private static final String OWN = OwnControllers.class.getPackageName() + ".";

    @Override
    public @Nullable RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
        return new RequestMappingHandlerMapping() {
            @Override
            protected boolean isHandler(Class<?> beanType) {
                return beanType.getName().startsWith(OWN) && super.isHandler(beanType);
            }
        };
    }
}
