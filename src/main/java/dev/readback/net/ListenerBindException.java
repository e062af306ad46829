package dev.readback.net;

import java.net.InetSocketAddress;
import java.util.Locale;

/** A listener cannot have the address that it was given. */
public final class ListenerBindException extends RuntimeException {

    ListenerBindException(String listener, InetSocketAddress address, Throwable cause) {
        super(
                "listener '%s' cannot bind %s:%d: %s"
                        .formatted(listener, address.getAddress().getHostAddress(), address.getPort(), problem(cause)),
                cause);
    }

    // the native transport writes "bind(..) failed with error(-98): Address already in use", the JDK only the last part
    private static String problem(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        String last = message.substring(message.lastIndexOf(": ") + 1).strip();
        return last.isEmpty() ? message : last.substring(0, 1).toLowerCase(Locale.ROOT) + last.substring(1);
    }
}
