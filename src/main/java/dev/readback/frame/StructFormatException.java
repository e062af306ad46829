package dev.readback.frame;

/**
 * A struct format that cannot be parsed, or values or bytes that do not fit one. The message is one sentence with the
 * format, the place in it, what was found there and what is allowed.
 */
public final class StructFormatException extends IllegalArgumentException {

    StructFormatException(String message) {
        super(message);
    }
}
