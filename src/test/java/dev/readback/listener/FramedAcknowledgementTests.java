package dev.readback.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.frame.Reply;
import dev.readback.net.CloseReason;
import dev.readback.net.Connection;
import dev.readback.net.ConnectionSummary;
import dev.readback.net.EmbeddedConnection;
import dev.readback.settings.ListenerSettings;
import dev.readback.testing.Settings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.messaging.Message;

/** What the acknowledger makes of frames of each framing. */
class FramedAcknowledgementTests {

    private final List<Reply> replies = new ArrayList<>();

    private EmbeddedConnection open(String... lines) {
        ListenerSettings settings = Settings.listener(lines);
        Acknowledger acknowledger = new Acknowledger("test", "host", settings);
        return EmbeddedConnection.open(
                message -> {
                    if (acknowledger.handleRequestMessage(message) instanceof Message<?> reply) {
                        replies.add((Reply) reply.getPayload());
                        Objects.requireNonNull(message.getHeaders().get(Connection.HEADER, Connection.class))
                                .send(reply);
                    }
                },
                settings);
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "!HI, 000700000014, '(7, 20)'",
        "!I, 00000014, '(20,)'",
        "<3h, 0700ffff0080, '(7, -1, -32768)'",
        "!10sI, 61620000000000000000 00000014, '(b''ab\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'', 20)'",
        "!?d, 02 3fb999999999999a, '(True, 0.1)'",
    })
    void printsTheValuesOfARecordAsPythonDoes(String format, String record, String values) {
        try (EmbeddedConnection connection = open(
                "framing.type=struct", "framing.format=" + format, "acknowledgement=got {values}\n", "echo=false")) {
            connection.send(hex(record));

            assertThat(new String(connection.replies(), StandardCharsets.US_ASCII))
                    .isEqualTo("got " + values + "\n");
        }
    }

    @Test
    void givesTheAcknowledgementALengthHeaderOfItsOwn() {
        try (EmbeddedConnection connection =
                open("framing.type=length", "framing.header=<H", "acknowledgement={length}:{count}")) {
            connection.send(hex("0100 61"), hex("0000"));

            assertThat(connection.replies()).isEqualTo(hex("0100 61 0300 333a31  0000 0300 323a32"));
        }
    }

    @Test
    void sendsNeitherFrameNorHeaderWhereThereIsNothingToSend() {
        try (EmbeddedConnection connection = open("framing.type=length", "acknowledgement=")) {
            connection.send(hex("00000001 61"));
            assertThat(connection.replies()).isEqualTo(hex("00000001 61"));
        }
        try (EmbeddedConnection connection = open("framing.type=length", "echo=false")) {
            connection.send(hex("00000001 61"));
            assertThat(connection.replies()).isEqualTo(hex("0000000b 0a69206765742069742 10a"));
        }
    }

    @Test
    void makesAnAcknowledgementThatIsAlwaysTheSameOnce() {
        try (EmbeddedConnection connection = open("framing.type=length")) {
            connection.send(hex("00000001 61 00000001 62"));

            assertThat(replies).hasSize(2);
            assertThat(replies.get(0).acknowledgement()).isSameAs(replies.get(1).acknowledgement());
        }
    }

    @Test
    void endsAConnectionWithAnAcknowledgementThatOutgrowsItsHeader() throws Exception {
        try (EmbeddedConnection connection = open(
                "framing.type=length", "framing.header=B", "acknowledgement=" + "x".repeat(253) + "{length}:{count}")) {
            connection.send(hex("01 61"), hex("01 61"));

            assertThat(connection.replies()).isEmpty();
            assertThat(connection.shut().observer().nextClosed())
                    .returns(CloseReason.ERROR, ConnectionSummary::reason)
                    .returns(1L, ConnectionSummary::frames);
        }
    }
}
