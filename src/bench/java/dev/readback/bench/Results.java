package dev.readback.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was measured, by scenario and peer. */
final class Results {

    private final Map<Scenario, Map<Peer, List<Figures>>> rounds = new LinkedHashMap<>();

    void add(Scenario scenario, Peer peer, Figures figures) {
        rounds.computeIfAbsent(scenario, it -> new EnumMap<>(Peer.class))
                .computeIfAbsent(peer, it -> new ArrayList<>())
                .add(figures);
    }

    List<Scenario> scenarios() {
        return List.copyOf(rounds.keySet());
    }

    List<Peer> peers(Scenario scenario) {
        return List.copyOf(rounds.getOrDefault(scenario, Map.of()).keySet());
    }

    /** The medians of a peer; null when it did not take part. */
    @Nullable
    Figures of(Scenario scenario, Peer peer) {
        List<Figures> all = rounds.getOrDefault(scenario, Map.of()).get(peer);
        return all == null ? null : Figures.median(all);
    }

    /** Replies that were not what they should be, and connections that were lost, by Readback. */
    long wrong() {
        return rounds.values().stream()
                .flatMap(it -> it.getOrDefault(Peer.READBACK, List.of()).stream())
                .mapToLong(Figures::wrong)
                .sum();
    }
}
