package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Writes down what a listener's observer is told. */
public final class RecordingObserver implements ListenerObserver {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong handshakes = new AtomicLong();
    private final BlockingQueue<RefusalReason> refused = new LinkedBlockingQueue<>();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong frames = new AtomicLong();
    private final AtomicLong acknowledgements = new AtomicLong();
    private final AtomicLong turns = new AtomicLong();
    private final AtomicLong readsPaused = new AtomicLong();
    private final AtomicLong halfOpenPeer = new AtomicLong();
    private final AtomicLong halfOpenLocal = new AtomicLong();
    private final List<TimeoutKind> timeouts = new CopyOnWriteArrayList<>();
    private final BlockingQueue<ConnectionSummary> closed = new LinkedBlockingQueue<>();
    private final AtomicLong closedCount = new AtomicLong();

    @Override
    public void handshaken(long nanos) {
        handshakes.incrementAndGet();
    }

    @Override
    public void refused(RefusalReason reason) {
        refused.add(reason);
    }

    @Override
    public void accepted() {
        accepted.incrementAndGet();
    }

    @Override
    public void received(int bytes) {
        received.addAndGet(bytes);
    }

    @Override
    public void sent(long bytes) {
        sent.addAndGet(bytes);
    }

    @Override
    public void answered(int answered, int acknowledged, long nanos) {
        turns.incrementAndGet();
        frames.addAndGet(answered);
        acknowledgements.addAndGet(acknowledged);
    }

    @Override
    public void readPaused() {
        readsPaused.incrementAndGet();
    }

    @Override
    public void timedOut(TimeoutKind kind) {
        timeouts.add(kind);
    }

    @Override
    public void halfOpened(Side side) {
        gauge(side).incrementAndGet();
    }

    @Override
    public void halfOpenEnded(Side side) {
        gauge(side).decrementAndGet();
    }

    @Override
    public void closed(ConnectionSummary summary) {
        closedCount.incrementAndGet();
        closed.add(summary);
    }

    private AtomicLong gauge(Side side) {
        return switch (side) {
            case PEER -> halfOpenPeer;
            case LOCAL -> halfOpenLocal;
        };
    }

    public long acceptedConnections() {
        return accepted.get();
    }

    public long active() {
        return accepted.get() - closedCount.get();
    }

    public long handshakes() {
        return handshakes.get();
    }

    public long receivedBytes() {
        return received.get();
    }

    public long sentBytes() {
        return sent.get();
    }

    public long frames() {
        return frames.get();
    }

    public long acknowledgements() {
        return acknowledgements.get();
    }

    /** How many times replies left together. */
    public long turns() {
        return turns.get();
    }

    public long readsPaused() {
        return readsPaused.get();
    }

    public long halfOpen(Side side) {
        return gauge(side).get();
    }

    public List<TimeoutKind> timeouts() {
        return List.copyOf(timeouts);
    }

    /** Why the next connection was turned away, in the order in which they were. */
    public RefusalReason nextRefused() throws InterruptedException {
        RefusalReason reason = refused.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(reason).as("a connection is refused within %s", PATIENCE).isNotNull();
        return Objects.requireNonNull(reason);
    }

    /** How many were turned away and not yet asked for. */
    public int refused() {
        return refused.size();
    }

    /** The next connection that is over, in the order of their ends. */
    public ConnectionSummary nextClosed() throws InterruptedException {
        ConnectionSummary summary = closed.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(summary).as("a connection closes within %s", PATIENCE).isNotNull();
        return Objects.requireNonNull(summary);
    }
}
