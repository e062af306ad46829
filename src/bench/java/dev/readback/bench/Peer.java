package dev.readback.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A server that takes part. */
enum Peer {
    READBACK("Readback", "#1b6ca8"),
    NETTY("Netty by hand", "#8a8a8a"),
    SPRING_NIO("Spring Integration, NIO", "#e0a030"),
    SPRING_PLATFORM("Spring Integration, platform threads", "#c05640"),
    SPRING_VIRTUAL("Spring Integration, virtual threads", "#5a9a68");

    /** The same for all. */
    private static final List<String> JVM = List.of("-Xmx512m", "--enable-native-access=ALL-UNNAMED");

    private final String title;
    private final String colour;

    Peer(String title, String colour) {
        this.title = title;
        this.colour = colour;
    }

    String title() {
        return title;
    }

    /** In a plot. */
    String colour() {
        return colour;
    }

    /**
     * What follows {@code java} to start it.
     *
     * @param jar Readback's
     * @param port where it takes whatever one read returns as a message
     * @param linePort where it takes lines, if it does
     */
    List<String> arguments(Path jar, int port, int linePort) {
        String classes = System.getProperty("java.class.path");
        return switch (this) {
            case READBACK ->
                arguments(
                        "-jar",
                        jar.toString(),
                        "--server.port=0",
                        "--readback.listeners.echo.port=" + port,
                        "--readback.listeners.echo.timeouts.idle=60s",
                        "--readback.listeners.line.port=" + linePort,
                        "--readback.listeners.line.framing.type=line",
                        "--readback.listeners.line.timeouts.idle=60s");
            case NETTY ->
                arguments(
                        "-cp", classes, NettyPeer.class.getName(), Integer.toString(port), Integer.toString(linePort));
            case SPRING_NIO, SPRING_PLATFORM, SPRING_VIRTUAL ->
                arguments("-cp", classes, SpringPeer.class.getName(), name(), Integer.toString(port));
        };
    }

    private static List<String> arguments(String... own) {
        return Stream.concat(JVM.stream(), Stream.of(own)).toList();
    }

    /** As settings name it. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
