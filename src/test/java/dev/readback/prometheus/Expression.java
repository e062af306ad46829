package dev.readback.prometheus;

import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes an expression in Prometheus' language apart, as far as tests need it.
 *
 * @param text the expression; braces within quotes are not expected
 */
record Expression(String text) {

    private static final Pattern LABELS =
            Pattern.compile("\\b(?:by|on|without|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern TIMES = Pattern.compile("\\[[^]]*]|\\boffset\\s+\\w+");
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][\\w:]*+)(\\{[^}]*+})?+(?!\\s*\\()");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool");

    /** What it asks Prometheus for: names with their matchers, without ranges and functions. */
    Set<String> selectors() {
        String bare = TIMES.matcher(LABELS.matcher(text).replaceAll(" ")).replaceAll(" ");
        return SELECTOR.matcher(bare)
                .results()
                .filter(it -> !OPERATORS.contains(it.group(1)))
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    /** The labels by which it groups and joins. */
    Set<String> labels() {
        return LABELS.matcher(text)
                .results()
                .flatMap(it -> Stream.of(it.group(1).split(",")))
                .map(String::strip)
                .filter(it -> !it.isEmpty())
                .collect(Collectors.toSet());
    }
}
