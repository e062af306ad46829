package dev.readback.bench;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One way to load a server.
 *
 * @param kind what each connection does
 * @param connections how many at a time
 * @param size bytes in a message
 * @param depth messages in flight on each connection
 */
record Scenario(Kind kind, int connections, int size, int depth) {

    /** What each connection does. */
    enum Kind {
        /** Sends a message, waits for the reply, and again. */
        PINGPONG,
        /** The same with lines, several in flight. */
        LINE,
        /** Connects, sends, shuts its side, reads to the end, closes, and again. */
        CHURN,
        /** Sends without waiting, and reads what comes back. */
        BULK,
        /** One exchange, and then nothing: what an open connection costs. */
        IDLE
    }

    private static final int SMALL = 64;
    private static final int LARGE = 64 * 1024;
    private static final int FEW = 8;
    private static final int SOME = 50;
    private static final int MANY = 10_000;
    private static final int LINES = 16;

    /** The scenarios that the settings ask for. */
    static List<Scenario> of(Set<Kind> kinds, List<Integer> connections) {
        List<Scenario> scenarios = new ArrayList<>();
        for (Kind kind : kinds) {
            switch (kind) {
                case PINGPONG -> connections.forEach(it -> scenarios.add(new Scenario(kind, it, SMALL, 1)));
                case LINE -> scenarios.add(new Scenario(kind, SOME, SMALL, LINES));
                case CHURN -> scenarios.add(new Scenario(kind, SOME, SMALL, 1));
                case BULK -> scenarios.add(new Scenario(kind, FEW, LARGE, 1));
                case IDLE -> scenarios.add(new Scenario(kind, MANY, SMALL, 1));
            }
        }
        return scenarios;
    }

    /** The peers that can do it: Spring Integration's own factories run out of threads or lose replies in the rest. */
    Set<Peer> peers() {
        return kind == Kind.PINGPONG && connections < MANY
                ? EnumSet.allOf(Peer.class)
                : EnumSet.of(Peer.READBACK, Peer.NETTY);
    }

    /** In a table. */
    String title() {
        return switch (kind) {
            case PINGPONG -> "%,d connections, %d B".formatted(connections, size);
            case LINE -> "lines, %d connections, %d in flight".formatted(connections, depth);
            case CHURN -> "churn, %d at a time".formatted(connections);
            case BULK -> "bulk, %d connections, %d KB".formatted(connections, size / 1024);
            case IDLE -> "%,d idle connections".formatted(connections);
        };
    }

    /** What the rate counts. */
    String unit() {
        return switch (kind) {
            case PINGPONG, LINE -> "round trips/s";
            case CHURN -> "connections/s";
            case BULK -> "MB/s";
            case IDLE -> "B/connection";
        };
    }
}
