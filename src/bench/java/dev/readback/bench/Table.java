package dev.readback.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes results as Markdown: medians, and each peer's rate and CPU under Readback's. */
final class Table {

    private Table() {}

    static String of(Results results) {
        StringBuilder text = new StringBuilder();
        for (Scenario scenario : results.scenarios()) {
            text.append("\n### ").append(scenario.title()).append("\n\n");
            if (scenario.kind() == Scenario.Kind.IDLE) {
                text.append("| | live heap, B/connection |\n|---|--:|\n");
                results.peers(scenario).forEach(it -> heap(text, it, results.of(scenario, it)));
            } else {
                text.append("| | ")
                        .append(scenario.unit())
                        .append(" | Readback's over it | server CPU, µs | Readback's")
                        .append(" over it | p50, µs | p99, µs | Readback's over it | wrong or lost |\n")
                        .append("|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
                Figures own = results.of(scenario, Peer.READBACK);
                results.peers(scenario).forEach(it -> row(text, it, results.of(scenario, it), own));
            }
        }
        return text.toString();
    }

    private static void heap(StringBuilder text, Peer peer, @Nullable Figures figures) {
        if (figures != null) {
            text.append("| %s | %,.0f |\n".formatted(peer.title(), figures.rate()));
        }
    }

    private static void row(StringBuilder text, Peer peer, @Nullable Figures figures, @Nullable Figures own) {
        if (figures == null) {
            return;
        }
        Figures readback = own == null ? figures : own;
        text.append(String.format(
                Locale.ROOT,
                "| %s | %,.0f | %s | %.2f | %s | %s | %s | %s | %d |\n",
                peer.title(),
                figures.rate(),
                ratio(readback.rate(), figures.rate()),
                figures.cpu(),
                ratio(readback.cpu(), figures.cpu()),
                micros(figures.p50()),
                micros(figures.p99()),
                ratio(readback.p99(), figures.p99()),
                figures.wrong()));
    }

    private static String ratio(double own, double other) {
        return other == 0 ? "" : String.format(Locale.ROOT, "%.2f", own / other);
    }

    // a stream has no round trips
    private static String micros(double micros) {
        return micros == 0 ? "" : String.format(Locale.ROOT, "%,.0f", micros);
    }
}
