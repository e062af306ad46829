package dev.readback.probe;

import org.jspecify.annotations.Nullable;

/** Sends a frame and waits for its reply, again and again on one connection; after a failure, on a new one. */
record EchoCheck() implements Check {

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public Outcome run(Plan plan) throws InterruptedException {
        Outcome outcome = new Outcome(this);
        @Nullable Link link = null;
        int acknowledged = 0;
        try {
            for (int attempt = 1; attempt <= plan.count(); attempt++) {
                try {
                    if (link == null) {
                        link = plan.open();
                        acknowledged = 0;
                        outcome.connected(link);
                    }
                    acknowledged = exchange(plan, link, acknowledged, outcome);
                } catch (ProbeException e) {
                    outcome.failed(e);
                    if (link != null) {
                        link.close();
                        link = null;
                    }
                }
                Check.pause(plan, attempt);
            }
        } finally {
            if (link != null) {
                link.close();
            }
        }
        return outcome;
    }

    private static int exchange(Plan plan, Link link, int acknowledged, Outcome outcome) throws ProbeException {
        ReplyMatcher matcher = new ReplyMatcher(plan.exchange(), acknowledged);
        ReplyReader reader = new ReplyReader(link);
        long start = System.nanoTime();
        link.send(plan.exchange().request(), false);
        reader.read(matcher, start + plan.timeout().toNanos());
        outcome.passed(System.nanoTime() - start);
        return matcher.acknowledged();
    }
}
