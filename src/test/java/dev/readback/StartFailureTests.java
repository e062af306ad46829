package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A wrong setting stops the start with one sentence: property, value and what is allowed. */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTests {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    listeners.echo.port=70000               | port is '70000': allowed is a port from 0 to 65535, where 0 takes a free one
                    listeners.echo.port=many                | port is 'many': allowed is a whole number
                    listeners.echo.prot=7                   | prot (7) is no setting of Readback's: allowed are those of the settings table in the README
                    listeners.echo.timeouts.idle=soon       | timeouts.idle is 'soon': allowed is a duration such as 500ms, 5s or 2m
                    listeners.echo.timeouts.linger=-1s      | timeouts.linger is '-1s': allowed is a duration from 0s to 365d
                    listeners.echo.acknowledgement=ok{len}  | acknowledgement has the unknown placeholder {len}: allowed is text with {listener}, {host}, {peer}, {length}, {count}
                    listeners.echo.half-close=maybe         | half-close is 'maybe': allowed is answer-then-close, keep-open, close-now
                    listeners.echo.echo=perhaps             | echo.echo is 'perhaps': allowed is true or false
                    listeners.echo.address=no.such.invalid  | address is 'no.such.invalid': allowed is an address of this host, or none for all addresses
                    listeners.echo.framing.type=xml         | framing.type is 'xml': allowed is raw
                    listeners.echo.framing.max-length=2GB   | framing.max-length is '2GB': allowed is a size from 1B to 1MB
                    listeners.echo.framing.max-length=much  | framing.max-length is 'much': allowed is a size such as 4096B or 64KB
                    listeners.echo.limits.connections=-1    | limits.connections is '-1': allowed is a number from 0 to 2147483647, where 0 is no limit
                    listeners.echo.access.deny=10.0.0.1/8   | access.deny is '10.0.0.1/8': allowed is 10.0.0.0/8 for that block, or 10.0.0.1 for the one address
                    listeners.echo.access.allow[0]=example  | access.allow[0] is 'example': allowed is an IPv4 or IPv6 address or block, such as 192.0.2.7
                    listeners.echo.proxy-protocol.mode=v2   | proxy-protocol.mode is 'v2': allowed is off, required
                    listeners.echo.proxy-protocol.mode=required | proxy-protocol.trusted is empty: allowed is at least one address or block with mode required
                    listeners.echo.proxy-protocol.trusted=::/0  | proxy-protocol.trusted is '::/0': allowed is no value with mode off
                    listeners.Big.port=1                    | listeners is a map with a listener named 'Big': allowed is a name of 1 to 63 lower-case letters
                    listeners.echo=3                        | listeners.echo is '3': allowed is a group of settings
                    listeners.echo.tls.bundle=none          | listeners.echo.tls.bundle is 'none': allowed is the name of a bundle under spring.ssl.bundle, where there is none
                    listeners.echo.tls.client-auth=need     | client-auth is 'need': allowed is none where tls.bundle is empty, since only TLS asks for certificates
                    drain-timeout=never                     | drain-timeout is 'never': allowed is a duration such as
                    log-queue=3                             | log-queue is '3': allowed is 0, or a number from 16 to 1000000
                    log-queue=many                          | log-queue is 'many': allowed is a whole number
                    """)
    void saysInOneSentenceWhatIsWrong(String setting, String sentence, CapturedOutput output) {
        assertThatThrownBy(() -> start("--readback." + setting)).isNotNull();
        assertThat(output)
                .contains("Description:\n\nreadback.")
                .contains(sentence)
                .doesNotContain("\tat ");
    }

    @Test
    void namesListenerAndAddressWhenThePortIsInUse(CapturedOutput output) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> start(
                            "--readback.listeners.echo.port=" + port, "--readback.listeners.echo.address=127.0.0.1"))
                    .isNotNull();
            assertThat(output)
                    .contains("Description:\n\nlistener 'echo' cannot bind 127.0.0.1:" + port
                            + ": address already in use\n")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void endsItsProcessWithStatusOneWhenThePortIsInUse(@TempDir Path directory) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            try (ApplicationProcess application = ApplicationProcess.start(
                    directory,
                    List.of("-XX:TieredStopAtLevel=1"),
                    "readback.listeners.taken.address=127.0.0.1",
                    "readback.listeners.taken.port=" + taken.getLocalPort())) {
                assertThat(application.awaitEnd()).isEqualTo(1);
            }
        }
    }

    private static void start(String... settings) {
        SpringApplication application = new SpringApplication(ReadbackApplication.class);
        // what is logged is there at once
        application.setDefaultProperties(Map.of("server.port", "0", "readback.log-queue", "0"));
        application.run(settings).close();
    }
}
