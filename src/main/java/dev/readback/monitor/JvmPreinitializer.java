package dev.readback.monitor;

import java.lang.management.ManagementFactory;
import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;

/** Makes the JVM's beans, which the metrics of memory and collectors read, on a thread of its own during the start. */
final class JvmPreinitializer implements BackgroundPreinitializer {

    @Override
    public void preinitialize() {
        ManagementFactory.getGarbageCollectorMXBeans();
        ManagementFactory.getMemoryPoolMXBeans();
        ManagementFactory.getOperatingSystemMXBean();
        ManagementFactory.getThreadMXBean();
    }
}
