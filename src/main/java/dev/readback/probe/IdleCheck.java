package dev.readback.probe;

import java.time.Duration;

/**
 * Connects, says nothing, and waits for the server to end the connection. What it says before is its own affair.
 *
 * @param idle after which time it should
 * @param tolerance how much later it may; sooner it may by a tenth of {@code idle}, as coarse timers do
 */
record IdleCheck(Duration idle, Duration tolerance) implements Check {

    private static final int EARLY_FRACTION = 10;

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public Outcome run(Plan plan) {
        Outcome outcome = new Outcome(this);
        try (Link link = plan.open()) {
            outcome.connected(link);
            outcome.passed(awaitEnd(link));
        } catch (ProbeException e) {
            outcome.failed(e);
        }
        return outcome;
    }

    private long awaitEnd(Link link) throws ProbeException {
        byte[] buffer = new byte[1024];
        long opened = System.nanoTime() - link.openNanos();
        long deadline = opened + idle.plus(tolerance).toNanos();
        Duration limit = idle.plus(tolerance);
        while (true) {
            int length;
            try {
                length = link.read(buffer, deadline, "", "");
            } catch (ProbeException e) {
                throw retold(e, link.openNanos(), limit);
            }
            if (length < 0) {
                return checked(link.openNanos());
            }
        }
    }

    private long checked(long nanos) throws ProbeException {
        if (nanos < idle.minus(idle.dividedBy(EARLY_FRACTION)).toNanos()) {
            throw new ProbeException(
                    Fault.EARLY,
                    "the server ended the silent connection after " + Durations.print(nanos) + ", expected was "
                            + Durations.print(idle));
        }
        return nanos;
    }

    private ProbeException retold(ProbeException failure, long nanos, Duration limit) {
        return switch (failure.fault()) {
            case TIMEOUT ->
                new ProbeException(
                        Fault.TIMEOUT,
                        "the server did not end the silent connection within " + Durations.print(limit)
                                + ", expected was " + Durations.print(idle));
            case RESET ->
                new ProbeException(
                        Fault.RESET,
                        "the silent connection was reset after " + Durations.print(nanos)
                                + ", expected was a clean end after " + Durations.print(idle));
            case UNRESOLVED, REFUSED, UNREACHABLE, SHORT, LONG, DIFFERENT, EARLY, TLS -> failure;
        };
    }
}
