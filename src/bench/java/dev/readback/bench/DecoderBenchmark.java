package dev.readback.bench;

import dev.readback.frame.FrameDecoder;
import dev.readback.frame.Framing;
import dev.readback.frame.LengthFraming;
import dev.readback.frame.LengthHeader;
import dev.readback.frame.LineFraming;
import dev.readback.frame.StructFormat;
import dev.readback.frame.StructFraming;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Cuts a read of 16 frames of 64 B; the figures are for one frame. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecoderBenchmark {

    private static final int FRAMES = 16;
    private static final int SIZE = 64;
    private static final int READ = 4096;

    @Param({"line", "length", "struct"})
    public String framing = "";

    private EmbeddedChannel channel = new EmbeddedChannel();
    private ByteBuf input = Unpooled.EMPTY_BUFFER;

    @Setup
    public void open() {
        Framing chosen = switch (framing) {
            case "line" -> new LineFraming(READ);
            case "length" -> new LengthFraming(LengthHeader.valueOf("!I"), READ);
            case "struct" -> new StructFraming(StructFormat.valueOf("!16I"));
            default -> throw new IllegalArgumentException(framing);
        };
        byte[] frame = switch (framing) {
            case "line" -> ("x".repeat(SIZE - 1) + "\n").getBytes(StandardCharsets.US_ASCII);
            case "length" -> new byte[SIZE];
            default -> new byte[SIZE];
        };
        if (chosen instanceof LengthFraming) {
            frame[Integer.BYTES - 1] = SIZE - Integer.BYTES;
        }
        FrameDecoder decoder = chosen.newDecoder().orElseThrow();
        channel = new EmbeddedChannel(decoder, new Release());
        input = Unpooled.directBuffer(FRAMES * SIZE);
        for (int i = 0; i < FRAMES; i++) {
            input.writeBytes(frame);
        }
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public void frame() {
        ByteBuf read = channel.alloc().ioBuffer(READ).writeBytes(input, 0, FRAMES * SIZE);
        channel.pipeline().fireChannelRead(read);
        channel.pipeline().fireChannelReadComplete();
    }

    private static final class Release extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            ReferenceCountUtil.release(frame);
        }
    }
}
