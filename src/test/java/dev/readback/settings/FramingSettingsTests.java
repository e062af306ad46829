package dev.readback.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.readback.frame.Framing;
import dev.readback.frame.LengthFraming;
import dev.readback.frame.LengthHeader;
import dev.readback.frame.LineFraming;
import dev.readback.frame.RawFraming;
import dev.readback.frame.StructFormat;
import dev.readback.frame.StructFraming;
import dev.readback.testing.Settings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class FramingSettingsTests {

    private static Framing framing(String... lines) {
        return Settings.listener(lines).framing().framing();
    }

    /** What the application says when it does not start. */
    private static String refusal(String... lines) {
        Map<String, Object> properties = new LinkedHashMap<>();
        Arrays.stream(lines)
                .map(it -> it.split("=", 2))
                .forEach(it -> properties.put("readback.listeners.echo." + it[0], it[1]));
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        String[] sentence = new String[1];
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> Binder.get(environment).bind("readback", ReadbackSettings.class))
                .satisfies(
                        it -> sentence[0] = Objects.requireNonNull(new SettingFailureAnalyzer(environment).analyze(it))
                                .getDescription());
        return sentence[0].replace("readback.listeners.echo.", "");
    }

    @Test
    void haveDefaultsForEachType() {
        assertThat(framing()).isEqualTo(new RawFraming(4096));
        assertThat(framing("framing.type=raw")).isEqualTo(new RawFraming(4096));
        assertThat(framing("framing.type=line")).isEqualTo(new LineFraming(65536));
        assertThat(framing("framing.type=length")).isEqualTo(new LengthFraming(LengthHeader.valueOf("!I"), 65536));
        assertThat(framing("framing.type=struct", "framing.format=!HI"))
                .isEqualTo(new StructFraming(StructFormat.valueOf("!HI")));
    }

    @Test
    void takeWhatIsSet() {
        assertThat(framing("framing.type=raw", "framing.max-length=1MB")).isEqualTo(new RawFraming(1024 * 1024));
        assertThat(framing("framing.type=line", "framing.max-length=16MB"))
                .isEqualTo(new LineFraming(16 * 1024 * 1024));
        assertThat(framing("framing.type=length", "framing.max-length=1B", "framing.header=<Q"))
                .isEqualTo(new LengthFraming(LengthHeader.valueOf("<Q"), 1));
    }

    @Test
    void takeAnEmptyFormatForNone() {
        assertThat(framing("framing.type=line", "framing.format=")).isEqualTo(new LineFraming(65536));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "raw    | max-length=0B   | max-length is '0B': allowed is a size from 1B to 1MB",
                "raw    | max-length=2MB  | max-length is '2MB': allowed is a size from 1B to 1MB",
                "line   | max-length=17MB | max-length is '17MB': allowed is a size from 1B to 16MB",
                "length | max-length=0    | max-length is '0': allowed is a size from 1B to 16MB",
                "struct | max-length=1KB  | max-length is '1KB': allowed is no value with framing.type struct, since a record has the size of its format",
                "raw    | header=!I       | header is '!I': allowed is no value with framing.type raw, since only frames of type length have a header",
                "line   | header=!I       | header is '!I': allowed is no value with framing.type line, since only frames of type length have a header",
                "line   | format=!I       | format is '!I': allowed is no value with framing.type line, since only frames of type struct have a format",
                "length | header=!h       | header is '!h': allowed is one of B, H, I, Q as in Python's struct, with or without a byte order: for example '!I'",
                "length | header=?!       | header is '?!': allowed is one of B, H, I, Q as in Python's struct, with or without a byte order: for example '!I'",
                "struct | format=         | format is '': allowed is a format as in Python's struct, for example '!HI', whose records have from 1B to 1MB, not 0B",
                "struct | format=2000000s | format is '2000000s': allowed is a format as in Python's struct, for example '!HI', whose records have from 1B to 1MB, not 2000000B",
                "struct | format=!HZ      | format is refused: struct format '!HZ' has 'Z' at index 2: format characters are x c b B ? h H i I l L q Q e f d s p",
                "lines  | max-length=1KB  | type is 'lines': allowed is raw, line, length, struct",
            })
    void stopTheStartWhereTheyAreWrong(String type, String setting, String sentence) {
        assertThat(refusal("framing.type=" + type, "framing." + setting)).isEqualTo("framing." + sentence);
    }

    @Test
    void stopTheStartWithoutAFormatForRecords() {
        assertThat(refusal("framing.type=struct"))
                .isEqualTo("framing.format is not set: allowed is a format as in Python's struct, for example '!HI', "
                        + "whose records have from 1B to 1MB");
    }

    @Test
    void stopTheStartWithAFrameTimeoutForRaw() {
        assertThat(refusal("timeouts.frame=1s"))
                .isEqualTo("timeouts.frame is '1s': allowed is 0s with framing.type raw, "
                        + "whose frames have no end to wait for");
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw", "line", "length"})
    void stopTheStartWithValuesOfFramesThatHaveNone(String type) {
        assertThat(refusal("framing.type=" + type, "acknowledgement=got {values}"))
                .isEqualTo("acknowledgement is 'got {values}': allowed is {values} with framing.type struct only");
    }

    @Test
    void allowValuesOfRecords() {
        assertThat(Settings.listener("framing.type=struct", "framing.format=!I", "acknowledgement={values}")
                        .acknowledgement()
                        .holds(Placeholder.VALUES))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"acknowledgement", "timeout-notice"})
    void stopTheStartWithATextThatTheHeaderCannotCount(String property) {
        String text = "\u00e9".repeat(128);

        assertThat(refusal("framing.type=length", "framing.header=B", property + "=" + text))
                .isEqualTo(property + " is '" + text
                        + "': allowed is a text of at most 255 bytes, which is what its framing.header can count");
        assertThat(framing("framing.type=length", "framing.header=H", property + "=" + text))
                .isInstanceOf(LengthFraming.class);
    }
}
