package dev.readback.bench;

import dev.readback.frame.StructFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reads and writes one record. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StructFormatBenchmark {

    @Param({"!HI", "<3h2xqd8s"})
    public String format = "";

    private StructFormat struct = StructFormat.valueOf("!HI");
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private List<Object> values = List.of();

    @Setup
    public void fill() {
        struct = StructFormat.valueOf(format);
        buffer = Unpooled.directBuffer(struct.size()).writeZero(struct.size());
        values = struct.unpack(buffer);
    }

    @Benchmark
    public List<Object> unpack() {
        buffer.readerIndex(0);
        return struct.unpack(buffer);
    }

    @Benchmark
    public ByteBuf pack() {
        buffer.clear();
        struct.pack(values, buffer);
        return buffer;
    }

    /** What an echo does. */
    @Benchmark
    public ByteBuf normalize() {
        struct.normalize(buffer, 0);
        return buffer;
    }
}
