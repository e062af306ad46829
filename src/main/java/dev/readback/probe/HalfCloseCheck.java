package dev.readback.probe;

/** Sends a frame, shuts the sending side, and waits for the whole reply and a clean end, each time on a new connection. */
record HalfCloseCheck() implements Check {

    @Override
    public String name() {
        return "half-close";
    }

    @Override
    public Outcome run(Plan plan) throws InterruptedException {
        Outcome outcome = new Outcome(this);
        for (int attempt = 1; attempt <= plan.count(); attempt++) {
            try (Link link = plan.open()) {
                outcome.connected(link);
                outcome.passed(exchange(plan, link));
            } catch (ProbeException e) {
                outcome.failed(e);
            }
            Check.pause(plan, attempt);
        }
        return outcome;
    }

    private static long exchange(Plan plan, Link link) throws ProbeException {
        ReplyMatcher matcher = new ReplyMatcher(plan.exchange(), 0);
        ReplyReader reader = new ReplyReader(link);
        long start = System.nanoTime();
        long deadline = start + plan.timeout().toNanos();
        link.send(plan.exchange().request(), true);
        reader.read(matcher, deadline);
        reader.readEnd(matcher, deadline);
        return System.nanoTime() - start;
    }
}
