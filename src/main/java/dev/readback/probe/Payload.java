package dev.readback.probe;

/**
 * What to send, as the command line gives it. Of a type of its own, since picocli takes an array for many values.
 *
 * @param bytes without header or line end, where the framing adds them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Payload(byte[] bytes) {

    static Payload parse(String text) {
        return new Payload(Escapes.parse(text));
    }
}
