package dev.readback.frame;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonTupleTests {

    @Test
    void printsNoValueOneValueAndSeveral() {
        assertThat(PythonTuple.of(List.of())).isEqualTo("()");
        assertThat(PythonTuple.of(List.of(20L))).isEqualTo("(20,)");
        assertThat(PythonTuple.of(List.of(7L, -1L, bytes("ab")))).isEqualTo("(7, -1, b'ab')");
    }

    @Test
    void printsIntegersOfEveryType() {
        assertThat(PythonTuple.of(List.of((byte) -1, (short) 2, 3, 4L, BigInteger.TWO.pow(64))))
                .isEqualTo("(-1, 2, 3, 4, 18446744073709551616)");
    }

    @Test
    void printsTruth() {
        assertThat(PythonTuple.of(List.of(true, false))).isEqualTo("(True, False)");
    }

    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0",
        "-0.0, -0.0",
        "0.1, 0.1",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "0.000123, 0.000123",
        "123456789.125, 123456789.125",
        "9999999999999998, 9999999999999998.0",
        "1e16, 1e+16",
        "12345678901234567890, 1.2345678901234567e+19",
        "1e22, 1e+22",
        "2e23, 2e+23",
        "1e100, 1e+100",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "4.9e-324, 5e-324",
        "-4.9e-324, -5e-324",
        "9.9e-324, 1e-323",
        "2e-323, 2e-323",
        "2.2250738585072014e-308, 2.2250738585072014e-308",
        "NaN, nan",
        "Infinity, inf",
        "-Infinity, -inf",
    })
    void printsDoublesWithTheFewestDigits(double value, String printed) {
        assertThat(PythonTuple.of(List.of(value))).isEqualTo("(" + printed + ",)");
    }

    @Test
    void printsFloatAsTheDoubleOfItsValue() {
        assertThat(PythonTuple.of(List.of(0.1f, 1f))).isEqualTo("(0.10000000149011612, 1.0)");
    }

    @Test
    void printsBytesThatAreNoPlainCharactersAsEscapes() {
        assertThat(PythonTuple.of(List.of(bytes("\t\n\r\\\0\u001f ~\u007f\u00ff"))))
                .isEqualTo("(b'\\t\\n\\r\\\\\\x00\\x1f ~\\x7f\\xff',)");
    }

    @Test
    void choosesQuotationMarksAsPythonDoes() {
        assertThat(PythonTuple.of(List.of(bytes(""), bytes("\""), bytes("'"), bytes("'\""))))
                .isEqualTo("(b'', b'\"', b\"'\", b'\\'\"')");
    }

    @Test
    void refusesOtherValues() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PythonTuple.of(List.of("a'b\u20ac")))
                .withMessage("a struct has no value such as the String 'a\\'b\\u20ac':"
                        + " values are Boolean, Long (or a smaller integer), BigInteger, Double, Float and byte[]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PythonTuple.of(Arrays.asList(1L, null)))
                .withMessageContaining("null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PythonTuple.of(List.of(List.of())))
                .withMessageContaining("a java.util.");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
