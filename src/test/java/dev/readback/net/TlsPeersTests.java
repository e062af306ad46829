package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.testing.Certificates;
import dev.readback.testing.Program;
import dev.readback.testing.Program.Result;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that others wrote, over TLS: OpenSSL's, Nmap's and Python's. */
final class TlsPeersTests {

    private static final String ANSWER = "hello" + TestListener.ACKNOWLEDGEMENT;
    private static final Certificates CERTIFICATES = new Certificates();
    private static final X509Bundle SERVER = CERTIFICATES.server();

    @TempDir
    private Path folder;

    @BeforeEach
    void writeCertificates() throws Exception {
        Files.writeString(folder.resolve("ca.crt"), CERTIFICATES.authority().getCertificatePEM());
        CERTIFICATES.write(folder, "client", CERTIFICATES.client("CN=client, O=Readback"));
    }

    private static TestListener start(String... settings) {
        return start(SERVER, settings);
    }

    private static TestListener start(X509Bundle certificate, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("tls.bundle=" + Certificates.BUNDLE);
        TestListener.Transport transport =
                TestListener.Transport.available().findFirst().orElseThrow();
        return TestListener.start(transport, CERTIFICATES.registry(certificate), all.toArray(String[]::new));
    }

    // with no end of input of its own, s_client ends when Readback does: the idle timeout is what ends it
    private Result sClient(TestListener listener, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "s_client",
                "-connect",
                "localhost:" + listener.port(),
                "-CAfile",
                "ca.crt",
                "-verify_return_error",
                "-ign_eof"));
        command.addAll(List.of(options));
        return Program.run(folder, "hello", command.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void answersOpenSsl(String version) throws Exception {
        try (TestListener listener = start("timeouts.idle=300ms")) {
            Result result = sClient(listener, version, "-servername", Certificates.HOST);
            assertThat(result.output()).contains(ANSWER).contains("Verify return code: 0 (ok)");
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void admitsOpenSslWithItsCertificateOnly(String version) throws Exception {
        try (TestListener listener = start("timeouts.idle=300ms", "tls.client-auth=need")) {
            Result result = sClient(listener, version, "-cert", "client.crt", "-key", "client.key");
            assertThat(result.output()).contains(ANSWER);
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);

            assertThat(sClient(listener, version).output())
                    .doesNotContain("i get it!")
                    .contains("alert");
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        }
    }

    @Test
    void isRefusedByOpenSslThatAskedForAnotherHost() throws Exception {
        try (TestListener listener = start()) {
            Result result = sClient(listener, "-verify_hostname", "another.readback.test");
            assertThat(result.output()).contains("hostname mismatch").doesNotContain("i get it!");
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        }
    }

    @Test
    void isRefusedByOpenSslWhenItsCertificateHasExpired() throws Exception {
        try (TestListener listener = start(CERTIFICATES.server(Instant.now().minus(Duration.ofDays(1))))) {
            assertThat(sClient(listener).output())
                    .contains("certificate has expired")
                    .doesNotContain("i get it!");
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        }
    }

    @ParameterizedTest
    @EnumSource(TestListener.Transport.class)
    void answersNcat(TestListener.Transport transport) throws Exception {
        try (TestListener listener =
                TestListener.start(transport, CERTIFICATES.registry(SERVER), "tls.bundle=" + Certificates.BUNDLE)) {
            Result result =
                    Program.run(folder, "hello", "ncat", "--ssl", "localhost", Integer.toString(listener.port()));
            assertThat(result).isEqualTo(new Result(0, ANSWER));
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
        }
    }

    /** Python's {@code unwrap} sends close_notify and waits for the other side's: the half-close of TLS. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1_3", "TLSv1_2"})
    void answersPythonThatHalfCloses(String version) throws Exception {
        String script = """
                import socket, ssl, sys
                context = ssl.create_default_context(cafile="ca.crt")
                context.minimum_version = context.maximum_version = ssl.TLSVersion.%s
                with socket.create_connection(("localhost", int(sys.argv[1])), 20) as plain:
                    secure = context.wrap_socket(plain, server_hostname="localhost")
                    secure.sendall(b"hello")
                    got = b""
                    while len(got) < %d:
                        got += secure.recv(4096)
                    rest = secure.unwrap()
                    print(got, rest.recv(1))
                """.formatted(version, ANSWER.length());
        try (TestListener listener = start()) {
            Result result = Program.run(folder, script, "python3", "-", Integer.toString(listener.port()));
            assertThat(result.output()).isEqualTo("b'hello\\ni get it!\\n' b''\n");
            assertThat(result.status()).isZero();
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
        }
    }
}
