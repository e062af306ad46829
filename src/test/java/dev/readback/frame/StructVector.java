package dev.readback.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.math.BigInteger;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One line of what Python answers, in the notation that struct_vectors.py describes. */
record StructVector(String line) {

    private static final String REFUSED = "!";
    private static final HexFormat HEX = HexFormat.of();

    static String sizeQuestion(String format) {
        return "size\t" + encode(format);
    }

    static String unpackQuestion(String format, byte[] bytes) {
        return "unpack\t" + encode(format) + "\t" + HEX.formatHex(bytes);
    }

    String kind() {
        return field(0);
    }

    boolean isRefused() {
        return line.endsWith("\t" + REFUSED);
    }

    /** Asserts that StructFormat gives Python's answer. */
    void check() {
        if (isRefused() && !kind().equals("size")) {
            assertThatExceptionOfType(StructFormatException.class)
                    .as(line)
                    .isThrownBy(this::ask)
                    .withMessageContaining(PythonText.quote(format()));
            return;
        }
        switch (kind()) {
            case "size" -> checkSize();
            case "unpack" -> checkUnpack();
            case "pack" ->
                assertThat(HEX.formatHex(StructFormat.valueOf(format()).pack(values(field(2)))))
                        .as(line)
                        .isEqualTo(field(3));
            default -> throw new IllegalArgumentException(line);
        }
    }

    private void ask() {
        StructFormat format = StructFormat.valueOf(format());
        if (kind().equals("pack")) {
            format.pack(values(field(2)));
        } else {
            format.unpack(HEX.parseHex(field(2)));
        }
    }

    private void checkSize() {
        boolean allowed = !isRefused() && new BigInteger(field(2)).bitLength() < Integer.SIZE;
        if (allowed) {
            assertThat(StructFormat.valueOf(format()).size()).as(line).isEqualTo(Integer.parseInt(field(2)));
        } else {
            assertThatExceptionOfType(StructFormatException.class)
                    .as(line)
                    .isThrownBy(() -> StructFormat.valueOf(format()))
                    .withMessageContaining(PythonText.quote(format()));
        }
    }

    private void checkUnpack() {
        StructFormat format = StructFormat.valueOf(format());
        byte[] record = HEX.parseHex(field(2));
        String packed = field(3).equals("=") ? field(2) : field(3);
        List<Object> values = format.unpack(record);
        assertThat(values.stream().map(StructVector::print).collect(Collectors.joining(" ")))
                .as(line)
                .isEqualTo(field(4));
        assertThat(values).as(line).hasSize(format.values());
        assertThat(PythonTuple.of(values)).as(line).isEqualTo(field(5));
        assertThat(HEX.formatHex(format.pack(values))).as(line).isEqualTo(packed);
        assertThat(normalized(format, record)).as(line).isEqualTo("a55a" + packed + "5aa5");
    }

    private static String normalized(StructFormat format, byte[] record) {
        ByteBuf buffer = Unpooled.buffer().writeShort(0xa55a).writeBytes(record).writeShort(0x5aa5);
        format.normalize(buffer, 2);
        return ByteBufUtil.hexDump(buffer);
    }

    private String format() {
        return URLDecoder.decode(field(1), StandardCharsets.UTF_8);
    }

    private static String encode(String format) {
        return URLEncoder.encode(format, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private String field(int index) {
        return line.split("\t", -1)[index];
    }

    private static List<Object> values(String text) {
        return Stream.of(text.split(" "))
                .filter(value -> !value.isEmpty())
                .map(StructVector::parse)
                .toList();
    }

    private static Object parse(String value) {
        String rest = value.substring(1);
        return switch (value.charAt(0)) {
            case 'T', 'F' -> Boolean.valueOf(value);
            case 'i' -> integer(new BigInteger(rest));
            case 'f' -> Double.longBitsToDouble(HexFormat.fromHexDigitsToLong(rest));
            case 'b' -> HEX.parseHex(rest);
            default -> "a string";
        };
    }

    private static Object integer(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    private static String print(Object value) {
        return switch (value) {
            case Boolean truth -> truth ? "True" : "False";
            case Long integer -> "i" + integer;
            case BigInteger integer -> "i" + integer;
            case Double number -> "f" + HEX.toHexDigits(Double.doubleToRawLongBits(number));
            case byte[] bytes -> "b" + HEX.formatHex(bytes);
            default -> throw new IllegalArgumentException(value.getClass().getName());
        };
    }
}
