package dev.readback.testing;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Keeps what Netty's leak detector reports. Named in the build by {@code io.netty.customResourceLeakDetector}, so that it
 * watches every buffer of a test run.
 */
public final class LeakRecorder<T> extends ResourceLeakDetector<T> {

    private static final long PATIENCE_MILLIS = 10_000;
    private static final List<String> REPORTS = new CopyOnWriteArrayList<>();

    /** Called by Netty. */
    public LeakRecorder(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    /** Called by older paths of Netty. */
    public LeakRecorder(Class<?> resourceType, int samplingInterval, long maxActive) {
        super(resourceType, samplingInterval);
    }

    /** Collects garbage, lets the detector look at what is unreachable, and returns the reports since the last call. */
    public static List<String> reports() throws InterruptedException {
        collectGarbage();
        collectGarbage(); // the first round's references are all queued when the second's first one is
        for (int i = 0; i < 100; i++) {
            ByteBufAllocator.DEFAULT.buffer(16).release();
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
        List<String> reports = List.copyOf(REPORTS);
        REPORTS.removeAll(reports);
        return reports;
    }

    // a thread of the JVM queues what was collected, some time afterwards: a reference of our own tells when
    private static void collectGarbage() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
        System.gc();
        if (queue.remove(PATIENCE_MILLIS) == null) {
            throw new IllegalStateException("no garbage was collected: " + canary);
        }
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        REPORTS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        REPORTS.add(resourceType);
    }
}
