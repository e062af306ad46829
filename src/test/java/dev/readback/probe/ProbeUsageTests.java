package dev.readback.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;

/** Wrong usage is one sentence and status 2; help says the same as the README. */
class ProbeUsageTests {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""                                    | Missing required parameter: 'HOST:PORT'
            localhost                             | Invalid value for positional parameter at index 0 (HOST:PORT): 'localhost' is no HOST:PORT such as localhost:12345 or [::1]:12345, with a port from 1 to 65535
            --timeout soon a:1                    | Invalid value for option '--timeout': 'soon' is no duration such as 500ms, 5s or 2m, of at most 365 days
            --timeout 0s a:1                      | Invalid value for option '--timeout': '0s' is no time to wait
            --count 0 a:1                         | Invalid value for option '--count': '0' is no number from 1 to 1000000
            --size 17MB a:1                       | Invalid value for option '--size': '17MB' is no number from 1 to 16777216
            --payload \\z a:1                     | Invalid value for option '--payload': '\\z' has a backslash without its partner at index 0: allowed is \\n, \\r, \\t, \\0, \\\\ and \\x with two hexadecimal digits
            --payload= a:1                        | the payload is empty: there is no frame to send
            --payload x --size 7 a:1              | --payload and --size exclude each other
            --ack {who} a:1                       | Invalid value for option '--ack': '{who}' has a brace that begins no placeholder: allowed is {listener}, {host}, {peer}, {length}, {count}, {values}, and {{ and }} for literal braces
            --ack {host} a:1                      | the acknowledgement ends in a placeholder: only with --frames length the probe knows where it ends
            --ack= --ack-only a:1                 | --ack-only with an empty --ack leaves no reply to check
            --frames lines a:1                    | 'lines' is no framing: allowed is raw, line, length and length:HEADER, for example length:!I
            --frames length:!h a:1                | struct format '!h' is no length header
            --frames length:B --size 256 a:1      | 256 bytes are more than the 255 that a length header <B can count
            --frames line --struct !H a:1         | --frames and --struct exclude each other
            --struct !y a:1                       | struct format '!y' has 'y' at index 1: format characters are x c b B ? h H i I l L q Q e f d s p
            --struct !HI --payload x a:1          | the payload has 1 bytes: records of '!HI' have 6
            --struct !HI --size 6 a:1             | --size has no meaning with --struct, whose records have 6 bytes
            --tolerance 1s a:1                    | --tolerance has no meaning without --idle
            --insecure a:1                        | --insecure has no meaning without --tls
            --tls --ca /nowhere.pem a:1           | --ca /nowhere.pem cannot be used: there is no such file
            """)
    void isRefusedInOneSentence(String arguments, String sentence) {
        ProbeRun run = ProbeRun.of(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));
        assertThat(run.err()).isEqualTo(sentence + "\nTry 'probe --help'.\n");
        assertThat(run.out()).isEmpty();
        assertThat(run.status()).isEqualTo(Probe.WRONG_USAGE);
    }

    @Test
    void isRefusedWithAGuess() {
        ProbeRun run = ProbeRun.of("--ecko", "localhost:12345");
        assertThat(run.err()).isEqualTo("""
                Unknown option: '--ecko'
                Did you mean --echo?
                Try 'probe --help'.
                """);
        assertThat(run.status()).isEqualTo(Probe.WRONG_USAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":1",
                "a:",
                "a:0",
                "a:65536",
                "a:123456",
                "a:1x",
                "a:-1",
                "::1:12345",
                "[::1]",
                "[]:1",
                "[a]:1",
                "a/b:1"
            })
    void refusesATargetThatIsNone(String target) {
        assertThat(ProbeRun.of(target).status()).isEqualTo(Probe.WRONG_USAGE);
    }

    @Test
    void takesAnAddressInBrackets() {
        assertThat(Target.parse("[::1]:12345"))
                .isEqualTo(new Target("::1", 12345))
                .hasToString("[::1]:12345");
        assertThat(Target.parse("localhost:1"))
                .isEqualTo(new Target("localhost", 1))
                .hasToString("localhost:1");
    }

    @Test
    void printsItsVersion() {
        ProbeRun run = ProbeRun.of("--version");
        assertThat(run.out()).startsWith("readback ");
        assertThat(run.status()).isEqualTo(Probe.PASSED);
    }

    @Test
    void helpsOnStandardOutput() {
        ProbeRun run = ProbeRun.of("--help");
        assertThat(run.out())
                .startsWith("Usage: readback probe ")
                .contains("--half-close", "Exit status: 0 all checks");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(Probe.PASSED);
    }

    @Test
    void isInTheReadmeFlagByFlag() throws IOException {
        List<String> rows = new ArrayList<>();
        for (OptionSpec option : Flags.commandLine().getCommandSpec().options()) {
            String names = "`" + String.join("`, `", option.names()) + "`";
            String label = option.paramLabel().isEmpty() || option.arity().max() == 0 ? "" : " " + option.paramLabel();
            String defaultValue = option.defaultValue();
            rows.add("| %s | %s | %s |"
                    .formatted(
                            names.substring(0, names.length() - 1) + label + "`",
                            defaultValue == null ? "" : "`" + defaultValue + "`",
                            option.description()[0]));
        }
        assertThat(table("Flag")).containsExactlyElementsOf(rows);
    }

    @Test
    void namesEveryFaultInTheReadme() throws IOException {
        assertThat(table("Fault"))
                .extracting(it -> it.replaceFirst("^\\| `([a-z]+)` \\|.*", "$1"))
                .containsExactlyElementsOf(
                        Arrays.stream(Fault.values()).map(Fault::word).toList());
    }

    private static List<String> table(String title) throws IOException {
        return Files.readAllLines(Path.of("README.md")).stream()
                .dropWhile(it -> !it.startsWith("| " + title + " |"))
                .skip(2)
                .takeWhile(it -> it.startsWith("|"))
                .toList();
    }
}
