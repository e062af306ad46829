package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each client address has so many connections, and one that has none costs nothing. */
class AddressLimitTests {

    private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.7");

    @Test
    void takesSoManyAndAgainSoManyOnceTheyAreGone() {
        AddressLimit limit = new AddressLimit(2);
        assertThat(limit.acquire(CLIENT)).isTrue();
        assertThat(limit.acquire(CLIENT)).isTrue();
        assertThat(limit.acquire(CLIENT)).isFalse();
        limit.release(CLIENT);
        assertThat(limit.acquire(CLIENT)).isTrue();
        assertThat(limit.acquire(CLIENT)).isFalse();
        limit.release(CLIENT);
        limit.release(CLIENT);
        assertThat(limit.size()).as("addresses remembered").isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.8, false",
        "192.0.2.7, ::ffff:192.0.2.7, true",
        "255.255.255.255, 0.0.0.0, false",
        "0.0.0.1, ::1, false",
        "2001:db8::1, 2001:db8::ffff:1:2:3, true",
        "2001:db8::1, 2001:db8:0:1::1, false",
    })
    void countsAnIpv6AddressWithItsNetworkAndAnIpv4AddressAlone(String first, String second, boolean together) {
        AddressLimit limit = new AddressLimit(1);
        assertThat(limit.acquire(InetAddress.ofLiteral(first))).isTrue();
        assertThat(limit.acquire(InetAddress.ofLiteral(second))).isEqualTo(!together);
    }

    @Test
    void countsRightWhenAllComeAtOnce() throws Exception {
        AddressLimit limit = new AddressLimit(3);
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        int threads = 8;
        CountDownLatch ready = new CountDownLatch(threads);
        try (ExecutorService clients = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                clients.submit(() -> {
                    ready.countDown();
                    ready.await();
                    for (int turn = 0; turn < 5_000; turn++) {
                        if (limit.acquire(CLIENT)) {
                            most.accumulateAndGet(open.incrementAndGet(), Math::max);
                            open.decrementAndGet();
                            limit.release(CLIENT);
                        }
                    }
                    return null;
                });
            }
        }
        assertThat(most.get()).isBetween(1, 3);
        assertThat(limit.size()).isZero();
    }
}
