package dev.readback.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.frame.FrameException.Fault;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each framing's decoder makes of bytes. */
class FrameDecoderTests {

    private static final HexFormat HEX = HexFormat.of();

    private static byte[] hex(String hex) {
        return HEX.parseHex(hex.replace(" ", ""));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<String> texts(FrameReader reader) {
        return reader.frames().stream()
                .map(it -> new String(it, StandardCharsets.ISO_8859_1))
                .toList();
    }

    private static List<String> hexes(FrameReader reader) {
        return reader.frames().stream().map(HEX::formatHex).toList();
    }

    private static LengthFraming length(String header, int maxLength) {
        return new LengthFraming(LengthHeader.valueOf(header), maxLength);
    }

    private static StructFraming struct(String format) {
        return new StructFraming(StructFormat.valueOf(format));
    }

    private static void assertFault(FrameReader reader, Fault fault) {
        assertThat(reader.fault())
                .get(InstanceOfAssertFactories.type(FrameException.class))
                .returns(fault, FrameException::fault);
        assertThat(reader.faults()).isEqualTo(1);
    }

    @Nested
    class Lines {

        @Test
        void endInLfOrInCrLfAndKeepTheirEnds() {
            try (FrameReader reader = new FrameReader(new LineFraming(64))) {
                reader.read(text("one\ntwo\r\n\n\r\nfi\rve\n\rsix\n"));

                assertThat(texts(reader)).containsExactly("one\n", "two\r\n", "\n", "\r\n", "fi\rve\n", "\rsix\n");
                assertThat(reader.isInsideFrame()).isFalse();
            }
        }

        @Test
        void mayBeCutBetweenCrAndLf() {
            try (FrameReader reader = new FrameReader(new LineFraming(64))) {
                reader.read(text("one\r"));
                assertThat(reader.frames()).isEmpty();
                assertThat(reader.isInsideFrame()).isTrue();

                reader.read(text("\n"));
                assertThat(texts(reader)).containsExactly("one\r\n");
            }
        }

        @Test
        void mayHaveTheMaximumWithTheirEnd() {
            try (FrameReader reader = new FrameReader(new LineFraming(4))) {
                reader.read(text("abc\n"), text("ab\r\n"), text("abc"), text("\n"));

                assertThat(texts(reader)).containsExactly("abc\n", "ab\r\n", "abc\n");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"abcd\n", "abc\r\n", "abcd", "abcdefgh\nx\n"})
        void areTooLargeOverTheMaximum(String line) {
            try (FrameReader reader = new FrameReader(new LineFraming(4))) {
                reader.read(text("ok\n" + line));

                assertThat(texts(reader)).containsExactly("ok\n");
                assertFault(reader, Fault.TOO_LARGE);
            }
        }

        @Test
        void withoutEndStopAtTheMaximumAndHoldNoMoreThanThat() {
            try (FrameReader reader = new FrameReader(new LineFraming(64 * 1024))) {
                byte[] read = new byte[4096];
                for (int i = 0; i < 15; i++) {
                    reader.read(read);
                }
                assertThat(reader.fault()).isEmpty();
                assertThat(reader.held()).isBetween(60 * 1024L, 128 * 1024L);

                reader.read(read);
                assertFault(reader, Fault.TOO_LARGE);
                assertThat(reader.held()).isZero();
            }
        }
    }

    @Nested
    class LengthHeaders {

        @ParameterizedTest
        @CsvSource({
            "!B, 03, 00",
            "!H, 0003, 0000",
            "!I, 00000003, 00000000",
            "<H, 0300, 0000",
            "<I, 03000000, 00000000",
            "!Q, 0000000000000003, 0000000000000000",
            "<Q, 0300000000000000, 0000000000000000",
            "H, 0300, 0000",
            ">I, 00000003, 00000000",
        })
        void countTheBody(String header, String three, String none) {
            try (FrameReader reader = new FrameReader(length(header, 64))) {
                String first = three + "616263";
                reader.read(hex(first + none + first + three + "61"));

                assertThat(hexes(reader)).containsExactly(first, none, first);
                assertThat(reader.isInsideFrame()).isTrue();
                reader.read(hex("6263"));
                assertThat(hexes(reader)).hasSize(4).last().isEqualTo(first);
                assertThat(reader.isInsideFrame()).isFalse();
            }
        }

        @Test
        void mayCountTheMaximum() {
            try (FrameReader reader = new FrameReader(length("!B", 3))) {
                reader.read(hex("03616263"));
                assertThat(hexes(reader)).containsExactly("03616263");

                reader.read(hex("04"));
                assertFault(reader, Fault.TOO_LARGE);
            }
        }

        @ParameterizedTest
        @CsvSource({
            "!I, ffffffff, TOO_LARGE",
            "!I, 00010001, TOO_LARGE",
            "<I, ffffffff, TOO_LARGE",
            "!H, 0401, TOO_LARGE",
            "!Q, 7fffffffffffffff, TOO_LARGE",
            "!Q, 0000000100000000, TOO_LARGE",
            "!Q, 8000000000000000, INVALID",
            "!Q, ffffffffffffffff, INVALID",
            "<Q, 0000000000000080, INVALID",
        })
        void areJudgedAtOnceAndCostNothing(String header, String bad, Fault fault) {
            int maxLength = header.endsWith("H") ? 1024 : 64 * 1024;
            LengthHeader good = LengthHeader.valueOf(header);
            try (FrameReader reader = new FrameReader(length(header, maxLength))) {
                reader.read(good.prepend(text("abc")));
                long before = reader.allocated();

                reader.read(hex(bad)); // allocates these bytes, and no others
                assertFault(reader, fault);
                assertThat(reader.frames()).hasSize(1);
                assertThat(reader.held()).isZero();
                assertThat(reader.allocated()).isEqualTo(before + good.width());

                reader.read(hex(bad), good.prepend(text("abc")));
                assertThat(reader.frames()).hasSize(1);
                assertThat(reader.faults()).isEqualTo(1);
                assertThat(reader.held()).isZero();
            }
        }

        @Test
        void takeMemoryForWhatHasComeOnly() {
            try (FrameReader reader = new FrameReader(length("!I", 16 * 1024 * 1024))) {
                reader.read(hex("00ffffff"));
                reader.read(new byte[100]);

                assertThat(reader.fault()).isEmpty();
                assertThat(reader.held()).isLessThanOrEqualTo(256);
            }
        }
    }

    @Nested
    class Records {

        static Stream<Arguments> records() {
            return Stream.of(
                    Arguments.of("!HI", List.of("000100000014", "ffffffffffff")),
                    Arguments.of("<3h", List.of("010002000300", "000000000080")),
                    Arguments.of("!10sI", List.of("6162636465666768696a00000014", "0000000000000000000000000000")));
        }

        @ParameterizedTest
        @MethodSource("records")
        void haveTheSizeOfTheirFormat(String format, List<String> records) {
            try (FrameReader reader = new FrameReader(struct(format))) {
                reader.read(hex(String.join("", records) + "00"));

                assertThat(hexes(reader)).isEqualTo(records);
                assertThat(reader.isInsideFrame()).isTrue();
            }
        }
    }

    static Stream<Framing> framings() {
        return Stream.of(new LineFraming(1024), length("!I", 1024), struct("!I1020s"));
    }

    @ParameterizedTest
    @MethodSource("framings")
    void cutWithoutCopying(Framing framing) {
        byte[] line = text("x".repeat(1023) + "\n");
        byte[] frame = framing instanceof LengthFraming it ? it.text(line) : line;
        try (FrameReader reader = new FrameReader(framing)) {
            reader.read(frame);
            for (int i = 0; i < 100; i++) {
                reader.read(frame);
            }
            assertThat(reader.frames()).hasSize(101);
            assertThat(reader.allocated()).isEqualTo(101L * frame.length);
            assertThat(reader.held()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("framings")
    void dropWhatTheyHoldWithTheEndOfTheInput(Framing framing) {
        try (FrameReader reader = new FrameReader(framing)) {
            reader.read(hex("0000"));
            assertThat(reader.isInsideFrame()).isTrue();

            reader.end();
            assertThat(reader.frames()).isEmpty();
            assertThat(reader.held()).isZero();
        }
    }
}
