package dev.readback.net;

import dev.readback.frame.Reply;
import dev.readback.settings.ListenerSettings;
import dev.readback.testing.Settings;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.GenericMessage;

/** A listener on a free port of loopback, whose gateway echoes and acknowledges as the default settings do. */
public final class TestListener implements AutoCloseable {

    /** What follows each echoed frame. */
    public static final String ACKNOWLEDGEMENT = "\ni get it!\n";

    /** How long its connections may take to finish when it stops. */
    public static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(2);

    private static final byte[] BYTES = ACKNOWLEDGEMENT.getBytes(StandardCharsets.US_ASCII);
    private static final int PATIENCE_MILLIS = 20_000;

    private final EventLoops loops;
    private final NettyServerConnectionFactory factory;
    private final @Nullable ListenerTls tls; // null where nothing is encrypted
    private final RecordingObserver observer = new RecordingObserver();

    /** The transports that there are on this machine, each to be tested. */
    public enum Transport {
        /** Epoll, past Netty's channel where it can. */
        DIRECT,
        EPOLL,
        NIO;

        EventLoops open() {
            return switch (this) {
                case DIRECT -> EventLoops.direct();
                case EPOLL -> EventLoops.epoll();
                case NIO -> EventLoops.nio();
            };
        }

        /** For {@code @MethodSource}: NIO, and both on epoll where there is epoll. */
        public static Stream<Transport> available() {
            return Stream.of(values()).filter(it -> it == NIO || io.netty.channel.epoll.Epoll.isAvailable());
        }
    }

    private TestListener(EventLoops loops, ListenerSettings settings, Consumer<Message<?>> gateway) {
        this(loops, settings, gateway, null);
    }

    private TestListener(
            EventLoops loops, ListenerSettings settings, Consumer<Message<?>> gateway, @Nullable SslBundles bundles) {
        this.loops = loops;
        this.tls = bundles == null ? null : ListenerTls.open("test", settings, loops, bundles);
        this.factory = new NettyServerConnectionFactory("test", settings, loops, observer, DRAIN_TIMEOUT, tls);
        factory.registerListener(gateway::accept);
        factory.start();
    }

    /** Starts a listener with settings such as {@code timeouts.idle=1s} on the given transport. */
    public static TestListener start(Transport transport, String... settings) {
        return start(transport, TestListener::echo, settings);
    }

    /** Starts one on these event loops, which it closes. */
    static TestListener start(EventLoops loops, String... settings) {
        return new TestListener(loops, Settings.listener(settings), TestListener::echo);
    }

    /** Starts one with a gateway of the test's own. */
    public static TestListener start(Transport transport, Consumer<Message<?>> gateway, String... settings) {
        return new TestListener(transport.open(), Settings.listener(settings), gateway);
    }

    /** Starts one that encrypts with one of these bundles. */
    public static TestListener start(Transport transport, SslBundles bundles, String... settings) {
        return new TestListener(transport.open(), Settings.listener(settings), TestListener::echo, bundles);
    }

    /** Starts one as the application does. */
    public static TestListener start(String... settings) {
        return new TestListener(EventLoops.open(), Settings.listener(settings), TestListener::echo);
    }

    /** Echoes and acknowledges a frame. */
    public static void echo(Message<?> message) {
        Connection connection = Objects.requireNonNull(message.getHeaders().get(Connection.HEADER, Connection.class));
        connection.send(new GenericMessage<>(new Reply((ByteBuf) message.getPayload(), BYTES)));
    }

    public int port() {
        return factory.getPort();
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
    }

    public RecordingObserver observer() {
        return observer;
    }

    EventLoops loops() {
        return loops;
    }

    NettyServerConnectionFactory factory() {
        return factory;
    }

    /** A connected client whose reads give up, with an exception, rather than hang. */
    public Socket connect() throws IOException {
        return connect(new Socket());
    }

    /** One that takes no more than about so many bytes before it reads. */
    Socket connect(int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(receiveBuffer); // before it connects: the window is agreed then
        return connect(socket);
    }

    /** One whose own address is another of loopback's. */
    Socket connectFrom(String address) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
        return connect(socket);
    }

    private Socket connect(Socket socket) throws IOException {
        socket.connect(address(), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    @Override
    public void close() {
        factory.stop();
        loops.close();
        if (tls != null) {
            tls.close();
        }
    }
}
