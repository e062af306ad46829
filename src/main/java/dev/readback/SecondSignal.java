package dev.readback;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process at the next SIGTERM or SIGINT, while the first one's shutdown is under way.
 *
 * <p>The JVM ignores a signal that comes while it shuts down. Its handler can be replaced only by {@code sun.misc.Signal},
 * which is reached by reflection since the compiler knows it as no public type; where it is absent the second signal
 * stays without effect.
 */
final class SecondSignal {

    private static final Logger LOG = LoggerFactory.getLogger(SecondSignal.class);
    private static final int SIGNALLED = 128;

    private SecondSignal() {}

    /** Takes effect when the JVM begins to shut down. */
    static void endsTheProcess() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            halt("TERM", 15);
                            halt("INT", 2);
                        },
                        "second-signal"));
    }

    private static void halt(String signal, int number) {
        try {
            Class<?> signals = Class.forName("sun.misc.Signal");
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            InvocationHandler end = (proxy, method, arguments) -> {
                Runtime.getRuntime().halt(SIGNALLED + number);
                return null;
            };
            Object handler =
                    Proxy.newProxyInstance(SecondSignal.class.getClassLoader(), new Class<?>[] {handlers}, end);
            signals.getMethod("handle", signals, handlers)
                    .invoke(null, signals.getConstructor(String.class).newInstance(signal), handler);
        } catch (ReflectiveOperationException e) {
            LOG.debug("a second SIG{} will be ignored", signal, e);
        }
    }
}
