package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** One thread's clients in a soak: each is opened, behaves well or badly, and is counted. */
abstract sealed class SoakClient {

    /** Listeners of those that behave badly, by name, with all that a peer can be timed out for. */
    static final List<String> HOSTILE_SETTINGS = List.of(
            "readback.listeners.bad-raw.port=0",
            "readback.listeners.bad-raw.timeouts.idle=1s",
            "readback.listeners.bad-raw.timeouts.write=1s",
            "readback.listeners.bad-raw.timeouts.linger=500ms",
            "readback.listeners.bad-line.port=0",
            "readback.listeners.bad-line.framing.type=line",
            "readback.listeners.bad-line.framing.max-length=1000B",
            "readback.listeners.bad-line.half-close=keep-open",
            "readback.listeners.bad-line.timeouts.half-open=1s",
            "readback.listeners.bad-line.timeouts.first-byte=1s",
            "readback.listeners.bad-line.timeouts.frame=1s",
            "readback.listeners.bad-line.timeouts.linger=500ms");

    private static final List<String> HOSTILE = List.of("bad-raw", "bad-line");
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int HELD = 500; // connections that a hostile thread leaves open at once

    /** Which listener to connect to, and how many connections there were before. */
    record Destination(String listener, int turn) {}

    /** What one listener's clients have done. */
    record Totals(long connections, long sent, long received) {

        static final Totals NONE = new Totals(0, 0, 0);

        Totals plus(Totals other) {
            return new Totals(connections + other.connections, sent + other.sent, received + other.received);
        }
    }

    /** Listeners of those that behave well. */
    enum Polite {
        ECHO("raw", "\ni get it!\n"),
        LINE("line", "\ni get it!\n"),
        LENGTH("length", "\0\0\0\3got"),
        STRUCT("struct", "\ni get it!\n");

        private final String type;
        private final String acknowledgement;

        Polite(String type, String acknowledgement) {
            this.type = type;
            this.acknowledgement = acknowledgement;
        }

        static Polite of(int turn) {
            return values()[turn % values().length];
        }

        String listener() {
            return this == ECHO ? "echo" : "good-" + type;
        }

        /** As it comes over the wire. */
        byte[] acknowledgement() {
            return acknowledgement.getBytes(StandardCharsets.US_ASCII);
        }

        List<String> settings() {
            String prefix = "readback.listeners." + listener() + ".";
            return switch (this) {
                case ECHO -> List.of();
                case LINE -> List.of(prefix + "port=0", prefix + "framing.type=line");
                case LENGTH ->
                    List.of(prefix + "port=0", prefix + "framing.type=length", prefix + "acknowledgement=got");
                case STRUCT ->
                    List.of(prefix + "port=0", prefix + "framing.type=struct", prefix + "framing.format=!HI");
            };
        }

        /** The frame of this number. */
        byte[] frame(int number) {
            byte[] body = new byte[1 + number % 900];
            Arrays.fill(body, (byte) ('a' + number % 26));
            return switch (this) {
                case ECHO -> body;
                case LINE -> concat(body, new byte[] {'\n'});
                case LENGTH -> concat(ByteBuffer.allocate(4).putInt(body.length).array(), body);
                case STRUCT ->
                    ByteBuffer.allocate(6)
                            .putShort((short) number)
                            .putInt(number)
                            .array();
            };
        }
    }

    private final Function<Destination, InetSocketAddress> addresses;
    private final Map<String, Totals> totals = new HashMap<>();
    protected int turn;
    private final AtomicLong opened = new AtomicLong();

    private SoakClient(int seed, Function<Destination, InetSocketAddress> addresses) {
        this.addresses = addresses;
        this.turn = seed;
    }

    static SoakClient polite(int seed, Function<Destination, InetSocketAddress> addresses) {
        return new Good(seed, addresses);
    }

    static SoakClient hostile(int seed, Function<Destination, InetSocketAddress> addresses) {
        return new Bad(seed, addresses);
    }

    /** Opens one connection more, and does to it what is its turn. */
    abstract void connect() throws IOException;

    /** Closes all that is still open. */
    void letGo() throws IOException {}

    /** Connections so far. Any thread. */
    long opened() {
        return opened.get();
    }

    /** What has been done to one listener. */
    Totals totals(String listener) {
        return totals.getOrDefault(listener, Totals.NONE);
    }

    protected SocketChannel open(String listener) throws IOException {
        SocketChannel client = SocketChannel.open(addresses.apply(new Destination(listener, turn)));
        count(listener, new Totals(1, 0, 0));
        opened.incrementAndGet();
        return client;
    }

    protected void count(String listener, Totals more) {
        totals.merge(listener, more, Totals::plus);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Sends a few frames, takes all replies, and says goodbye. */
    private static final class Good extends SoakClient {

        private Good(int seed, Function<Destination, InetSocketAddress> addresses) {
            super(seed, addresses);
        }

        @Override
        void connect() throws IOException {
            turn++;
            Polite listener = Polite.of(turn);
            try (SocketChannel channel = open(listener.listener())) {
                Socket client = channel.socket();
                client.setSoTimeout(PATIENCE_MILLIS);
                boolean shuts = turn / Polite.values().length % 2 == 0;
                int frames = 1 + turn / 8 % 3;
                for (int i = 0; i < frames; i++) {
                    byte[] frame = listener.frame(turn + i);
                    byte[] reply = concat(frame, listener.acknowledgement());
                    client.getOutputStream().write(frame);
                    if (shuts && i == frames - 1) {
                        client.shutdownOutput();
                    }
                    assertThat(client.getInputStream().readNBytes(reply.length)).isEqualTo(reply);
                    count(listener.listener(), new Totals(0, frame.length, reply.length));
                }
                if (shuts) {
                    assertThat(client.getInputStream().read()).isEqualTo(-1);
                }
            }
        }
    }

    /** Does something that no client should. */
    private static final class Bad extends SoakClient {

        private static final byte[] TINY_FRAMES = "\n".repeat(256).getBytes(StandardCharsets.US_ASCII);
        private static final byte[] GARBAGE = new byte[3000];

        private enum Misdeed {
            RESETS_AT_ONCE,
            RESETS_INSIDE_FRAME,
            RESETS_AFTER_REPLY,
            RESETS_AFTER_FIN,
            RESETS_OVER_REPLIES,
            SAYS_NOTHING,
            SENDS_BYTE_BY_BYTE,
            SENDS_GARBAGE,
            SENDS_TINY_FRAMES_AND_DOES_NOT_READ,
            SHUTS_AND_STAYS,
            SHUTS_INSIDE_FRAME,
            CLOSES_OVER_REPLIES;

            static Misdeed of(int turn) {
                return values()[turn % values().length];
            }
        }

        private final Deque<SocketChannel> held = new ArrayDeque<>();

        private Bad(int seed, Function<Destination, InetSocketAddress> addresses) {
            super(seed, addresses);
        }

        @Override
        void connect() throws IOException {
            turn++;
            SocketChannel client = open(HOSTILE.get(turn % HOSTILE.size()));
            held.add(client);
            try {
                commit(Misdeed.of(turn / HOSTILE.size()), client);
            } catch (IOException e) {
                reset(client); // Readback may have ended it first, with good reason
            }
            if (held.size() > HELD) {
                held.remove().close();
            }
        }

        private void commit(Misdeed misdeed, SocketChannel client) throws IOException {
            switch (misdeed) {
                case RESETS_AT_ONCE -> reset(client);
                case RESETS_INSIDE_FRAME -> {
                    send(client, "half a li".getBytes(StandardCharsets.US_ASCII));
                    reset(client);
                }
                case RESETS_AFTER_REPLY -> {
                    send(client, "x\n".getBytes(StandardCharsets.US_ASCII));
                    client.socket().setSoTimeout(PATIENCE_MILLIS);
                    assertThat(client.socket().getInputStream().read()).isEqualTo('x');
                    reset(client);
                }
                case RESETS_AFTER_FIN -> {
                    send(client, "x\n".getBytes(StandardCharsets.US_ASCII));
                    client.shutdownOutput();
                    reset(client);
                }
                case RESETS_OVER_REPLIES -> {
                    send(client, TINY_FRAMES);
                    reset(client);
                }
                case SAYS_NOTHING -> {}
                case SENDS_BYTE_BY_BYTE -> {
                    client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    for (int i = 0; i < 5; i++) {
                        send(client, new byte[] {'x'});
                    }
                }
                case SENDS_GARBAGE -> send(client, GARBAGE);
                case SENDS_TINY_FRAMES_AND_DOES_NOT_READ -> {
                    for (int i = 0; i < 8; i++) {
                        send(client, TINY_FRAMES);
                    }
                }
                case SHUTS_AND_STAYS -> {
                    send(client, "x\n".getBytes(StandardCharsets.US_ASCII));
                    client.shutdownOutput();
                }
                case SHUTS_INSIDE_FRAME -> {
                    send(client, "half a li".getBytes(StandardCharsets.US_ASCII));
                    client.shutdownOutput();
                }
                case CLOSES_OVER_REPLIES -> {
                    send(client, TINY_FRAMES);
                    client.close();
                }
            }
        }

        // what does not fit is not sent: nobody reads it anyway
        private static void send(SocketChannel client, byte[] bytes) throws IOException {
            client.configureBlocking(false);
            client.write(ByteBuffer.wrap(bytes));
            client.configureBlocking(true);
        }

        private static void reset(SocketChannel client) throws IOException {
            if (client.isOpen()) {
                client.setOption(StandardSocketOptions.SO_LINGER, 0);
                client.close();
            }
        }

        @Override
        void letGo() throws IOException {
            for (SocketChannel each : held) {
                each.close();
            }
            held.clear();
        }
    }
}
