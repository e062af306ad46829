package dev.readback.monitor;

import org.springframework.http.HttpStatus;

/** A request that cannot be done, with what the answer says about it. */
final class Problem extends RuntimeException {

    private final HttpStatus status;

    private Problem(HttpStatus status, String message) {
        super(message);
        this.status = status;
    }

    static Problem unknown(String what, String name) {
        return new Problem(HttpStatus.NOT_FOUND, "there is no " + what + " '" + name + "'");
    }

    static Problem wrong(String message) {
        return new Problem(HttpStatus.BAD_REQUEST, message);
    }

    /** The request is right, and the listener's state is not. */
    static Problem conflict(String message) {
        return new Problem(HttpStatus.CONFLICT, message);
    }

    HttpStatus status() {
        return status;
    }
}
