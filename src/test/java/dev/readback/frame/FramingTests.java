package dev.readback.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How each framing writes what Readback sends. */
class FramingTests {

    private static final byte[] TEXT = "ok\n".getBytes(StandardCharsets.US_ASCII);

    static Stream<Framing> framingsWithoutHeader() {
        return Stream.of(new RawFraming(1), new LineFraming(1), new StructFraming(StructFormat.valueOf("!I")));
    }

    @ParameterizedTest
    @MethodSource("framingsWithoutHeader")
    void sendsItsOwnTextsAsTheyAre(Framing framing) {
        assertThat(framing.text(TEXT)).isSameAs(TEXT);
    }

    @ParameterizedTest
    @CsvSource({
        "!B, 036f6b0a",
        "!H, 00036f6b0a",
        "<H, 03006f6b0a",
        "!I, 000000036f6b0a",
        "<I, 030000006f6b0a",
        "!Q, 00000000000000036f6b0a",
    })
    void givesItsOwnTextsALengthHeader(String header, String expected) {
        Framing framing = new LengthFraming(LengthHeader.valueOf(header), 10);

        assertThat(framing.text(TEXT)).asHexString().isEqualToIgnoringCase(expected);
        assertThat(framing.text(new byte[0])).isEmpty();
    }

    @Test
    void refusesATextThatItsHeaderCannotCount() {
        Framing framing = new LengthFraming(LengthHeader.valueOf("!B"), 10);

        assertThat(framing.text(new byte[255])).hasSize(256).startsWith(0xff);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> framing.text(new byte[256]))
                .withMessage("256 bytes are more than the 255 that a length header !B can count");
    }

    @Test
    void echoesARecordUnpackedAndPackedAgain() {
        StructFraming framing = new StructFraming(StructFormat.valueOf("@BxI?"));
        ByteBuf frame = Unpooled.wrappedBuffer(HexFormat.of().parseHex("01ffffff1400000007"));

        assertThat(framing.values(frame)).isEqualTo("(1, 20, True)");
        assertThat(ByteBufUtil.hexDump(framing.echo(frame))).isEqualTo("010000001400000001");
        assertThat(framing.values(frame)).isEqualTo("(1, 20, True)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "h", "HH", "2H", "xH", "!4s", "L", "N", "?", "0H"})
    void takesNoOtherFormatForALengthHeader(String format) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LengthHeader.valueOf(format))
                .withMessageContaining("is no length header");
    }

    @ParameterizedTest
    @CsvSource({"B, <B", "@H, <H", "=I, <I", "<Q, <Q", ">H, !H", "!I, !I"})
    void writesALengthHeaderAsAFormat(String format, String written) {
        assertThat(LengthHeader.valueOf(format)).hasToString(written);
    }
}
