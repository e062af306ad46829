package dev.readback.probe;

import dev.readback.frame.LengthHeader;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares the bytes that come back with the replies to expect, as they come.
 *
 * <p>It keeps every place at which the replies could be: where frames are divisible, the acknowledgement's first byte may
 * also be the echo's next one.
 */
final class ReplyMatcher {

    /** A place within the replies. */
    private sealed interface Place {

        /** Within the echo of a frame: {@code at} is the request's next byte, {@code begin} the frame's first one. */
        record Echo(int frame, int count, int begin, int at) implements Place {}

        /** Within the header of an acknowledgement whose length it says. */
        record Header(Echo after, Pattern pattern, int bytes, long value) implements Place {}

        /** Within an acknowledgement; {@code left} bytes are still to come, or -1 where only the pattern knows. */
        record Text(Echo after, Pattern pattern, int at, long left) implements Place {}
    }

    /** What acknowledges one frame; the same object for the same frame, so that places can be compared. */
    private static final class Pattern {
        private final int[] codes;

        Pattern(int[] codes) {
            this.codes = codes;
        }

        int length() {
            return codes.length;
        }

        boolean isOpenAt(int at) {
            return at < codes.length && codes[at] == Acknowledgement.ANYTHING;
        }
    }

    private final Exchange exchange;
    private final Map<Long, Pattern> patterns = new HashMap<>();
    private Set<Place> places = new LinkedHashSet<>();
    private boolean complete;
    private int count;
    private long matched;

    /**
     * @param exchange what was sent, and what is expected
     * @param acknowledged how many frames were acknowledged on this connection before
     */
    ReplyMatcher(Exchange exchange, int acknowledged) {
        this.exchange = exchange;
        begin(0, acknowledged);
    }

    /** Whether all replies have come. */
    boolean isComplete() {
        return complete;
    }

    /** How many frames are acknowledged on this connection, once all replies have come. */
    int acknowledged() {
        return count;
    }

    /** How many bytes were as expected. */
    long matched() {
        return matched;
    }

    /**
     * Takes the next bytes up to the end of the replies.
     *
     * @return the index behind the last byte that belongs to them; of the first one that does not where they are not
     *     {@linkplain #isComplete() complete} and bytes are left
     */
    int take(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && !complete) {
            at += skip(bytes, at, to);
            Set<Place> before = places;
            places = new LinkedHashSet<>();
            for (Place place : before) {
                step(place, bytes[at] & 0xff);
            }
            if (places.isEmpty() && !complete) {
                places = before;
                break;
            }
            at++;
        }
        matched += at - from;
        return at;
    }

    // Where there is one place only, in an echo: most of the bytes of a long reply, without an object for each
    private int skip(byte[] bytes, int from, int to) {
        if (places.size() != 1 || !(places.iterator().next() instanceof Place.Echo echo) || !isInside(echo)) {
            return 0;
        }
        int most = Math.min(to - from, exchange.ends()[echo.frame()] - echo.at()) - 1;
        int same = 0;
        while (same < most
                && bytes[from + same] == exchange.request()[echo.at() + same]
                && !(exchange.divisible() && exchange.acknowledgement().mayBegin(bytes[from + same] & 0xff))) {
            same++;
        }
        if (same > 0) {
            places = new LinkedHashSet<>();
            places.add(new Place.Echo(echo.frame(), echo.count(), echo.begin(), echo.at() + same));
        }
        return same;
    }

    /** The next bytes as they were expected, for an error. */
    String expected() {
        List<String> all = new ArrayList<>();
        for (Place place : places) {
            String text = expected(place);
            if (!all.contains(text)) {
                all.add(text);
            }
        }
        return String.join(" or ", all);
    }

    private String expected(Place place) {
        return switch (place) {
            case Place.Echo echo
            when isInside(echo) -> {
                String frame = Escapes.show(exchange.request(), echo.at(), exchange.ends()[echo.frame()]);
                yield mayDivide(echo) ? frame + " or " + text(patternAfter(echo), 0) : frame;
            }
            case Place.Echo _ -> "nothing";
            case Place.Header _ -> "the header of an acknowledgement";
            case Place.Text text -> text(text.pattern(), text.at());
        };
    }

    private static String text(Pattern pattern, int from) {
        int start = from;
        while (pattern.isOpenAt(start)) {
            start++;
        }
        int end = start;
        while (end < pattern.length() && !pattern.isOpenAt(end)) {
            end++;
        }
        byte[] bytes = new byte[end - start];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) pattern.codes[start + i];
        }
        return start == from
                ? Escapes.show(bytes, 0, bytes.length)
                : "anything up to " + Escapes.show(bytes, 0, bytes.length);
    }

    private void step(Place place, int next) {
        switch (place) {
            case Place.Echo echo -> {
                if (isInside(echo) && (exchange.request()[echo.at()] & 0xff) == next) {
                    arrive(new Place.Echo(echo.frame(), echo.count(), echo.begin(), echo.at() + 1));
                }
                if (mayDivide(echo) && exchange.acknowledgement().mayBegin(next)) {
                    stepText(new Place.Text(echo, patternAfter(echo), 0, -1), next);
                }
            }
            case Place.Header header -> {
                LengthHeader exact = exchange.openHeader();
                int bytes = header.bytes() + 1;
                boolean big = exact == null || exact.order() == ByteOrder.BIG_ENDIAN;
                long value =
                        big ? (header.value() << 8) | next : header.value() | ((long) next << (8 * header.bytes()));
                if (exact != null && bytes == exact.width()) {
                    arrive(new Place.Text(header.after(), header.pattern(), 0, value));
                } else {
                    places.add(new Place.Header(header.after(), header.pattern(), bytes, value));
                }
            }
            case Place.Text text -> stepText(text, next);
        }
    }

    private void stepText(Place.Text text, int next) {
        Pattern pattern = text.pattern();
        long left = text.left() < 0 ? -1 : text.left() - 1;
        int at = text.at();
        while (pattern.isOpenAt(at)) {
            arrive(new Place.Text(text.after(), pattern, at, left));
            at++;
        }
        if (at < pattern.length() && pattern.codes[at] == next) {
            arrive(new Place.Text(text.after(), pattern, at + 1, left));
        }
    }

    private boolean isInside(Place.Echo echo) {
        return exchange.echoed() && echo.at() < exchange.ends()[echo.frame()];
    }

    private boolean mayDivide(Place.Echo echo) {
        return exchange.divisible()
                && echo.at() > echo.begin()
                && isInside(echo)
                && !exchange.acknowledgement().isEmpty();
    }

    private Pattern patternAfter(Place.Echo echo) {
        int end = exchange.echoed() ? echo.at() : exchange.ends()[echo.frame()];
        int length = end - echo.begin();
        return patterns.computeIfAbsent(
                (long) echo.count() << Integer.SIZE | length,
                _ -> new Pattern(exchange.pattern(echo.count() + 1, length)));
    }

    private void begin(int frame, int acknowledged) {
        if (frame == exchange.frames()) {
            complete = true;
            count = acknowledged;
        } else {
            int begin = exchange.begin(frame);
            arrive(new Place.Echo(frame, acknowledged, begin, begin));
        }
    }

    private void arrive(Place.Echo echo) {
        if (isInside(echo)) {
            places.add(echo);
        } else if (exchange.acknowledgement().isEmpty()) {
            begin(echo.frame() + 1, echo.count() + 1);
        } else if (exchange.openHeader() != null) {
            places.add(new Place.Header(echo, patternAfter(echo), 0, 0));
        } else {
            places.add(new Place.Text(echo, patternAfter(echo), 0, -1));
        }
    }

    private void arrive(Place.Text text) {
        int at = text.at();
        while (text.left() == 0 && text.pattern().isOpenAt(at)) {
            at++;
        }
        boolean ended = at == text.pattern().length();
        if (text.left() > 0 || (text.left() < 0 && !ended)) {
            places.add(text);
        } else if (!ended) {
            return; // its header said that it ends here
        } else if (isInside(text.after())) {
            Place.Echo echo = text.after();
            places.add(new Place.Echo(echo.frame(), echo.count() + 1, echo.at(), echo.at()));
        } else {
            begin(text.after().frame() + 1, text.after().count() + 1);
        }
    }
}
