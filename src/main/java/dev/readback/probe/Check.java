package dev.readback.probe;

import java.time.Duration;

/** One thing that the probe checks. */
sealed interface Check permits EchoCheck, HalfCloseCheck, IdleCheck {

    /** Its name, as its flag has it. */
    String name();

    /** Does it, as often as the plan says. A failure is part of the outcome. */
    Outcome run(Plan plan) throws InterruptedException;

    /** Lets the plan's interval pass, but for the last attempt. */
    static void pause(Plan plan, int attempt) throws InterruptedException {
        Duration interval = plan.interval();
        if (attempt < plan.count() && interval.isPositive()) {
            Thread.sleep(interval);
        }
    }
}
