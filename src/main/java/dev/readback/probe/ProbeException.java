package dev.readback.probe;

/** An attempt that failed. The message says what was seen, with the numbers, and goes on after the name of the check. */
final class ProbeException extends Exception {

    private final Fault fault;

    ProbeException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    Fault fault() {
        return fault;
    }
}
