package dev.readback.net;

import org.jspecify.annotations.Nullable;

/** A listener cannot encrypt with the bundle that it was given. */
public final class ListenerTlsException extends RuntimeException {

    ListenerTlsException(String listener, String bundle, String allowed, @Nullable Throwable cause) {
        super("readback.listeners.%s.tls.bundle is '%s': allowed is %s".formatted(listener, bundle, allowed), cause);
    }
}
