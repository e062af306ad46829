package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.readback.frame.Reply;
import dev.readback.net.TestListener.Transport;
import dev.readback.testing.LogRecorder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.integration.ip.IpHeaders;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

/** Frames in, replies out, and one end with one reason. */
class ConnectionTests {

    private static final Duration DAY = Duration.ofDays(1);
    private static final String HELLO = "hello" + TestListener.ACKNOWLEDGEMENT;

    @Nested
    class Reasons {

        @Test
        void keepsIdleTimeoutWhenLingerRunsOutToo() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s")) {
                it.pass(DAY);
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.IDLE, TimeoutKind.LINGER);
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
            }
        }

        @Test
        void keepsIdleTimeoutWhenTheClientThenTakesNothing() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s", "timeouts.write=10s")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.pass(DAY);
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.IDLE, TimeoutKind.WRITE);
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
                assertThat(it.channel().isReset()).isTrue();
            }
        }

        @Test
        void keepsIdleTimeoutWhenTheClientThenResets() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s")) {
                it.pass(Duration.ofSeconds(5));
                it.channel().peerResets();
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
            }
        }

        @Test
        void isWriteTimeoutWhenTheClientShutsItsSideAndTakesNothing() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.write=5s")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.channel().peerShuts();
                it.pass(DAY);
                assertThat(it.observer().timeouts()).containsExactly(TimeoutKind.WRITE);
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
            }
        }

        @Test
        void isPeerResetWhenAReadFails() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.channel().peerResets();
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
            }
        }

        @Test
        void isPeerResetWhenAWriteFails() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.channel().breakWrites();
                it.receive("hello");
                assertThat(it.observer().nextClosed())
                        .returns(CloseReason.PEER_RESET, ConnectionSummary::reason)
                        .returns(0L, ConnectionSummary::sent);
            }
        }

        @Test
        void isOperatorWhenClosedFromOutside() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.connection().close();
                it.channel().runPendingTasks();
                assertThat(it.isLingering()).isTrue();
                it.channel().peerShuts();
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.OPERATOR);
            }
        }

        @ParameterizedTest
        @MethodSource("dev.readback.net.TestListener$Transport#available")
        void isPeerResetOnASocketThatIsReset(Transport transport) throws Exception {
            RecordingObserver observer;
            try (TestListener listener = TestListener.start(transport)) {
                observer = listener.observer();
                try (Socket client = listener.connect()) {
                    client.getOutputStream().write('a');
                    assertThat(client.getInputStream().read()).isEqualTo('a');
                    client.setSoLinger(true, 0);
                }
                assertThat(observer.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
            }
            // once the event loops have ended nothing comes any more
            assertThat(observer.halfOpen(Side.PEER)).isZero();
        }
    }

    @Nested
    class HalfClosed {

        @Test
        void answersThenCloses() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.channel().peerShuts();
                assertThat(it.isUntouched()).isTrue();
                it.channel().peerTakesAll();
                assertThat(it.isOpen()).isFalse();
                assertThat(it.channel().taken()).isEqualTo(HELLO);
                assertThat(it.observer().nextClosed())
                        .returns(CloseReason.PEER_CLOSED, ConnectionSummary::reason)
                        .returns((long) HELLO.length(), ConnectionSummary::sent);
            }
        }

        @Test
        void keepsItsSideOpen() throws Exception {
            try (TestConnection it = TestConnection.open("half-close=keep-open")) {
                it.receive("hello");
                it.channel().peerShuts();
                it.pass(DAY);
                assertThat(it.isUntouched()).isTrue();
                assertThat(it.channel().taken()).isEqualTo(HELLO);
                assertThat(it.observer().halfOpen(Side.PEER)).isEqualTo(1);
                assertThat(it.observer().halfOpen(Side.LOCAL)).isZero();
            }
        }

        @Test
        void closesAtOnce() throws Exception {
            try (TestConnection it = TestConnection.open("half-close=close-now")) {
                it.channel().peerTakes(3);
                it.receive("hello");
                it.channel().peerShuts();
                assertThat(it.isOpen()).isFalse();
                assertThat(it.observer().nextClosed())
                        .returns(CloseReason.PEER_CLOSED, ConnectionSummary::reason)
                        .returns(3L, ConnectionSummary::sent);
            }
        }

        @ParameterizedTest
        @EnumSource(Side.class)
        void countsOnlyWhileTheConnectionLives(Side side) throws Exception {
            try (TestConnection it = TestConnection.open("half-close=keep-open", "timeouts.idle=5s")) {
                switch (side) {
                    case PEER -> it.channel().peerShuts();
                    case LOCAL -> it.pass(Duration.ofSeconds(5));
                }
                assertThat(it.observer().halfOpen(side)).isEqualTo(1);
                it.channel().close();
                assertThat(it.observer().halfOpen(side)).isZero();
            }
        }

        static Stream<Named<Consumer<TestConnection>>> ends() {
            return Stream.of(
                    Named.of("the client closes", it -> it.channel().peerShuts()),
                    Named.of("the client resets", it -> it.channel().peerResets()),
                    Named.of("all timeouts run out", it -> it.pass(DAY)),
                    Named.of("timeout, then the client closes", it -> {
                        it.pass(Duration.ofSeconds(5));
                        it.channel().peerShuts();
                    }),
                    Named.of("timeout, then the client resets", it -> {
                        it.pass(Duration.ofSeconds(5));
                        it.channel().peerResets();
                    }),
                    Named.of("the client takes nothing", it -> {
                        it.channel().peerTakesNothing();
                        it.receive(100_000);
                        it.channel().peerShuts();
                        it.pass(DAY);
                    }),
                    Named.of("aborted", it -> it.ending().abort(CloseReason.DRAIN_FORCED)),
                    Named.of("closed by Netty", it -> it.channel().close()));
        }

        @ParameterizedTest
        @MethodSource("ends")
        void leavesNothingInTheGauges(Consumer<TestConnection> end) throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s")) {
                it.receive("hello");
                end.accept(it);
                assertThat(it.isOpen()).isFalse();
                assertThat(it.observer().halfOpen(Side.PEER)).isZero();
                assertThat(it.observer().halfOpen(Side.LOCAL)).isZero();
                assertThat(it.observer().active()).isZero();
                assertThat(it.listener().connections()).isEmpty();
            }
        }

        @ParameterizedTest
        @MethodSource("ends")
        void leavesNoTimerBehind(Consumer<TestConnection> end) throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.lifetime=2d", "timeouts.first-byte=2d")) {
                end.accept(it);
                int timeouts = it.observer().timeouts().size();
                it.pass(DAY.multipliedBy(3));
                assertThat(it.observer().timeouts()).hasSize(timeouts);
            }
        }
    }

    @Nested
    class Closing {

        @Test
        void discardsInputAndCountsItAsReceived() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.idle=5s")) {
                it.receive("hello");
                it.pass(Duration.ofSeconds(5));
                it.receive("too", "late");
                it.channel().peerShuts();
                assertThat(it.channel().taken()).isEqualTo(HELLO);
                assertThat(it.observer().nextClosed())
                        .returns(12L, ConnectionSummary::received)
                        .returns(1L, ConnectionSummary::frames);
                assertThat(it.observer().receivedBytes()).isEqualTo(12);
            }
        }

        @Test
        void readsOnThoughTheClientTakesNothing() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.lifetime=1s")) {
                it.channel().peerTakesNothing();
                it.receive(100_000);
                assertThat(it.channel().config().isAutoRead()).isFalse();
                it.pass(Duration.ofSeconds(1));
                assertThat(it.channel().config().isAutoRead()).isTrue();
            }
        }

        @Test
        void closesWhenTheClientHasShutItsSideBeforeTheLastReplyIsTaken() throws Exception {
            try (TestConnection it = TestConnection.open("timeouts.lifetime=1s")) {
                it.channel().peerTakesNothing();
                it.receive("hello");
                it.pass(Duration.ofSeconds(1));
                it.channel().peerShuts();
                assertThat(it.isUntouched()).isTrue();
                it.channel().peerTakesAll();
                assertThat(it.isOpen()).isFalse();
                assertThat(it.observer().nextClosed())
                        .returns(CloseReason.LIFETIME, ConnectionSummary::reason)
                        .returns((long) HELLO.length(), ConnectionSummary::sent);
            }
        }
    }

    @Nested
    class Flow {

        @Test
        void answersEarlierFramesAndLogsOnceWhenTheFlowFails() throws Exception {
            try (LogRecorder log = LogRecorder.of(Connection.class);
                    TestConnection it = TestConnection.open(Flow::failOnFrameNamedBad)) {
                it.receive("hello", "bad", "never answered");
                assertThat(it.channel().taken()).isEqualTo(HELLO);
                assertThat(it.isLingering()).isTrue();
                it.channel().peerShuts();
                assertThat(it.observer().nextClosed())
                        .returns(CloseReason.ERROR, ConnectionSummary::reason)
                        .returns(1L, ConnectionSummary::acknowledgements);
                assertThat(log.lines(Level.ERROR))
                        .containsExactly("listener 'test', connection test-1: the flow failed on frame 2");
                assertThat(log.events(Level.ERROR))
                        .extracting(ILoggingEvent::getThrowableProxy)
                        .doesNotContainNull();
            }
        }

        private static void failOnFrameNamedBad(Message<?> message) {
            if (((ByteBuf) message.getPayload())
                    .toString(StandardCharsets.US_ASCII)
                    .equals("bad")) {
                throw new IllegalStateException("bad frame");
            }
            TestListener.echo(message);
        }

        @Test
        void closesWhenTheFlowEndsInAnError() throws Exception {
            try (LogRecorder log = LogRecorder.of(Connection.class);
                    TestConnection it = TestConnection.open(message -> {
                        throw new AssertionError("no exception, worse");
                    })) {
                it.receive("hello");
                it.channel().peerShuts();
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.ERROR);
                assertThat(log.events(Level.ERROR)).hasSize(1);
            }
        }

        @Test
        void refusesReplyThatIsNone() throws Exception {
            List<RuntimeException> thrown = new ArrayList<>();
            try (TestConnection it = TestConnection.open(message -> {
                try {
                    connection(message).send(new GenericMessage<>("text"));
                } catch (RuntimeException e) {
                    thrown.add(e);
                    throw e;
                }
            })) {
                it.receive("hello");
                it.channel().peerShuts();
                assertThat(it.observer().nextClosed().reason()).isEqualTo(CloseReason.ERROR);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> {
                            throw thrown.getFirst();
                        })
                        .withMessage("listener 'test' answers with a java.lang.String, not with a "
                                + "dev.readback.frame.Reply");
            }
        }

        @Test
        void givesAllMessagesOfAConnectionTheSameHeaders() throws Exception {
            List<MessageHeaders> headers = new ArrayList<>();
            try (TestConnection it = TestConnection.open(message -> headers.add(message.getHeaders()))) {
                it.receive("a", "b");
                it.receive("c");
                assertThat(headers).hasSize(3);
                assertThat(headers).allSatisfy(each -> assertThat(each).isSameAs(headers.getFirst()));
                assertThat(headers.getFirst())
                        .containsEntry(IpHeaders.CONNECTION_ID, "test-1")
                        .containsEntry(IpHeaders.HOSTNAME, "192.0.2.7")
                        .containsEntry(IpHeaders.IP_ADDRESS, "192.0.2.7")
                        .containsEntry(IpHeaders.REMOTE_PORT, 40_000)
                        .containsEntry(Connection.HEADER, it.connection());
            }
        }

        @Test
        void mayLeaveAFrameUnanswered() throws Exception {
            try (TestConnection it = TestConnection.open(message -> {})) {
                it.receive("hello");
                it.channel().peerShuts();
                assertThat(it.observer().frames()).isEqualTo(1);
                assertThat(it.observer().nextClosed())
                        .returns(CloseReason.PEER_CLOSED, ConnectionSummary::reason)
                        .returns(0L, ConnectionSummary::sent)
                        .returns(0L, ConnectionSummary::acknowledgements);
            }
        }

        @ParameterizedTest
        @MethodSource("dev.readback.net.TestListener$Transport#available")
        void mayNotAnswerFromAnotherThread(Transport transport) throws Exception {
            answersElsewhere(
                    transport,
                    message -> connection(message)
                            .send(new GenericMessage<>(new Reply(Unpooled.EMPTY_BUFFER, new byte[1]))));
        }

        @ParameterizedTest
        @MethodSource("dev.readback.net.TestListener$Transport#available")
        void mayNotUseTheReplyChannelFromAnotherThread(Transport transport) throws Exception {
            answersElsewhere(
                    transport,
                    message -> ((ReplySlot)
                                    Objects.requireNonNull(message.getHeaders().getReplyChannel()))
                            .send(new GenericMessage<>("late")));
        }

        private static void answersElsewhere(Transport transport, Consumer<Message<?>> answer) throws Exception {
            CompletableFuture<Message<?>> frame = new CompletableFuture<>();
            CompletableFuture<Void> late = frame.thenAcceptAsync(answer);
            try (TestListener listener = TestListener.start(transport, frame::complete);
                    Socket client = listener.connect()) {
                client.getOutputStream().write('a');
                assertThat(client.getInputStream().read()).isEqualTo(-1);
                client.shutdownOutput();
                assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.ERROR);
                assertThat(late).failsWithin(20, TimeUnit.SECONDS);
                assertThatIllegalStateException()
                        .isThrownBy(() -> {
                            throw causeOf(late);
                        })
                        .withMessageContaining("the flow answered on thread '");
            }
        }

        private static Throwable causeOf(CompletableFuture<?> failed) {
            Throwable failure = failed.exceptionNow();
            return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        }

        @Test
        void mayNotAnswerAfterItHasReturned() throws Exception {
            List<Message<?>> messages = new ArrayList<>();
            try (TestConnection it = TestConnection.open(message -> messages.add(message))) {
                it.receive("hello");
                assertThatIllegalStateException()
                        .isThrownBy(() -> connection(messages.getFirst())
                                .send(new GenericMessage<>(new Reply(Unpooled.EMPTY_BUFFER, new byte[1]))));
                it.channel().runPendingTasks();
                it.channel().peerShuts();
                assertThat(it.observer().nextClosed())
                        .returns(CloseReason.ERROR, ConnectionSummary::reason)
                        .returns(0L, ConnectionSummary::sent);
            }
        }

        private static Connection connection(Message<?> message) {
            return Objects.requireNonNull(message.getHeaders().get(Connection.HEADER, Connection.class));
        }
    }

    @Nested
    class Books {

        @Test
        void sumUpTheConnection() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                it.receive("hello", "hello");
                it.pass(Duration.ofSeconds(1));
                it.receive("hello");
                it.channel().peerShuts();
                assertThat(it.observer().nextClosed())
                        .isEqualTo(new ConnectionSummary(
                                "test-1",
                                TestChannel.PEER,
                                CloseReason.PEER_CLOSED,
                                15,
                                3L * HELLO.length(),
                                3,
                                3,
                                1_000_000_000));
                assertThat(it.observer().turns()).isEqualTo(2);
                assertThat(it.observer().acknowledgements()).isEqualTo(3);
            }
        }

        @Test
        void areRightWhateverClosesTheChannel() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                assertThat(it.observer().active()).isEqualTo(1);
                assertThat(it.listener().connection("test-1")).isSameAs(it.connection());
                it.channel().close();
                assertThat(it.observer().active()).isZero();
                assertThat(it.listener().connection("test-1")).isNull();
            }
        }

        @Test
        void sayWhoIsConnected() throws Exception {
            try (TestConnection it = TestConnection.open()) {
                assertThat(it.connection())
                        .returns(true, Connection::isServer)
                        .returns(true, Connection::isOpen)
                        .returns("192.0.2.7", Connection::getHostName)
                        .returns("192.0.2.7", Connection::getHostAddress)
                        .returns(40_000, Connection::getPort)
                        .returns("test-1", Connection::getConnectionId)
                        .hasToString("connection test-1 of listener 'test' with 192.0.2.7:40000");
            }
        }
    }
}
