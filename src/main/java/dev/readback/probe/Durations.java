package dev.readback.probe;

import java.time.Duration;

/** Durations as Readback's settings write them. */
final class Durations {

    private static final long LONGEST_DAYS = 365;
    private static final int LONGEST_NUMBER = 12; // digits: far from an overflow in every unit

    private Durations() {}

    /**
     * Parses a whole number with a unit of {@code ms s m h d}; without one it counts seconds.
     *
     * @throws IllegalArgumentException if it is none, or over 365 days
     */
    static Duration parse(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        if (digits == 0 || digits > LONGEST_NUMBER) {
            throw refused(text);
        }
        long number = Long.parseLong(text.substring(0, digits));
        Duration duration = switch (text.substring(digits)) {
            case "ms" -> Duration.ofMillis(number);
            case "s", "" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> throw refused(text);
        };
        if (duration.toDays() > LONGEST_DAYS) {
            throw refused(text);
        }
        return duration;
    }

    /** A measured time: below a second in milliseconds, from there on in seconds, with three decimals. */
    static String print(long nanos) {
        return nanos < 1_000_000_000 ? decimal(nanos / 1_000) + " ms" : decimal(nanos / 1_000_000) + " s";
    }

    /** A duration that was asked for, without decimals that are zero. */
    static String print(Duration duration) {
        return duration.toMillisPart() == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /** Seconds with six decimals. */
    static String seconds(long nanos) {
        long micros = nanos / 1_000;
        return micros / 1_000_000 + "."
                + String.valueOf(1_000_000 + micros % 1_000_000).substring(1);
    }

    // String.format takes long to come up in a process that lives for a moment
    private static String decimal(long thousandths) {
        return thousandths / 1_000 + "."
                + String.valueOf(1_000 + thousandths % 1_000).substring(1);
    }

    private static IllegalArgumentException refused(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is no duration such as 500ms, 5s or 2m, of at most 365 days");
    }
}
