package dev.readback.probe;

/** Reads one connection's replies and compares them with what is expected. */
final class ReplyReader {

    private static final int BUFFER_SIZE = 64 * 1024;

    private final Link link;
    private final byte[] buffer = new byte[BUFFER_SIZE];

    ReplyReader(Link link) {
        this.link = link;
    }

    /** Makes the JVM load what reading takes, so that the first time measured is the server's. */
    static void prepare(Exchange exchange) {
        new ReplyMatcher(exchange, 0).take(exchange.request(), 0, exchange.request().length);
    }

    /** Reads up to the end of the replies, which is where the last read must end too. */
    void read(ReplyMatcher matcher, long deadline) throws ProbeException {
        while (!matcher.isComplete()) {
            int length = link.read(buffer, deadline, "the reply was not complete", after(matcher));
            if (length < 0) {
                throw new ProbeException(
                        Fault.SHORT,
                        "the connection ended " + after(matcher) + ": expected next was " + matcher.expected());
            }
            int used = matcher.take(buffer, 0, length);
            if (!matcher.isComplete() && used < length) {
                throw new ProbeException(
                        Fault.DIFFERENT,
                        "the reply differs at offset " + matcher.matched() + ": expected was " + matcher.expected()
                                + ", received " + Escapes.show(buffer, used, length));
            }
            if (used < length) {
                throw tooLong(matcher, used, length);
            }
        }
    }

    /** Waits for the clean end of the connection, with nothing before it. */
    void readEnd(ReplyMatcher matcher, long deadline) throws ProbeException {
        int length = link.read(
                buffer,
                deadline,
                "the server did not end the connection",
                "after the whole reply of " + bytes(matcher));
        if (length >= 0) {
            throw tooLong(matcher, 0, length);
        }
    }

    private ProbeException tooLong(ReplyMatcher matcher, int from, int to) {
        return new ProbeException(
                Fault.LONG,
                "the reply goes on after its " + bytes(matcher) + ", with " + Escapes.show(buffer, from, to));
    }

    private static String after(ReplyMatcher matcher) {
        return matcher.matched() == 0 ? "before any byte of the reply" : "after " + bytes(matcher) + " of the reply";
    }

    private static String bytes(ReplyMatcher matcher) {
        return matcher.matched() == 1 ? "1 byte" : matcher.matched() + " bytes";
    }
}
