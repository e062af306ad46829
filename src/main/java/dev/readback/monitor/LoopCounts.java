package dev.readback.monitor;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What event loops count for each read and write: each thread has counts of its own, so that none waits for another's, and
 * who asks adds them up. Safe for use by all threads; a sum lacks at most what is counted just then.
 */
final class LoopCounts {

    /** Longs before and behind a thread's counts: in one cache line with another thread's they would wait for it. */
    private static final int MARGIN = 8;

    enum Count {
        RECEIVED_BYTES(0),
        SENT_BYTES(1),
        FRAMES(2),
        ACKNOWLEDGEMENTS(3);

        private final int index;

        Count(int position) {
            index = MARGIN + position;
        }
    }

    private static final int LENGTH = MARGIN + Count.values().length + MARGIN;

    private final List<AtomicLongArray> all = new CopyOnWriteArrayList<>();

    private final FastThreadLocal<AtomicLongArray> own = new FastThreadLocal<>() {
        @Override
        protected AtomicLongArray initialValue() {
            AtomicLongArray counts = new AtomicLongArray(LENGTH);
            all.add(counts);
            return counts;
        }
    };

    void add(Count count, long more) {
        AtomicLongArray counts = own.get();
        counts.setOpaque(count.index, counts.getPlain(count.index) + more); // nobody else writes it
    }

    long sum(Count count) {
        return all.stream().mapToLong(it -> it.getOpaque(count.index)).sum();
    }
}
