package dev.readback.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.readback.settings.AcknowledgementTemplate.Part.Fact;
import dev.readback.settings.AcknowledgementTemplate.Part.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An acknowledgement's text is cut into what is said and what is filled in. */
class AcknowledgementTemplateTests {

    @Test
    void findsPlaceholdersBetweenTexts() {
        assertThat(AcknowledgementTemplate.valueOf("{count}: {length} from {peer}\n")
                        .parts())
                .containsExactly(
                        new Fact(Placeholder.COUNT),
                        new Text(": "),
                        new Fact(Placeholder.LENGTH),
                        new Text(" from "),
                        new Fact(Placeholder.PEER),
                        new Text("\n"));
    }

    @Test
    void takesDoubledBracesForLiteralOnes() {
        assertThat(AcknowledgementTemplate.valueOf("{{count}} {{{count}}}").parts())
                .containsExactly(new Text("{count} {"), new Fact(Placeholder.COUNT), new Text("}"));
    }

    @Test
    void isConstantWithoutPlaceholders() {
        assertThat(AcknowledgementTemplate.valueOf("").isConstant()).isTrue();
        assertThat(AcknowledgementTemplate.valueOf("{{ok}}").isConstant()).isTrue();
        assertThat(AcknowledgementTemplate.valueOf("{host}").isConstant()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    got {lenght} | unknown placeholder {lenght}
                    {}           | unknown placeholder {}
                    {COUNT}      | unknown placeholder {COUNT}
                    abc{         | '{' without its partner at index 3
                    ab}c         | '}' without its partner at index 2
                    """)
    void refusesWhatItCannotFillIn(String text, String problem) {
        assertThatThrownBy(() -> AcknowledgementTemplate.valueOf(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem)
                .hasMessageContaining("{listener}, {host}, {peer}, {length}, {count}");
    }
}
