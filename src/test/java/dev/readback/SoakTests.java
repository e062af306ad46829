package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.readback.net.CloseReason;
import dev.readback.testing.LeakRecorder;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients of all kinds come and go for a minute, 2000 a second where the machine is fast enough; then every count that
 * Readback keeps agrees with theirs and with each other, and nothing is left behind.
 *
 * <p>Longer, for example an hour: {@code ./mvnw test -Dtest=SoakTests -Dsoak.seconds=3600 -Dsurefire.timeout=4000}.
 */
class SoakTests {

    private static final Logger LOG = LoggerFactory.getLogger(SoakTests.class);
    private static final int SECONDS = Integer.getInteger("soak.seconds", 60);
    private static final int ROUNDS = 3;
    private static final int RATE = 2000; // connections a second
    private static final int DRIVERS = 4; // half of them polite
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long HEAP_NOISE = 8 * 1024 * 1024; // a hundred bytes for each connection
    private static final long CACHED_BUFFERS = 16 * 1024 * 1024; // what the allocator may keep for later
    private static final long DESCRIPTOR_NOISE = 8;

    /** What is in use while nobody is connected. */
    private record Footprint(long heap, long buffers, long descriptors) {

        static Footprint now() throws Exception {
            assertThat(LeakRecorder.reports()).as("buffers leaked").isEmpty(); // collects garbage
            return new Footprint(
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                            .metric()
                            .usedDirectMemory(),
                    openDescriptors());
        }

        private static long openDescriptors() throws IOException {
            Path descriptors = Path.of("/proc/self/fd");
            if (!Files.isDirectory(descriptors)) {
                return 0; // they are counted on Linux only
            }
            try (Stream<Path> open = Files.list(descriptors)) {
                return open.count();
            }
        }
    }

    // every 128th buffer is watched here: to write down where each has been would take longer than to serve it
    @BeforeAll
    static void watchSomeBuffers() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    }

    @AfterAll
    static void watchAllBuffers() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void endsWithAllBooksBalanced() throws Exception {
        List<String> settings = new ArrayList<>(List.of(
                "logging.level.readback.access=warn", // the soak's own counts say it in one line
                "logging.level.dev.readback.net.Connection=warn"));
        Stream.of(SoakClient.Polite.values()).forEach(it -> settings.addAll(it.settings()));
        settings.addAll(SoakClient.HOSTILE_SETTINGS);
        try (TestApplication application = TestApplication.start(settings.toArray(String[]::new))) {
            List<SoakClient> clients = new ArrayList<>();
            for (int i = 0; i < DRIVERS; i++) {
                clients.add(
                        i % 2 == 0
                                ? SoakClient.polite(i, it -> address(application, it))
                                : SoakClient.hostile(i, it -> address(application, it)));
            }
            List<Footprint> footprints = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                long began = System.nanoTime();
                long before = opened(clients);
                round(clients, Duration.ofSeconds(SECONDS).dividedBy(ROUNDS));
                long rate = (opened(clients) - before) * 1_000_000_000 / (System.nanoTime() - began);
                await("all connections are closed").atMost(PATIENCE).until(() -> active(application) == 0);
                footprints.add(Footprint.now());
                LOG.info("Round {}: {} connections a second, {}", i + 1, rate, footprints.getLast());
            }
            checkBooks(application, clients);
            Footprint first = footprints.getFirst();
            Footprint last = footprints.getLast();
            assertThat(last.heap()).as("bytes of heap").isLessThan(first.heap() + HEAP_NOISE);
            assertThat(last.buffers()).as("bytes of buffers").isLessThan(first.buffers() + CACHED_BUFFERS);
            assertThat(last.descriptors()).as("descriptors").isLessThan(first.descriptors() + DESCRIPTOR_NOISE);
        }
    }

    private static void round(List<SoakClient> clients, Duration length) throws Exception {
        long end = System.nanoTime() + length.toNanos();
        try (ExecutorService drivers = Executors.newFixedThreadPool(DRIVERS)) {
            List<Future<?>> driving = new ArrayList<>();
            clients.forEach(it -> driving.add(drivers.submit(() -> drive(it, end))));
            for (Future<?> each : driving) {
                each.get(length.toSeconds() + PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    private static Object drive(SoakClient client, long end) throws IOException {
        long interval = TimeUnit.SECONDS.toNanos(1) * DRIVERS / RATE;
        for (long next = System.nanoTime(); next - end < 0; next += interval) {
            LockSupport.parkNanos(next - System.nanoTime());
            client.connect();
        }
        client.letGo();
        return client;
    }

    private static void checkBooks(TestApplication application, List<SoakClient> clients) throws Exception {
        Map<String, Double> series = series(application);
        for (SoakClient.Polite listener : SoakClient.Polite.values()) {
            String name = listener.listener();
            SoakClient.Totals totals =
                    clients.stream().map(it -> it.totals(name)).reduce(SoakClient.Totals.NONE, SoakClient.Totals::plus);
            assertThat(totals.connections()).as(name).isPositive();
            assertThat(value(series, "connections_accepted_total", name))
                    .as(name)
                    .isEqualTo(totals.connections());
            assertThat(value(series, "received_bytes_total", name)).as(name).isEqualTo(totals.sent());
            assertThat(value(series, "sent_bytes_total", name)).as(name).isEqualTo(totals.received());
            long acknowledgements = value(series, "acknowledgements_total", name);
            assertThat(value(series, "sent_bytes_total", name) - acknowledgements * listener.acknowledgement().length)
                    .as(name + ": bytes out without acknowledgements")
                    .isEqualTo(value(series, "received_bytes_total", name));
            assertThat(value(series, "frames_total", name)).as(name).isEqualTo(acknowledgements);
            assertThat(closed(series, name, "peer-closed")).as(name).isEqualTo(totals.connections());
        }
        for (String name : application.listeners()) {
            long accepted = value(series, "connections_accepted_total", name);
            long sum = Arrays.stream(CloseReason.values())
                    .mapToLong(it -> closed(series, name, it.word()))
                    .sum();
            assertThat(accepted).as(name).isEqualTo(sum + value(series, "connections_active", name));
            assertThat(accepted)
                    .as(name)
                    .isEqualTo(clients.stream()
                            .mapToLong(it -> it.totals(name).connections())
                            .sum());
            assertThat(closed(series, name, "error")).as(name).isZero();
            assertThat(value(series, "acknowledgements_total", name))
                    .as(name)
                    .isLessThanOrEqualTo(value(series, "frames_total", name));
        }
        assertThat(series.entrySet().stream().filter(it -> it.getKey().startsWith("readback_connections_half_open")))
                .allSatisfy(it -> assertThat(it.getValue()).isZero());
    }

    private static long opened(List<SoakClient> clients) {
        return clients.stream().mapToLong(SoakClient::opened).sum();
    }

    private static long active(TestApplication application) throws Exception {
        Map<String, Double> series = series(application);
        return application.listeners().stream()
                .mapToLong(it -> value(series, "connections_active", it))
                .sum();
    }

    private static Map<String, Double> series(TestApplication application) throws Exception {
        return application
                .get("/actuator/prometheus")
                .body()
                .lines()
                .filter(it -> it.startsWith("readback_"))
                .collect(Collectors.toMap(
                        it -> it.substring(0, it.lastIndexOf(' ')),
                        it -> Double.parseDouble(it.substring(it.lastIndexOf(' ')))));
    }

    private static long value(Map<String, Double> series, String metric, String listener) {
        return number(series, "readback_" + metric + "{listener=\"" + listener + "\"}");
    }

    private static long closed(Map<String, Double> series, String listener, String reason) {
        return number(
                series, "readback_connections_closed_total{listener=\"" + listener + "\",reason=\"" + reason + "\"}");
    }

    private static long number(Map<String, Double> series, String name) {
        Double value = series.get(name);
        if (value == null) {
            throw new AssertionError("no series " + name);
        }
        return value.longValue();
    }

    // as many addresses as it takes not to run out of ports that wait out their last connection
    private static InetSocketAddress address(TestApplication application, SoakClient.Destination destination) {
        int host = Files.exists(Path.of("/proc/self")) ? 1 + destination.turn() % 32 : 1; // all of 127/8 is loopback
        return new InetSocketAddress(
                InetAddress.ofLiteral("127.0.0." + host), application.port(destination.listener()));
    }
}
