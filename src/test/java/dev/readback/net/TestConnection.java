package dev.readback.net;

import dev.readback.settings.ListenerSettings;
import dev.readback.testing.Certificates;
import dev.readback.testing.Settings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.messaging.Message;

/** One connection of a listener, on a {@link TestChannel}. */
final class TestConnection implements AutoCloseable {

    private final TestChannel channel = new TestChannel();
    private final RecordingObserver observer = new RecordingObserver();
    private final ListenerContext listener;
    private final Connection connection;
    private final @Nullable ListenerTls tls; // null where nothing is encrypted

    private TestConnection(Consumer<Message<?>> gateway, String... lines) throws Exception {
        ListenerSettings settings = Settings.listener(lines);
        tls = settings.tls().isOn() ? tls(settings) : null;
        listener = new ListenerContext("test", settings, observer, gateway::accept, new AtomicLong(), null, tls);
        channel.pipeline()
                .addLast(new ConnectionPipeline(
                        listener, listener.settings().framing().framing()));
        channel.register();
        connection = Objects.requireNonNull(channel.pipeline().get(Connection.class));
    }

    private static ListenerTls tls(ListenerSettings settings) {
        return ListenerTls.open("test", settings, Encryption.LOOPS, Encryption.BUNDLES);
    }

    /** Opens a connection with settings such as {@code timeouts.idle=1s} to a gateway that echoes and acknowledges. */
    static TestConnection open(String... settings) throws Exception {
        return new TestConnection(TestListener::echo, settings);
    }

    /** Opens one to a gateway of the test's own. */
    static TestConnection open(Consumer<Message<?>> gateway, String... settings) throws Exception {
        return new TestConnection(gateway, settings);
    }

    TestChannel channel() {
        return channel;
    }

    RecordingObserver observer() {
        return observer;
    }

    ListenerContext listener() {
        return listener;
    }

    Connection connection() {
        return connection;
    }

    Ending ending() {
        return connection.ending();
    }

    /** Reads come in one turn. */
    void receive(String... reads) {
        channel.writeInbound(Stream.of(reads).map(this::buffer).toArray());
    }

    /** One read comes, of this many bytes. */
    void receive(int bytes) {
        receive("x".repeat(bytes));
    }

    /** Bytes come as they do to an event loop that reads past the channel where the connection lets it. */
    void receiveDirectly(byte[] bytes) {
        ByteBuf input = Unpooled.wrappedBuffer(bytes);
        DirectSocket socket = channel.direct(input);
        while (input.isReadable() && channel.isOpen() && channel.config().isAutoRead()) {
            if (!connection.wire().read(socket) && channel.isOpen()) {
                look(input);
            }
        }
        input.release();
    }

    // the channel ends the turn, whether there is more or not
    private void look(ByteBuf input) {
        if (input.isReadable()) {
            byte[] rest = new byte[Math.min(connection.readSize(), input.readableBytes())];
            input.readBytes(rest);
            channel.writeOneInbound(buffer(rest));
        }
        if (channel.isOpen()) {
            channel.flushInbound();
        }
    }

    /** A read's buffer, with room behind it. */
    ByteBuf buffer(String text) {
        return buffer(text.getBytes(StandardCharsets.US_ASCII));
    }

    private ByteBuf buffer(byte[] bytes) {
        return channel.alloc().ioBuffer(bytes.length + Outbox.ROOM).writeBytes(bytes);
    }

    /** Puts another timeout in force. */
    void tune(String timeout, String duration) {
        listener.tune(listener.timeouts().with(Map.of(timeout, duration)));
        channel.runPendingTasks();
    }

    /** So much waits for the peer that it is not read. */
    void pause() {
        channel.peerTakesNothing();
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[2 * NettyServerConnectionFactory.HIGH_WATER]));
    }

    void pass(Duration duration) {
        channel.pass(duration);
    }

    /** Lets all but one nanosecond pass. */
    void passAlmost(Duration duration) {
        channel.pass(duration.minusNanos(1));
    }

    /** Lets the nanosecond pass that {@link #passAlmost} left. */
    void passTheRest() {
        channel.pass(Duration.ofNanos(1));
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Whether Readback has shut its side, and waits for the client to close. */
    boolean isLingering() {
        return channel.isOpen() && channel.isOutputShutdown();
    }

    /** Whether the connection is as it was when it began. */
    boolean isUntouched() {
        return channel.isOpen() && !channel.isOutputShutdown();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
        if (tls != null) {
            tls.close();
        }
    }

    /** What connections share whose settings name the bundle {@link Certificates#BUNDLE}. */
    private static final class Encryption {

        private static final EventLoops LOOPS =
                EventLoops.nio(); // start no thread until they are given something to do
        private static final SslBundles BUNDLES = bundles();

        private static SslBundles bundles() {
            Certificates certificates = new Certificates();
            return certificates.registry(certificates.server());
        }
    }
}
