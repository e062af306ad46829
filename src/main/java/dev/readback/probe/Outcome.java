package dev.readback.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What came of one check. Belongs to one thread. */
final class Outcome {

    private final Check check;
    private final List<Long> connects = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private int failed;
    private Optional<ProbeException> firstFailure = Optional.empty();

    Outcome(Check check) {
        this.check = check;
    }

    void connected(Link link) {
        connects.add(link.connectNanos());
    }

    /** An attempt passed, after so many nanoseconds. */
    void passed(long nanos) {
        times.add(nanos);
    }

    void failed(ProbeException failure) {
        failed++;
        if (firstFailure.isEmpty()) {
            firstFailure = Optional.of(failure);
        }
    }

    Check check() {
        return check;
    }

    int attempts() {
        return times.size() + failed;
    }

    int passes() {
        return times.size();
    }

    boolean isPassed() {
        return failed == 0;
    }

    Optional<ProbeException> firstFailure() {
        return firstFailure;
    }

    /** How long it took to connect, TLS included. */
    Times connectTimes() {
        return times(connects);
    }

    /** How long the attempts that passed took. */
    Times times() {
        return times(times);
    }

    private static Times times(List<Long> measured) {
        return new Times(measured.stream().mapToLong(Long::longValue).toArray());
    }
}
