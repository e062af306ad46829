package dev.readback.probe;

import dev.readback.frame.LengthFraming;
import dev.readback.frame.LengthHeader;
import dev.readback.frame.StructFormat;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Puts a payload into frames, as the listener's framing has them. */
sealed interface Frames {

    /** The most bytes that the probe sends at once. */
    int LARGEST = 16 << 20;

    /** No framing: what is sent at once is a frame, or several where the network cuts it. */
    record Raw() implements Frames {}

    /** Lines. */
    record Line() implements Frames {}

    /** A body behind a header. */
    record Length(LengthHeader header) implements Frames {}

    /** Records of a format. */
    record Struct(StructFormat format) implements Frames {}

    /**
     * Parses what follows {@code --frames}.
     *
     * @throws IllegalArgumentException if it is no framing
     */
    static Frames parse(String text) {
        return switch (text) {
            case "raw" -> new Raw();
            case "line" -> new Line();
            case "length" -> new Length(LengthHeader.valueOf("!I"));
            default -> {
                if (!text.startsWith("length:")) {
                    throw new IllegalArgumentException("'" + text
                            + "' is no framing: allowed is raw, line, length and length:HEADER, for example length:!I");
                }
                yield new Length(LengthHeader.valueOf(text.substring("length:".length())));
            }
        };
    }

    /**
     * Parses what follows {@code --struct}.
     *
     * @throws IllegalArgumentException if it is no format, or one of no bytes or too many
     */
    static Frames struct(String text) {
        StructFormat format = StructFormat.valueOf(text);
        if (format.size() < 1 || format.size() > LARGEST) {
            throw new IllegalArgumentException(
                    "'" + text + "' has records of " + format.size() + " bytes: allowed is 1 byte to 16 MB");
        }
        return new Struct(format);
    }

    /**
     * What to send and what to expect back.
     *
     * @param payload what to send, null for what fits
     * @param size how many bytes to send where there is no payload, null for as many as fit
     * @throws IllegalArgumentException if the payload, the size or the acknowledgement does not fit the framing
     */
    default Exchange exchange(
            byte @Nullable [] payload, @Nullable Integer size, Acknowledgement acknowledgement, boolean echoed) {
        LengthHeader header = this instanceof Length(LengthHeader it) ? it : null;
        if (acknowledgement.endsOpen() && header == null) {
            throw new IllegalArgumentException(
                    "the acknowledgement ends in a placeholder: only with --frames length the probe knows where it ends");
        }
        if (acknowledgement.isEmpty() && !echoed) {
            throw new IllegalArgumentException("--ack-only with an empty --ack leaves no reply to check");
        }
        byte[] request = request(payload, size);
        if (request.length == 0) {
            throw new IllegalArgumentException("the payload is empty: there is no frame to send");
        }
        int[] ends = ends(request);
        Exchange exchange = new Exchange(request, ends, this instanceof Raw && echoed, echoed, acknowledgement, header);
        exchange.pattern(ends.length, ends[0]); // a header that cannot count it refuses it here
        return exchange;
    }

    private byte[] request(byte @Nullable [] payload, @Nullable Integer size) {
        return switch (this) {
            case Raw _ -> payload == null ? filler(size) : payload;
            case Line _ -> payload == null ? lineOf(filler(size), size != null) : lineOf(payload, false);
            case Length(LengthHeader header) -> {
                byte[] body = payload == null ? filler(size) : payload;
                yield new LengthFraming(header, LARGEST).text(body).length == 0
                        ? new byte[header.width()]
                        : new LengthFraming(header, LARGEST).text(body);
            }
            case Struct(StructFormat format) -> {
                if (size != null) {
                    throw new IllegalArgumentException(
                            "--size has no meaning with --struct, whose records have " + format.size() + " bytes");
                }
                yield records(format, payload == null ? filler(format.size()) : payload);
            }
        };
    }

    private int[] ends(byte[] request) {
        return switch (this) {
            case Raw _, Length _ -> new int[] {request.length};
            case Line _ -> {
                int[] ends = new int[0];
                for (int i = 0; i < request.length; i++) {
                    if (request[i] == '\n') {
                        ends = Arrays.copyOf(ends, ends.length + 1);
                        ends[ends.length - 1] = i + 1;
                    }
                }
                yield ends;
            }
            case Struct(StructFormat format) -> {
                int[] ends = new int[request.length / format.size()];
                for (int i = 0; i < ends.length; i++) {
                    ends[i] = (i + 1) * format.size();
                }
                yield ends;
            }
        };
    }

    /** Letters, which no framing and no common acknowledgement mistakes for anything else. */
    private static byte[] filler(@Nullable Integer size) {
        byte[] word = "readback".getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = new byte[size == null ? word.length : size];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = word[i % word.length];
        }
        return bytes;
    }

    private static byte[] lineOf(byte[] text, boolean endIncluded) {
        if (text.length > 0 && text[text.length - 1] == '\n') {
            return text;
        }
        byte[] line = Arrays.copyOf(text, endIncluded ? text.length : text.length + 1);
        line[line.length - 1] = '\n';
        return line;
    }

    /** The records as they come back: pad bytes zero, and the like. */
    private static byte[] records(StructFormat format, byte[] payload) {
        if (payload.length % format.size() != 0) {
            throw new IllegalArgumentException(
                    "the payload has " + payload.length + " bytes: records of '" + format + "' have " + format.size());
        }
        // Netty would find the service's logging, whose set-up is Spring Boot's: without it, it writes to standard
        // output
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        byte[] records = new byte[payload.length];
        for (int from = 0; from < payload.length; from += format.size()) {
            byte[] record = Arrays.copyOfRange(payload, from, from + format.size());
            System.arraycopy(format.pack(format.unpack(record)), 0, records, from, format.size());
        }
        return records;
    }
}
