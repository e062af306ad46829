package dev.readback.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The probe against a Readback, in each of its ways to answer. */
class ProbeReadbackTests {

    private static TestApplication application;

    @BeforeAll
    static void start() {
        application = TestApplication.start(
                "readback.listeners.echo.timeouts.idle=300ms",
                "readback.listeners.rfc862.port=0",
                "readback.listeners.rfc862.acknowledgement=",
                "readback.listeners.silent.port=0",
                "readback.listeners.silent.echo=false",
                "readback.listeners.silent.acknowledgement=got {length}\\n",
                "readback.listeners.counted.port=0",
                "readback.listeners.counted.acknowledgement=\n{count}: {length} bytes from {peer} to {{{listener}}}\n",
                "readback.listeners.line.port=0",
                "readback.listeners.line.framing.type=line",
                "readback.listeners.line.acknowledgement={count}:{length}\n",
                "readback.listeners.length.port=0",
                "readback.listeners.length.framing.type=length",
                "readback.listeners.length.acknowledgement=got {length} on {host}",
                "readback.listeners.little.port=0",
                "readback.listeners.little.framing.type=length",
                "readback.listeners.little.framing.header=<H",
                "readback.listeners.little.acknowledgement={peer}{host}",
                "readback.listeners.struct.port=0",
                "readback.listeners.struct.framing.type=struct",
                "readback.listeners.struct.framing.format=!HI",
                "readback.listeners.struct.acknowledgement={values}\n",
                "readback.listeners.padded.port=0",
                "readback.listeners.padded.framing.type=struct",
                "readback.listeners.padded.framing.format=B?I4p");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void passesWithDefaults() {
        ProbeRun run = probe("echo");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("""
                        echo        passed  # ms; connected in # ms
                        half-close  passed  # ms; connected in # ms
                        """);
        assertThat(run.status()).isEqualTo(Probe.PASSED);
    }

    @Test
    void measuresManyExchanges() {
        ProbeRun run = probe("echo", "--echo", "--count", "20", "--interval", "0s");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .isEqualTo("echo        passed  20 of 20, minimum # ms, median # ms, p99 # ms; connected in # ms\n");
    }

    @Test
    void measuresTheIdleTimeout() {
        ProbeRun run = probe("echo", "--idle", "300ms", "--tolerance", "10s");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).matches("idle        passed  closed after # m?s; connected in # ms\n");
    }

    @Test
    void writesJson() {
        ProbeRun run = probe("echo", "--half-close", "--json");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .isEqualTo("{\"target\":\"127.0.0.1:PORT\",\"passed\":true,\"checks\":[{\"name\":\"half-close\","
                        + "\"passed\":true,\"attempts\":1,\"passes\":1,\"connectSeconds\":{\"minimum\":#,"
                        + "\"median\":#,\"p99\":#},\"seconds\":{\"minimum\":#,\"median\":#,\"p99\":#},"
                        + "\"error\":null}]}\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
            rfc862  | --ack=
            rfc862  | --ack= --size=1MB
            silent  | --ack-only --ack=got_{length}\\\\n
            counted | --ack=\\n{count}:_{length}_bytes_from_{peer}_to_{{{listener}}}\\n
            counted | --ack=\\n{count}:_{length}_bytes_from_{peer}_to_{{{listener}}}\\n --size=64KB
            line    | --frames=line --ack={count}:{length}\\n
            line    | --frames=line --ack={count}:{length}\\n --payload=one\\ntwo\\r\\n\\nfour
            line    | --frames=line --ack={count}:{length}\\n --size=64KB
            length  | --frames=length --ack=got_{length}_on_{host}
            length  | --frames=length:!I --ack=got_{length}_on_{host} --size=64KB
            length  | --frames=length --ack=got_{length}_on_{host} --payload=
            little  | --frames=length:<H --ack={peer}{host}
            struct  | --struct=!HI --ack={values}\\n
            struct  | --struct=!HI --ack={values}\\n --payload=\\x00\\x07\\x00\\x00\\x00\\x14\\x01\\x02\\x03\\x04\\x05\\x06
            padded  | --struct=B?I4p --payload=\\x01\\x02\\xff\\xff\\x01\\x02\\x03\\x04\\xff\\x01\\x02\\x03
            echo    | --size=300KB
            """)
    void passesWithEachWayToAnswer(String listener, String arguments) {
        String[] flags =
                (arguments + " --count=2 --interval=0s").replace("\\\\", "\\\\").split(" ", -1);
        for (int i = 0; i < flags.length; i++) {
            flags[i] = flags[i].replace('_', ' ');
        }
        ProbeRun run = probe(listener, flags);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(Probe.PASSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rfc862 | ",
                "counted | --ack=\\n{count}: {length} bytes\\n",
                "echo | --ack=\\ni got it!\\n",
                "length | --frames=length --ack=got {length}",
                "length | --frames=length --ack=lost {length} on {host}",
                "struct | --struct=!HI --ack=[{values}]\\n",
            })
    void failsWhereTheAcknowledgementIsAnother(String row) {
        String[] cells = row.split(" \\| ", -1);
        ProbeRun run = cells[1].isEmpty() ? probe(cells[0], "--half-close") : probe(cells[0], words(cells[1]));
        assertThat(run.err()).contains("half-close: ");
        assertThat(run.status()).isEqualTo(Probe.FAILED);
    }

    private static String[] words(String arguments) {
        return (arguments + " --half-close").split(" (?=--)", -1);
    }

    private static ProbeRun probe(String listener, String... arguments) {
        return ProbeRun.against(application.port(listener), arguments);
    }
}
