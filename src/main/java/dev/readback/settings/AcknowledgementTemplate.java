package dev.readback.settings;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The text of an acknowledgement, cut into literal text and placeholders.
 *
 * @param parts what the text is made of, in order; no two texts follow each other
 */
public record AcknowledgementTemplate(List<Part> parts) {

    /** A piece of the text. */
    public sealed interface Part {

        /** Text that stands for itself. */
        record Text(String text) implements Part {}

        /** A placeholder, to be filled in for each frame. */
        record Fact(Placeholder placeholder) implements Part {}
    }

    public AcknowledgementTemplate {
        parts = List.copyOf(parts);
    }

    /**
     * Parses a text in which a name in braces is a placeholder and a doubled brace is a literal one.
     *
     * @throws IllegalArgumentException for an unknown placeholder or a brace without its partner
     */
    public static AcknowledgementTemplate valueOf(String text) {
        return new Parser(text).parse();
    }

    /** Whether every frame is acknowledged with the same bytes. */
    public boolean isConstant() {
        return parts.stream().allMatch(Part.Text.class::isInstance);
    }

    /** Whether the text holds a placeholder. */
    public boolean holds(Placeholder placeholder) {
        return parts.contains(new Part.Fact(placeholder));
    }

    /** How many bytes the text has at least, placeholders not counted; for a constant one, how many it has. */
    int literalBytes() {
        return parts.stream()
                .mapToInt(it -> it instanceof Part.Text(String text) ? text.getBytes(StandardCharsets.UTF_8).length : 0)
                .sum();
    }

    private static final class Parser {

        private final String source;
        private final List<Part> parts = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private int position;

        Parser(String source) {
            this.source = source;
        }

        AcknowledgementTemplate parse() {
            while (position < source.length()) {
                char next = source.charAt(position);
                if (next != '{' && next != '}') {
                    text.append(next);
                    position++;
                } else if (source.startsWith(String.valueOf(next).repeat(2), position)) {
                    text.append(next);
                    position += 2;
                } else {
                    placeholder(next);
                }
            }
            endText();
            return new AcknowledgementTemplate(parts);
        }

        private void placeholder(char brace) {
            int end = source.indexOf('}', position);
            if (brace == '}' || end < 0) {
                throw refused("has a '" + brace + "' without its partner at index " + position);
            }
            String word = source.substring(position + 1, end);
            Placeholder placeholder =
                    Placeholder.named(word).orElseThrow(() -> refused("has the unknown placeholder {" + word + "}"));
            endText();
            parts.add(new Part.Fact(placeholder));
            position = end + 1;
        }

        private void endText() {
            if (!text.isEmpty()) {
                parts.add(new Part.Text(text.toString()));
                text.setLength(0);
            }
        }

        private IllegalArgumentException refused(String problem) {
            return new IllegalArgumentException(
                    problem + ": allowed is text with " + Placeholder.all() + ", and {{ and }} for literal braces");
        }
    }
}
