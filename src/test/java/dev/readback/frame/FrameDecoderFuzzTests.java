package dev.readback.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Feeds the decoders whatever a peer may send.
 *
 * <p>Each build runs the inputs that are kept in {@code FrameDecoderFuzzTestsInputs} among the test resources. To look for
 * new ones:
 *
 * <pre>{@code
 * JAZZER_FUZZ=1 ./mvnw test -Dtest=FrameDecoderFuzzTests -Djazzer.hooks=true -Djazzer.max_duration=1h \
 *     -Djunit.jupiter.execution.timeout.mode=disabled -Dsurefire.timeout=4000
 * }</pre>
 *
 * <p>An input that fails is written to that folder and is part of every build from then on; those that only reach new
 * code are kept in {@code .cifuzz-corpus} for the next run. The hooks are off otherwise: they watch for injections into
 * shells, queries and the like, of which there are none here, and cost 15 s of each build.
 *
 * <p>The first byte of an input chooses the framing, the second the size of the pieces, the others are the stream.
 */
class FrameDecoderFuzzTests {

    private static final int MAX_LENGTH = 24;

    private static final List<Framing> FRAMINGS = List.of(
            new LineFraming(MAX_LENGTH),
            length("!B"),
            length("!H"),
            length("!I"),
            length("!Q"),
            length("<H"),
            length("<I"),
            length("<Q"),
            struct("!HI"),
            struct("<3h"),
            struct("!10sI"),
            struct("B"));

    private static Framing length(String header) {
        return new LengthFraming(LengthHeader.valueOf(header), MAX_LENGTH);
    }

    private static Framing struct(String format) {
        return new StructFraming(StructFormat.valueOf(format));
    }

    @FuzzTest
    void cutsAnyInputIntoFrames(byte[] input) {
        if (input.length < 2) {
            return;
        }
        Framing framing = FRAMINGS.get((input[0] & 0xff) % FRAMINGS.size());
        int size = 1 + (input[1] & 0xff);
        byte[] stream = Arrays.copyOfRange(input, 2, input.length);
        try (FrameReader whole = new FrameReader(framing);
                FrameReader cut = new FrameReader(framing)) {
            whole.read(stream);
            for (int at = 0; at < stream.length; at += size) {
                cut.read(Arrays.copyOfRange(stream, at, Math.min(at + size, stream.length)));
            }
            check(whole, stream);
            check(cut, stream);
            assertThat(cut.frames()).usingElementComparator(Arrays::compare).isEqualTo(whole.frames());
            assertThat(fault(cut)).isEqualTo(fault(whole));
        }
    }

    private static void check(FrameReader reader, byte[] stream) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (byte[] frame : reader.frames()) {
            assertThat(frame).hasSizeBetween(1, MAX_LENGTH + Long.BYTES);
            frames.writeBytes(frame);
        }
        assertThat(frames.toByteArray()).isEqualTo(Arrays.copyOf(stream, frames.size()));
        assertThat(reader.faults()).isLessThanOrEqualTo(1);
        if (reader.fault().isPresent()) {
            assertThat(reader.fault()).get().isInstanceOf(FrameException.class);
            assertThat(reader.held()).isZero();
        } else {
            assertThat(reader.isInsideFrame()).isEqualTo(frames.size() < stream.length);
        }
    }

    private static Optional<FrameException.Fault> fault(FrameReader reader) {
        return reader.fault().map(it -> ((FrameException) it).fault());
    }
}
