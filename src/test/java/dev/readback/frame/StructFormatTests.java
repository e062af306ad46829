package dev.readback.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.convert.support.DefaultConversionService;

class StructFormatTests {

    private static final HexFormat HEX = HexFormat.of();

    @Test
    void packsAndUnpacksInNetworkOrder() {
        StructFormat format = StructFormat.valueOf("!HI");

        assertThat(format.size()).isEqualTo(6);
        assertThat(format.values()).isEqualTo(2);
        assertThat(HEX.formatHex(format.pack(List.of(1, 20)))).isEqualTo("000100000014");
        assertThat(format.unpack(HEX.parseHex("000100000014"))).containsExactly(1L, 20L);
    }

    @Test
    void isConvertedFromTextBySpring() {
        assertThat(new DefaultConversionService().convert("!HI", StructFormat.class))
                .isEqualTo(StructFormat.valueOf("!HI"));
    }

    @Test
    void isEqualByItsText() {
        assertThat(StructFormat.valueOf("!HI"))
                .isEqualTo(StructFormat.valueOf("!HI"))
                .hasSameHashCodeAs(StructFormat.valueOf("!HI"))
                .isNotEqualTo(StructFormat.valueOf(">HI"))
                .hasToString("!HI");
        assertThat(StructFormat.valueOf("! H I").format()).isEqualTo("! H I");
    }

    @ParameterizedTest
    @CsvSource({
        "bBhHiI, Long Long Long Long Long Long",
        "lqn, Long Long Long",
        "<lL, Long Long",
        "LQNP, BigInteger BigInteger BigInteger BigInteger",
        "?efd, Boolean Double Double Double",
        "c3s3px, byte[] byte[] byte[]",
    })
    void unpacksToTheDocumentedTypes(String notation, String types) {
        StructFormat format = StructFormat.valueOf(notation);

        assertThat(format.unpack(new byte[format.size()]).stream()
                        .map(value -> value.getClass().getSimpleName())
                        .collect(Collectors.joining(" ")))
                .isEqualTo(types);
    }

    @Test
    void takesIntegersOfEveryType() {
        StructFormat format = StructFormat.valueOf(">5b?");

        assertThat(HEX.formatHex(format.pack(List.of((byte) 1, (short) 2, 3, 4L, BigInteger.valueOf(5), 6))))
                .isEqualTo("010203040501");
    }

    @Test
    void takesNumbersOfEveryTypeForFloatingPoint() {
        StructFormat format = StructFormat.valueOf(">7e");

        assertThat(format.unpack(format.pack(List.of(0.5f, 1.5, (byte) 2, (short) 3, 4, 5L, BigInteger.valueOf(6)))))
                .containsExactly(0.5, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0);
        assertThat(HEX.formatHex(StructFormat.valueOf(">fd").pack(List.of(0.1f, 0.1f))))
                .isEqualTo("3dcccccd" + "3fb99999a0000000");
    }

    @Test
    void takesTheTruthOfEveryType() {
        List<Object> truths =
                List.of(true, (byte) 2, (short) 3, 4, 5L, BigInteger.TWO.pow(64), 0.5f, Double.NaN, new byte[1]);
        List<Object> untruths = List.of(false, (byte) 0, (short) 0, 0, 0L, BigInteger.ZERO, -0.0f, 0.0, new byte[0]);
        StructFormat format = StructFormat.valueOf("9?");

        assertThat(format.unpack(format.pack(truths))).containsOnly(true);
        assertThat(format.unpack(format.pack(untruths))).containsOnly(false);
    }

    @Test
    void keepsEmptyPascalTextWithoutLengthByteInsideItsField() {
        StructFormat format = StructFormat.valueOf("B0pB");
        byte[] packed = format.pack(List.of(1, new byte[] {7}, 2));

        assertThat(packed).containsExactly(1, 2);
        assertThat(PythonTuple.of(format.unpack(packed))).isEqualTo("(1, b'', 2)");
        ByteBuf record = Unpooled.copiedBuffer(packed);
        format.normalize(record, 0);
        assertThat(ByteBufUtil.getBytes(record)).isEqualTo(packed);
    }

    @Nested
    class Buffers {

        private final StructFormat format = StructFormat.valueOf("<Bxh");

        @Test
        void unpackReadsTheReadableBytes() {
            ByteBuf in = Unpooled.wrappedBuffer(HEX.parseHex("ffff01aa0200")).skipBytes(2);

            assertThat(format.unpack(in)).containsExactly(1L, 2L);
            assertThat(in.isReadable()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 3, 5})
        void unpackReadsNothingOfAnotherLength(int length) {
            ByteBuf in = Unpooled.buffer().writeZero(length);

            assertThatExceptionOfType(StructFormatException.class)
                    .isThrownBy(() -> format.unpack(in))
                    .withMessage("struct format '<Bxh' unpacks exactly 4 bytes, not " + length);
            assertThat(in.readableBytes()).isEqualTo(length);
        }

        @Test
        void unpackedListCannotBeChanged() {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> format.unpack(new byte[4]).clear());
        }

        @Test
        void packAppendsAndClearsPadBytes() {
            ByteBuf out = Unpooled.wrappedBuffer(HEX.parseHex("ffffffffffffff")).writerIndex(2);

            format.pack(List.of(1, 2), out);

            assertThat(ByteBufUtil.hexDump(out)).isEqualTo("ffff01000200");
        }

        @Test
        void packGrowsTheBuffer() {
            ByteBuf out = Unpooled.buffer(0);

            format.pack(List.of(1, 2), out);

            assertThat(ByteBufUtil.hexDump(out)).isEqualTo("01000200");
        }

        @Test
        void packLeavesTheBufferAsItWasWhenItRefuses() {
            ByteBuf out = Unpooled.buffer().writeByte(9);

            assertThatExceptionOfType(StructFormatException.class)
                    .isThrownBy(() -> format.pack(List.of(1, 40000), out));
            assertThat(ByteBufUtil.hexDump(out)).isEqualTo("09");
        }

        @Test
        void normalizeChangesOneRecordAndNoIndex() {
            ByteBuf buffer = Unpooled.wrappedBuffer(HEX.parseHex("aaaaaaaa01ff0200aaaa"));

            format.normalize(buffer, 4);

            assertThat(ByteBufUtil.hexDump(buffer)).isEqualTo("aaaaaaaa01000200aaaa");
            assertThat(buffer.readerIndex()).isZero();
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 3, Integer.MAX_VALUE})
        void normalizeRefusesToLeaveTheBuffer(int index) {
            ByteBuf buffer = Unpooled.buffer(64).writeZero(6);

            assertThatExceptionOfType(StructFormatException.class)
                    .isThrownBy(() -> format.normalize(buffer, index))
                    .withMessage("struct format '<Bxh' has records of 4 bytes,"
                            + " which do not lie at index %d of a buffer of 6".formatted(index));
        }
    }

    @Nested
    class Headers {

        @ParameterizedTest
        @CsvSource({
            "B, 1",
            "H, 2",
            "I, 4",
            "Q, 8",
            "1I, 4",
            "' H ', 2",
        })
        void areOneUnsignedIntegerInAnyOrder(String item, int width) {
            assertThat(StructFormat.valueOf(item).lengthHeader()).contains(little(width));
            assertThat(StructFormat.valueOf("@" + item).lengthHeader()).contains(little(width));
            assertThat(StructFormat.valueOf("=" + item).lengthHeader()).contains(little(width));
            assertThat(StructFormat.valueOf("<" + item).lengthHeader()).contains(little(width));
            assertThat(StructFormat.valueOf(">" + item).lengthHeader()).contains(big(width));
            assertThat(StructFormat.valueOf("!" + item).lengthHeader()).contains(big(width));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "", "!", "b", "h", "i", "q", "l", "L", "!L", "n", "N", "P", "c", "?", "e", "f", "d", "s", "4s", "p",
                    "x", "HH", "2H", "0H", "xH", "Hx", "H0I", "!Hb", "!0sH", "B0H"
                })
        void areNothingElse(String notation) {
            assertThat(StructFormat.valueOf(notation).lengthHeader()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 0, 3, 6, 16})
        void haveAWidthThatALengthCanHave(int width) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new LengthHeader(width, ByteOrder.BIG_ENDIAN))
                    .withMessage("a length header has 1, 2, 4 or 8 bytes, not " + width);
        }

        private static LengthHeader little(int width) {
            return new LengthHeader(width, ByteOrder.LITTLE_ENDIAN);
        }

        private static LengthHeader big(int width) {
            return new LengthHeader(width, ByteOrder.BIG_ENDIAN);
        }
    }

    @Nested
    class Errors {

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "!HX|'!HX' has 'X' at index 2: format characters are x c b B ? h H i I l L q Q e f d s p",
                    "HX|'HX' has 'X' at index 1:" + " format characters are x c b B ? h H i I l L q Q n N e f d s p P",
                    "!n|'!n' has 'n' at index 1,"
                            + " which is allowed in native format only ('@' or no byte order), not with '!'",
                    "H<I|'H<I' has '<' at index 1: a byte order is allowed at index 0 only",
                    "!3 H|'!3 H' has ' ' at index 2:"
                            + " white space is not allowed between a repeat count and its format character",
                    "!H12|'!H12' ends after the repeat count 12 at index 2:"
                            + " a format character must follow it directly",
                    "!H2147483647B|'!H2147483647B' goes over the largest size of 2147483647 bytes,"
                            + " or over as many values, with 'B' at index 12",
                    "2147483647B0s|'2147483647B0s' goes over the largest size of 2147483647 bytes,"
                            + " or over as many values, with 's' at index 12",
                })
        void nameThePlaceInTheFormat(String notation, String message) {
            assertThatExceptionOfType(StructFormatException.class)
                    .isThrownBy(() -> StructFormat.valueOf(notation))
                    .withMessage("struct format " + message);
        }

        @Test
        void showCharactersOutsideAsciiAsEscapes() {
            assertThatExceptionOfType(StructFormatException.class)
                    .isThrownBy(() -> StructFormat.valueOf("!\u20ac\n"))
                    .withMessageStartingWith("struct format '!\\u20ac\\n' has '\\u20ac' at index 1: ");
        }

        @Test
        void nameTheValueOutOfRange() {
            assertRefused(
                    "!2HI",
                    List.of(1, 70000, 2),
                    "an integer from 0 to 65535 for 'H' at index 2, not 70000 (value number 2)");
            assertRefused(
                    "!2HI",
                    List.of(1, 2, -1),
                    "an integer from 0 to 4294967295 for 'I' at index 3, not -1 (value number 3)");
            assertRefused(
                    "b", List.of(128), "an integer from -128 to 127 for 'b' at index 0, not 128 (value number 1)");
            assertRefused(
                    "P",
                    List.of(BigInteger.TWO.pow(64)),
                    "an integer from -9223372036854775808 to 18446744073709551615 for 'P' at index 0,"
                            + " not 18446744073709551616 (value number 1)");
            assertRefused(
                    "!e",
                    List.of(65520.0),
                    "a Double, a Float or an integer of magnitude below 65520 for 'e' at index 1, not 65520.0 (value number 1)");
            assertRefused(
                    "!f",
                    List.of(1e39),
                    "a Double, a Float or an integer of magnitude below 3.4028235677973366e+38 for 'f' at index 1,"
                            + " not 1e+39 (value number 1)");
            assertRefused(
                    "@f",
                    List.of(BigInteger.TEN.pow(309)),
                    "a Double, a Float or an integer that a double holds for 'f' at index 1," + " not 1"
                            + "0".repeat(76) + "... (value number 1)");
        }

        @Test
        void nameNumbersOfEveryType() {
            for (Object value : List.of((byte) 7, (short) 7, 7, 7L, BigInteger.valueOf(7))) {
                assertRefused("c", List.of(value), "a byte[] of length 1 for 'c' at index 0, not 7 (value number 1)");
            }
            assertRefused(
                    "c",
                    List.of(0.1f),
                    "a byte[] of length 1 for 'c' at index 0, not 0.10000000149011612 (value number 1)");
            assertRefused("c", List.of(true), "a byte[] of length 1 for 'c' at index 0, not True (value number 1)");
            assertRefused(
                    "B",
                    List.of(BigInteger.valueOf(256)),
                    "an integer from 0 to 255 for 'B' at index 0, not 256 (value number 1)");
        }

        @Test
        void nameTheValueOfAWrongType() {
            assertRefused(
                    "!H", List.of(1.5), "an integer from 0 to 65535 for 'H' at index 1, not 1.5 (value number 1)");
            assertRefused(
                    "c",
                    List.of(new byte[2]),
                    "a byte[] of length 1 for 'c' at index 0, not b'\\x00\\x00' (value number 1)");
            assertRefused("3s", List.of("abc"), "a byte[] for 's' at index 1, not the String 'abc' (value number 1)");
            assertRefused(
                    "3p", List.of('a'), "a byte[] for 'p' at index 1, not a java.lang.Character (value number 1)");
            assertRefused(
                    "?",
                    List.of("x"),
                    "a Boolean (or, as Python takes its truth, a number or a byte[]) for '?' at index 0,"
                            + " not the String 'x' (value number 1)");
            assertRefused("s", Arrays.asList((Object) null), "a byte[] for 's' at index 0, not null (value number 1)");
        }

        @Test
        void nameTheNumberOfValues() {
            assertThatExceptionOfType(StructFormatException.class)
                    .isThrownBy(() -> StructFormat.valueOf("!2Hx").pack(List.of(1)))
                    .withMessage("struct format '!2Hx' packs exactly 2 values, not 1");
        }

        private static void assertRefused(String notation, List<?> values, String message) {
            assertThatExceptionOfType(StructFormatException.class)
                    .isThrownBy(() -> StructFormat.valueOf(notation).pack(values))
                    .withMessage("struct format '" + notation + "' takes " + message);
        }
    }
}
