package dev.readback.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.net.Connection;
import dev.readback.net.EmbeddedConnection;
import dev.readback.settings.ListenerSettings;
import dev.readback.testing.LeakRecorder;
import dev.readback.testing.Settings;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import net.jqwik.api.lifecycle.AfterContainer;
import org.springframework.messaging.Message;

/** The replies to a stream of frames are the same, however the stream is cut into reads. */
class FramedReplyTests {

    private static final String ACKNOWLEDGEMENT = "{count}:{length}\n";

    /**
     * Frames to send.
     *
     * @param settings the listener's
     * @param frames each as it is sent
     * @param replies to each
     */
    record Exchange(List<String> settings, List<byte[]> frames, List<byte[]> replies) {

        byte[] stream() {
            return concat(frames);
        }

        byte[] reply() {
            return concat(replies);
        }

        @Override
        public String toString() {
            return settings + " with frames of "
                    + frames.stream().map(it -> it.length).toList() + " bytes";
        }
    }

    @FunctionalInterface
    private interface ReplyRule {
        byte[] reply(byte[] frame, int number);
    }

    @Property(tries = 60)
    void areTheSameCutAtEveryPosition(@ForAll("exchanges") Exchange exchange) {
        byte[] stream = exchange.stream();
        for (int cut = 0; cut <= stream.length; cut++) {
            byte[] head = Arrays.copyOfRange(stream, 0, cut);
            byte[] tail = Arrays.copyOfRange(stream, cut, stream.length);
            assertReplies(exchange, head, tail);
        }
    }

    @Property(tries = 300)
    void areTheSameCutIntoRandomPieces(@ForAll("cutExchanges") Tuple2<Exchange, SortedSet<Integer>> cut) {
        byte[] stream = cut.get1().stream();
        byte[][] pieces = new byte[cut.get2().size() + 1][];
        int begin = 0;
        int piece = 0;
        for (int end : cut.get2()) {
            pieces[piece++] = Arrays.copyOfRange(stream, begin, end);
            begin = end;
        }
        pieces[piece] = Arrays.copyOfRange(stream, begin, stream.length);
        assertReplies(cut.get1(), pieces);
    }

    @Property(tries = 60)
    void areTheSameByteByByte(@ForAll("exchanges") Exchange exchange) {
        byte[] stream = exchange.stream();
        byte[][] pieces = new byte[stream.length][];
        for (int i = 0; i < stream.length; i++) {
            pieces[i] = new byte[] {stream[i]};
        }
        assertReplies(exchange, pieces);
    }

    /** Buffers are watched here too, where JUnit Jupiter's extensions do not reach. */
    @AfterContainer
    static void leakNoBuffer() throws InterruptedException {
        assertThat(LeakRecorder.reports()).isEmpty();
    }

    private static void assertReplies(Exchange exchange, byte[]... pieces) {
        ListenerSettings settings = Settings.listener(exchange.settings().toArray(String[]::new));
        try (EmbeddedConnection connection = EmbeddedConnection.open(gateway(settings), settings)) {
            connection.send(pieces);
            assertThat(connection.replies()).isEqualTo(exchange.reply());
        }
    }

    private static Consumer<Message<?>> gateway(ListenerSettings settings) {
        Acknowledger acknowledger = new Acknowledger("test", "host", settings);
        return message -> {
            if (acknowledger.handleRequestMessage(message) instanceof Message<?> reply) {
                Objects.requireNonNull(message.getHeaders().get(Connection.HEADER, Connection.class))
                        .send(reply);
            }
        };
    }

    @Provide
    Arbitrary<Tuple2<Exchange, SortedSet<Integer>>> cutExchanges() {
        return exchanges()
                .flatMap(exchange -> Arbitraries.integers()
                        .between(0, exchange.stream().length)
                        .set()
                        .ofMaxSize(20)
                        .map(cuts -> Tuple.of(exchange, new TreeSet<>(cuts))));
    }

    @Provide
    Arbitrary<Exchange> exchanges() {
        return Arbitraries.oneOf(lines(), bodies(), records(), paddedRecords());
    }

    private static Arbitrary<Exchange> lines() {
        Arbitrary<byte[]> line = Combinators.combine(
                        bytes(20).map(it -> replace(it, (byte) '\n', (byte) '\r')), Arbitraries.of("\n", "\r\n"))
                .as((text, end) -> concat(List.of(text, ascii(end))));
        return exchanges(
                line,
                List.of("framing.type=line"),
                (frame, number) -> concat(List.of(frame, ascii(number + ":" + frame.length + "\n"))));
    }

    private static Arbitrary<Exchange> bodies() {
        return Arbitraries.of("!B", "!H", "!I", "<H", "<I", "!Q", "<Q")
                .flatMap(header -> exchanges(
                        bytes(20).map(body -> withHeader(header, body)),
                        List.of("framing.type=length", "framing.header=" + header),
                        (frame, number) ->
                                concat(List.of(frame, withHeader(header, ascii(number + ":" + frame.length + "\n"))))));
    }

    private static Arbitrary<Exchange> records() {
        return Arbitraries.of(Tuple.of("!HI", 6), Tuple.of("<3h", 6), Tuple.of("!10sI", 14), Tuple.of("B", 1))
                .flatMap(format -> exchanges(
                        Arbitraries.bytes().array(byte[].class).ofSize(format.get2()),
                        List.of("framing.type=struct", "framing.format=" + format.get1()),
                        (frame, number) -> concat(List.of(frame, ascii(number + ":" + frame.length + "\n")))));
    }

    private static Arbitrary<Exchange> paddedRecords() {
        return exchanges(
                Arbitraries.bytes().array(byte[].class).ofSize(8),
                List.of("framing.type=struct", "framing.format=@BI", "acknowledgement={values}"),
                (frame, number) -> {
                    byte[] echo = frame.clone();
                    Arrays.fill(echo, 1, 4, (byte) 0);
                    int value = ByteBuffer.wrap(frame)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getInt(4);
                    return concat(List.of(
                            echo, ascii("(" + (frame[0] & 0xff) + ", " + Integer.toUnsignedString(value) + ")")));
                });
    }

    private static Arbitrary<Exchange> exchanges(Arbitrary<byte[]> frame, List<String> settings, ReplyRule rule) {
        return frame.list().ofMinSize(1).ofMaxSize(6).map(frames -> {
            byte[][] replies = new byte[frames.size()][];
            for (int i = 0; i < replies.length; i++) {
                replies[i] = rule.reply(frames.get(i), i + 1);
            }
            boolean acknowledged = settings.stream().anyMatch(it -> it.startsWith("acknowledgement="));
            List<String> all = acknowledged
                    ? settings
                    : Stream.concat(settings.stream(), Stream.of("acknowledgement=" + ACKNOWLEDGEMENT))
                            .toList();
            return new Exchange(all, frames, List.of(replies));
        });
    }

    private static Arbitrary<byte[]> bytes(int most) {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(most);
    }

    private static byte[] withHeader(String header, byte[] body) {
        ByteBuffer buffer = ByteBuffer.allocate(8 + body.length)
                .order(header.startsWith("<") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        switch (header.charAt(1)) {
            case 'B' -> buffer.put((byte) body.length);
            case 'H' -> buffer.putShort((short) body.length);
            case 'I' -> buffer.putInt(body.length);
            default -> buffer.putLong(body.length);
        }
        buffer.put(body);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static byte[] replace(byte[] bytes, byte what, byte with) {
        byte[] replaced = bytes.clone();
        for (int i = 0; i < replaced.length; i++) {
            replaced[i] = replaced[i] == what ? with : replaced[i];
        }
        return replaced;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] concat(List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }
}
