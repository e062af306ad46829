package dev.readback.net;

import dev.readback.ReadbackApplication;
import dev.readback.frame.Reply;
import dev.readback.settings.ListenerSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.integration.ip.tcp.connection.TcpListener;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.GenericMessage;

/**
 * Answers one frame of 64 B on a connection without a socket: through the gateway, its channel and the acknowledger, and,
 * to tell what those cost, with a reply that is there already.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ExchangeBenchmark {

    private static final int SIZE = 64;
    private static final int READ = 4096;
    private static final byte[] ACKNOWLEDGEMENT = "\ni get it!\n".getBytes(StandardCharsets.UTF_8);

    @Param({"spring", "none"})
    public String gateway = "";

    private final byte[] frame = new byte[SIZE];
    private final ConfigurableApplicationContext application = SpringApplication.run(
            ReadbackApplication.class,
            "--server.port=0",
            "--readback.listeners.echo.port=0",
            "--logging.level.root=warn");
    private EmbeddedChannel channel = new EmbeddedChannel();

    @Setup
    public void open() {
        NettyServerConnectionFactory factory = application.getBean(NettyServerConnectionFactory.class);
        ListenerSettings settings = factory.settings();
        TcpListener listener = "spring".equals(gateway)
                ? Objects.requireNonNull(factory.getListener())
                : message -> connection(message)
                        .send(new GenericMessage<>(
                                new Reply((ByteBuf) message.getPayload(), ACKNOWLEDGEMENT), message.getHeaders()));
        ListenerObserver observer =
                application.getBean(ListenerObserver.Factory.class).observe("bench", settings);
        channel = new EmbeddedChannel(new ConnectionPipeline(
                new ListenerContext("bench", settings, observer, listener, new AtomicLong(), null, null),
                settings.framing().framing()));
    }

    private static Connection connection(Message<?> message) {
        return Objects.requireNonNull(message.getHeaders().get(Connection.HEADER, Connection.class));
    }

    @TearDown
    public void close() {
        channel.close();
        application.close();
    }

    @Benchmark
    public void frame() {
        channel.pipeline()
                .fireChannelRead(channel.alloc().ioBuffer(READ + Outbox.ROOM).writeBytes(frame))
                .fireChannelReadComplete();
        ReferenceCountUtil.release(channel.readOutbound());
    }
}
