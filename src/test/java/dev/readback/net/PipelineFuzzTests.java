package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.readback.testing.CountingAllocator;
import dev.readback.testing.LogRecorder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Does to one connection whatever a peer, an operator and the time may do, in any order: it ends in answers or in a close
 * with a reason, with its books balanced, and never in an exception.
 *
 * <p>Each build runs the inputs that are kept in {@code PipelineFuzzTestsInputs} among the test resources. To look for new
 * ones, as {@code FrameDecoderFuzzTests} says:
 *
 * <pre>{@code
 * JAZZER_FUZZ=1 ./mvnw test -Dtest=PipelineFuzzTests -Djazzer.hooks=true -Djazzer.max_duration=1h \
 *     -Djunit.jupiter.execution.timeout.mode=disabled -Dsurefire.timeout=4000
 * }</pre>
 *
 * <p>The first byte of an input chooses the listener, the others are steps: three bits say what, five how much, and what a
 * step sends follows it.
 */
class PipelineFuzzTests {

    private static final Duration LONG = Duration.ofHours(1);

    /** Settings of the listeners, each with all timeouts that let a connection end by itself. */
    private static final List<String> LISTENERS = List.of(
            "framing.type=raw",
            "framing.type=raw,framing.max-length=7,echo=false",
            "framing.type=line,framing.max-length=64",
            "framing.type=line,half-close=keep-open",
            "framing.type=line,half-close=close-now,timeouts.linger=0s",
            "framing.type=length,framing.header=!B,acknowledgement=ok",
            "framing.type=length,framing.header=!I,framing.max-length=64,timeout-notice=bye",
            "framing.type=length,framing.header=<Q,framing.max-length=64,timeouts.frame=2s",
            "framing.type=struct,framing.format=!HI",
            "framing.type=struct,framing.format=B,timeouts.lifetime=3s",
            "framing.type=struct,framing.format=!3xH,timeouts.first-byte=1s,timeouts.write=1s",
            "framing.type=line,proxy-protocol.mode=required,proxy-protocol.trusted[0]=0.0.0.0/0,access.deny[0]=203.0.113.66",
            "framing.type=line,tls.bundle=server",
            "framing.type=raw,tls.bundle=server,half-close=keep-open,tls.client-auth=want",
            "framing.type=length,tls.bundle=server,proxy-protocol.mode=required,proxy-protocol.trusted[0]=0.0.0.0/0");

    private static final List<String> TIMEOUTS = List.of("timeouts.half-open=4s");

    private enum Step {
        SEND,
        SEND_BYTE_BY_BYTE,
        SEND_MUCH,
        TAKE,
        PASS,
        SHUT,
        FAIL,
        OPERATE;

        static Step of(int code) {
            return values()[code >> 5];
        }
    }

    @FuzzTest
    void endsInAnswersOrACloseWithAReason(byte[] input) throws Exception {
        if (input.length > 0) {
            run(input, PipelineFuzzTests::send);
            run(input, PipelineFuzzTests::sendDirectly);
        }
    }

    private static void run(byte[] input, Sender sender) throws Exception {
        ByteBuffer steps = ByteBuffer.wrap(input);
        String[] settings = settings(LISTENERS.get((steps.get() & 0xff) % LISTENERS.size()));
        CountingAllocator memory = new CountingAllocator();
        try (LogRecorder log = LogRecorder.of(Connection.class)) {
            try (TestConnection it = TestConnection.open(settings)) {
                it.channel().config().setAllocator(memory);
                while (steps.hasRemaining() && it.isOpen()) {
                    int code = steps.get() & 0xff;
                    step(it, sender, Step.of(code), code & 31, steps);
                }
                end(it);
                checkBooks(it);
            }
            assertThat(log.lines(Level.ERROR)).isEmpty();
            assertThat(log.lines(Level.WARN)).isEmpty();
        }
        assertThat(memory.held()).as("bytes in buffers").isZero();
    }

    private static void step(TestConnection it, Sender sender, Step step, int much, ByteBuffer steps) {
        switch (step) {
            case SEND -> sender.send(it, next(steps, 1 + much), 1 + much);
            case SEND_BYTE_BY_BYTE -> sender.send(it, next(steps, 1 + much), 1);
            case SEND_MUCH -> {
                byte[] many = new byte[1 << (much % 16)];
                Arrays.fill(many, steps.hasRemaining() ? steps.get() : 0);
                sender.send(it, many, 4096);
            }
            case TAKE -> it.channel().peerTakes(much == 31 ? Long.MAX_VALUE : much * (long) much * much);
            case PASS -> it.pass(Duration.ofMillis(10L * much * much));
            case SHUT -> it.channel().peerShuts();
            case FAIL -> fail(it.channel(), much);
            case OPERATE -> operate(it.ending(), much);
        }
        it.channel().runPendingTasks();
    }

    private static void fail(TestChannel channel, int how) {
        if (how % 2 == 0) {
            channel.peerResets();
        } else {
            channel.breakWrites();
        }
    }

    private static void operate(Ending ending, int how) {
        switch (how % 6) {
            case 0 -> ending.finish(CloseReason.OPERATOR);
            case 1 -> ending.abort(CloseReason.OPERATOR);
            case 2 -> ending.shutRead();
            case 3 -> ending.shutWrite();
            case 4 -> ending.shutBoth();
            default -> ending.drain();
        }
    }

    /** How the bytes of a peer come in. */
    private interface Sender {

        /** @param size the most that come at once */
        void send(TestConnection to, byte[] bytes, int size);
    }

    private static void sendDirectly(TestConnection it, byte[] bytes, int size) {
        for (int at = 0; at < bytes.length && !it.channel().isInputShutdown(); at += size) {
            it.receiveDirectly(Arrays.copyOfRange(bytes, at, Math.min(at + size, bytes.length)));
        }
    }

    // a transport reads nothing while it is told not to, nor behind the end, nor once it is closed
    private static void send(TestConnection it, byte[] bytes, int size) {
        if (it.channel().isInputShutdown() || !it.channel().config().isAutoRead()) {
            return;
        }
        for (int at = 0; at < bytes.length && it.isOpen(); at += size) {
            int length = Math.min(size, bytes.length - at);
            it.channel()
                    .writeOneInbound(
                            it.channel().alloc().ioBuffer(length + Outbox.ROOM).writeBytes(bytes, at, length));
        }
        if (it.isOpen()) {
            it.channel().flushInbound();
        }
    }

    private static byte[] next(ByteBuffer steps, int length) {
        byte[] bytes = new byte[Math.min(length, steps.remaining())];
        steps.get(bytes);
        return bytes;
    }

    /** The peer takes all that is left, shuts its side, and time goes by. */
    private static void end(TestConnection it) {
        it.channel().peerTakesAll();
        if (it.isOpen() && !it.channel().isInputShutdown()) {
            it.channel().peerShuts();
        }
        it.pass(LONG);
        assertThat(it.isOpen()).as("open for ever").isFalse();
    }

    private static void checkBooks(TestConnection it) throws InterruptedException {
        RecordingObserver observer = it.observer();
        assertThat(it.listener().connections()).isEmpty();
        if (observer.refused() == 1) { // by the client that its PROXY header named, or by a drain before that
            assertThat(observer.acceptedConnections()).isZero();
            return;
        }
        ConnectionSummary summary = observer.nextClosed();
        assertThat(summary.reason()).isNotEqualTo(CloseReason.ERROR);
        assertThat(observer.active()).isZero();
        assertThat(observer.halfOpen(Side.PEER)).isZero();
        assertThat(observer.halfOpen(Side.LOCAL)).isZero();
        assertThat(summary)
                .returns(observer.receivedBytes(), ConnectionSummary::received)
                .returns(observer.sentBytes(), ConnectionSummary::sent)
                .returns(observer.acknowledgements(), ConnectionSummary::acknowledgements);
        long taken = it.channel().taken().length();
        if (it.channel().failsWrites()) {
            // what the transport sent by itself is seen at the next look, and none follows a write of its own that
            // fails
            assertThat(summary.sent()).isLessThanOrEqualTo(taken);
        } else {
            assertThat(summary.sent()).isEqualTo(taken);
        }
        assertThat(summary.acknowledgements()).isLessThanOrEqualTo(summary.frames());
    }

    private static String[] settings(String listener) {
        return Stream.concat(Arrays.stream(listener.split(",")), TIMEOUTS.stream())
                .toArray(String[]::new);
    }
}
