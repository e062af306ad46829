package dev.readback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.monitor.LoopCounts.Count;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoopCountsTests {

    private static final int THREADS = 4;
    private static final int TIMES = 100_000;

    private final LoopCounts counts = new LoopCounts();

    @Test
    void beginsAtZero() {
        for (Count count : Count.values()) {
            assertThat(counts.sum(count)).isZero();
        }
    }

    @Test
    void keepsCountsApart() {
        long more = 1;
        for (Count count : Count.values()) {
            counts.add(count, more);
            more <<= 8;
        }
        assertThat(Arrays.stream(Count.values()).map(counts::sum)).containsExactly(1L, 1L << 8, 1L << 16, 1L << 24);
    }

    @Test
    void losesNothingOfThreadsThatCountAtOnce() throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                done.add(threads.submit(() -> {
                    start.await();
                    for (int n = 0; n < TIMES; n++) {
                        counts.add(Count.RECEIVED_BYTES, 3);
                        counts.add(Count.FRAMES, 1);
                    }
                    return null;
                }));
            }
            for (Future<?> thread : done) {
                thread.get(10, TimeUnit.SECONDS);
            }
        }
        assertThat(counts.sum(Count.RECEIVED_BYTES)).isEqualTo(3L * THREADS * TIMES);
        assertThat(counts.sum(Count.FRAMES)).isEqualTo((long) THREADS * TIMES);
    }
}
