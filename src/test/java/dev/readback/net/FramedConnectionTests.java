package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** How connections live and end that cut their input into frames. */
class FramedConnectionTests {

    private static final String ACKNOWLEDGEMENT = TestListener.ACKNOWLEDGEMENT;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static String replies(EmbeddedConnection connection) {
        return new String(connection.replies(), StandardCharsets.ISO_8859_1);
    }

    private static CloseReason reason(EmbeddedConnection connection) throws InterruptedException {
        connection.shut();
        return connection.observer().nextClosed().reason();
    }

    @Test
    void answersAllFramesOfOneSegmentInOrderInFewWrites() {
        StringBuilder lines = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            lines.append(i).append('\n');
            expected.append(i).append('\n').append(ACKNOWLEDGEMENT);
        }
        try (EmbeddedConnection connection = EmbeddedConnection.open("framing.type=line")) {
            connection.send(bytes(lines.toString()));

            assertThat(replies(connection)).isEqualTo(expected.toString());
            assertThat(connection.writes()).isEqualTo(1);
            assertThat(connection.observer().turns()).isEqualTo(1);
            assertThat(connection.observer().frames()).isEqualTo(1000);
        }
    }

    @Test
    void sendsRepliesBeforeTheTurnEndsOnceTheyAreMany() {
        byte[] read = new byte[4096];
        try (EmbeddedConnection connection =
                EmbeddedConnection.open("framing.type=struct", "framing.format=B", "timeouts.idle=0s")) {
            connection.sendInOneTurn(read, read, read, read);

            assertThat(connection.replies()).hasSize(4 * 4096 * (1 + ACKNOWLEDGEMENT.length()));
            // 48 KB, then 96 KB are over the water mark of 64 KB, and so again
            assertThat(connection.observer().turns()).isEqualTo(2);
        }
    }

    @Nested
    class InputThatIsNoFrame {

        @ParameterizedTest
        @CsvSource({
            "line, 6162630a 78787878 78787878 78, frame-too-large",
            "length, 00000003 616263 ffffffff, frame-too-large",
            "length, 00000003 616263 00000009, frame-too-large",
        })
        void endsTheConnectionAfterTheFramesBefore(String type, String input, String reason) throws Exception {
            try (EmbeddedConnection connection =
                    EmbeddedConnection.open("framing.type=" + type, "framing.max-length=8B")) {
                connection.send(hex(input));

                assertThat(replies(connection)).contains("abc").endsWith(ACKNOWLEDGEMENT);
                assertThat(connection.observer().frames()).isEqualTo(1);
                assertThat(connection.isShut()).isTrue();
                assertThat(reason(connection)).hasToString(reason);
            }
        }

        @Test
        void hasAReasonOfItsOwnWhereAHeaderCannotBeALength() throws Exception {
            try (EmbeddedConnection connection = EmbeddedConnection.open("framing.type=length", "framing.header=!Q")) {
                connection.send(hex("0000000000000001 61 ffffffffffffffff"));

                assertThat(replies(connection)).endsWith("a" + ACKNOWLEDGEMENT);
                assertThat(reason(connection)).isEqualTo(CloseReason.FRAME_INVALID);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"answer-then-close", "keep-open", "close-now"})
        void isAnEndOfInputInsideAFrame(String halfClose) throws Exception {
            try (EmbeddedConnection connection =
                    EmbeddedConnection.open("framing.type=line", "half-close=" + halfClose)) {
                connection.send(bytes("whole\npart")).shut();

                assertThat(replies(connection)).isEqualTo("whole\n" + ACKNOWLEDGEMENT);
                assertThat(connection.isOpen()).isFalse();
                assertThat(connection.observer().nextClosed().reason()).isEqualTo(CloseReason.FRAME_TRUNCATED);
            }
        }

        @ParameterizedTest
        @CsvSource({"line, 0d", "length, 00", "length, 00000001", "struct, 000000"})
        void isAnEndOfInputAfterAnyPartOfAFrame(String type, String part) throws Exception {
            String[] settings = type.equals("struct")
                    ? new String[] {"framing.type=struct", "framing.format=!I"}
                    : new String[] {"framing.type=" + type};
            try (EmbeddedConnection connection = EmbeddedConnection.open(settings)) {
                connection.send(hex(part));

                assertThat(reason(connection)).isEqualTo(CloseReason.FRAME_TRUNCATED);
            }
        }

        @Test
        void isNoEndOfInputBetweenFrames() throws Exception {
            try (EmbeddedConnection connection = EmbeddedConnection.open("framing.type=line")) {
                connection.send(bytes("wh"), bytes("ole\n"));

                assertThat(reason(connection)).isEqualTo(CloseReason.PEER_CLOSED);
            }
        }

        @Test
        void isDiscardedFromThenOnWithoutALook() throws Exception {
            try (EmbeddedConnection connection =
                    EmbeddedConnection.open("framing.type=line", "framing.max-length=8B")) {
                connection.send(bytes("much too long"));
                assertThat(connection.isDecoding()).isFalse();

                connection.send(bytes("late\n"), bytes("much too long again"), bytes("later\n"));
                assertThat(connection.replies()).isEmpty();
                assertThat(connection.observer().frames()).isZero();
                assertThat(connection.observer().receivedBytes()).isEqualTo(13 + 5 + 19 + 6);
                assertThat(reason(connection)).isEqualTo(CloseReason.FRAME_TOO_LARGE);
            }
        }

        @Test
        void isOneLineInTheLogAndThatAtDebugWithoutAStack() {
            Logger logger = (Logger) LoggerFactory.getLogger(Connection.class);
            Level before = logger.getLevel();
            ListAppender<ILoggingEvent> log = new ListAppender<>();
            log.start();
            logger.addAppender(log);
            logger.setLevel(Level.DEBUG);
            try (EmbeddedConnection connection = EmbeddedConnection.open("framing.type=length")) {
                connection.send(hex("ffffffff"), hex("ffffffff"));
            } finally {
                logger.setLevel(before);
                logger.detachAppender(log);
            }
            assertThat(log.list).singleElement().satisfies(event -> {
                assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
                assertThat(event.getThrowableProxy()).isNull();
                assertThat(event.getFormattedMessage())
                        .isEqualTo("listener 'test', connection test-1, frame 1: "
                                + "length header 4294967295 is over the maximum of 65536 bytes");
            });
        }
    }

    @Nested
    class TheFrameTimeout {

        private static final String[] SETTINGS = {
            "framing.type=line", "timeouts.frame=3s", "timeouts.idle=0s", "timeouts.linger=0s"
        };

        @Test
        void meetsAFrameOfWhichTheBytesTrickleIn() throws Exception {
            try (EmbeddedConnection connection = EmbeddedConnection.open(SETTINGS)) {
                for (int i = 0; i < 3; i++) {
                    connection.send(bytes("x")).pass(Duration.ofMillis(999));
                }
                assertThat(connection.isOpen()).isTrue();

                connection.send(bytes("x")).pass(Duration.ofMillis(4));
                assertThat(connection.observer().timeouts()).containsExactly(TimeoutKind.FRAME);
                assertThat(connection.observer().nextClosed().reason()).isEqualTo(CloseReason.FRAME_TIMEOUT);
                assertThat(connection.replies()).isEmpty();
            }
        }

        @Test
        void beginsAnewWithEachFrame() {
            try (EmbeddedConnection connection = EmbeddedConnection.open(SETTINGS)) {
                for (int i = 0; i < 5; i++) {
                    connection.send(bytes("x\nx")).pass(Duration.ofMillis(2999));
                }
                assertThat(connection.isOpen()).isTrue();

                connection.pass(Duration.ofMillis(1));
                assertThat(connection.isOpen()).isFalse();
            }
        }

        @Test
        void doesNotRunBetweenFrames() {
            try (EmbeddedConnection connection = EmbeddedConnection.open(SETTINGS)) {
                connection.pass(Duration.ofSeconds(10)).send(bytes("x\n")).pass(Duration.ofDays(1));

                assertThat(connection.isOpen()).isTrue();
                assertThat(connection.observer().timeouts()).isEmpty();
            }
        }

        @Test
        void standsStillWhileThePeerDoesNotRead() {
            try (EmbeddedConnection connection = EmbeddedConnection.open(SETTINGS)) {
                connection.send(bytes("x")).pass(Duration.ofSeconds(1));
                connection.taking(false).send(bytes("x\nx")).pass(Duration.ofDays(1));
                assertThat(connection.observer().readsPaused()).isEqualTo(1);
                assertThat(connection.isOpen()).isTrue();

                connection.taking(true).pass(Duration.ofMillis(2999));
                assertThat(connection.isOpen()).isTrue();
                connection.pass(Duration.ofMillis(1));
                assertThat(connection.observer().timeouts()).containsExactly(TimeoutKind.FRAME);
                assertThat(connection.isOpen()).isFalse();
            }
        }

        @Test
        void answersTheFramesBefore() {
            try (EmbeddedConnection connection = EmbeddedConnection.open(SETTINGS)) {
                connection.send(bytes("whole\npart")).pass(Duration.ofSeconds(3));

                assertThat(replies(connection)).isEqualTo("whole\n" + ACKNOWLEDGEMENT);
                assertThat(connection.isOpen()).isFalse();
            }
        }
    }

    @Nested
    class TheLifetime {

        private static final String[] SETTINGS = {
            "framing.type=line", "timeouts.lifetime=10s", "timeouts.idle=0s", "timeout-notice=bye"
        };

        private static String[] and(String... more) {
            String[] all = Arrays.copyOf(SETTINGS, SETTINGS.length + more.length);
            System.arraycopy(more, 0, all, SETTINGS.length, more.length);
            return all;
        }

        @Test
        void letsAFrameThatHasBegunBeCompleted() throws Exception {
            try (EmbeddedConnection connection = EmbeddedConnection.open(SETTINGS)) {
                connection.send(bytes("fr")).pass(Duration.ofSeconds(10));
                assertThat(connection.isShut()).isFalse();

                connection.send(bytes("ame\nanother\n"));
                assertThat(replies(connection)).isEqualTo("frame\n" + ACKNOWLEDGEMENT + "bye");
                assertThat(connection.isShut()).isTrue();
                assertThat(reason(connection)).isEqualTo(CloseReason.LIFETIME);
            }
        }

        @Test
        void waitsForThatNoLongerThanLinger() throws Exception {
            try (EmbeddedConnection connection = EmbeddedConnection.open(and("timeouts.linger=2s"))) {
                connection.send(bytes("fr")).pass(Duration.ofSeconds(10)).pass(Duration.ofMillis(1999));
                assertThat(connection.isShut()).isFalse();

                connection.pass(Duration.ofMillis(1));
                assertThat(replies(connection)).isEqualTo("bye");
                assertThat(connection.isShut()).isTrue();
                assertThat(reason(connection)).isEqualTo(CloseReason.LIFETIME);
                assertThat(connection.observer().timeouts()).containsExactly(TimeoutKind.LIFETIME);
            }
        }

        @Test
        void waitsForThatNoLongerThanTheFrameTimeoutWhereThatIsOn() throws Exception {
            try (EmbeddedConnection connection = EmbeddedConnection.open(and("timeouts.frame=5s"))) {
                connection.pass(Duration.ofSeconds(9)).send(bytes("fr")).pass(Duration.ofMillis(4999));
                assertThat(connection.isShut()).isFalse();

                connection.pass(Duration.ofMillis(1));
                assertThat(connection.isShut()).isTrue();
                assertThat(reason(connection)).isEqualTo(CloseReason.LIFETIME);
            }
        }

        @Test
        void endsAConnectionBetweenFramesAtOnce() throws Exception {
            try (EmbeddedConnection connection = EmbeddedConnection.open(SETTINGS)) {
                connection.send(bytes("frame\n")).pass(Duration.ofSeconds(10));

                assertThat(connection.isShut()).isTrue();
                assertThat(reason(connection)).isEqualTo(CloseReason.LIFETIME);
            }
        }
    }

    @Test
    void givesTheTimeoutNoticeALengthHeaderAmongLengthHeaders() {
        try (EmbeddedConnection connection =
                EmbeddedConnection.open("framing.type=length", "framing.header=!H", "timeout-notice=bye")) {
            connection.pass(Duration.ofSeconds(5));

            assertThat(connection.replies()).isEqualTo(hex("0003 627965"));
        }
    }
}
