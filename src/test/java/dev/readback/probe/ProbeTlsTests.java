package dev.readback.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probe speaks TLS, and says whom it does not trust. */
class ProbeTlsTests {

    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path directory;

    private static Path store;
    private static Path certificate;

    @BeforeAll
    static void makeCertificate() throws IOException, InterruptedException {
        store = directory.resolve("server.p12");
        certificate = directory.resolve("server.pem");
        keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=probe", "-ext", "san=ip:127.0.0.1,dns:echo.example");
        keytool("-exportcert", "-rfc", "-file", certificate.toString());
    }

    @Test
    void passesWithACertificateThatIsTrusted() throws Exception {
        ProbeRun run = probe("--tls", "--ca", certificate.toString(), "--size", "100KB");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(Probe.PASSED);
    }

    @Test
    void findsTheNameAskedForInTheCertificate() throws Exception {
        assertThat(probe("--tls", "--ca", certificate.toString(), "--server-name", "echo.example"))
                .extracting(ProbeRun::status)
                .isEqualTo(Probe.PASSED);
        assertThat(probe("--tls", "--ca", certificate.toString(), "--server-name", "other.example"))
                .satisfies(run -> {
                    assertThat(run.err())
                            .contains("half-close: the TLS handshake failed: ")
                            .contains("No subject alternative DNS name matching other.example found");
                    assertThat(run.status()).isEqualTo(Probe.FAILED);
                });
    }

    @Test
    void failsWithACertificateThatIsNotTrusted() throws Exception {
        ProbeRun run = probe("--tls");
        assertThat(run.err()).contains("half-close: the TLS handshake failed: ");
        assertThat(run.status()).isEqualTo(Probe.FAILED);
    }

    @Test
    void trustsEverybodyWhereToldTo() throws Exception {
        assertThat(probe("--tls", "--insecure").status()).isEqualTo(Probe.PASSED);
    }

    @Test
    void refusesAFileWithoutCertificates() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty.pem"), "");
        assertThat(ProbeRun.of("--tls", "--ca", empty.toString(), "a:1").err())
                .startsWith("--ca " + empty + " cannot be used: holds no certificates in PEM");
    }

    @Test
    void tellsAnEndWithoutCloseNotify() throws Exception {
        SSLContext context = context();
        FakeServer.Behaviour behaviour = plain -> {
            Socket client = context.getSocketFactory().createSocket(plain, (InputStream) null, false);
            client.getOutputStream().write(client.getInputStream().readNBytes("readback".length()));
            plain.shutdownOutput();
            FakeServer.silence(plain);
        };
        try (FakeServer server = FakeServer.start(behaviour)) {
            // in a process of its own: the JDK's TLS in this one has been used without the probe
            ProbeRun run = ProbeProcess.run(
                    directory, "--half-close", "--ack=", "--tls", "--insecure", "127.0.0.1:" + server.port());
            assertThat(run.err()).contains(" half-close: TLS failed after the whole reply of 8 bytes: ");
            assertThat(run.status()).isEqualTo(Probe.FAILED);
        }
    }

    private static ProbeRun probe(String... arguments) throws IOException, GeneralSecurityException {
        ServerSocket listening =
                context().getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        FakeServer.Behaviour echo = client -> {
            client.getInputStream().transferTo(client.getOutputStream());
            client.getOutputStream().write("\ni get it!\n".getBytes(StandardCharsets.US_ASCII));
        };
        try (FakeServer server = FakeServer.start(listening, echo)) {
            List<String> all = new ArrayList<>(List.of(arguments));
            all.add("--half-close");
            return ProbeRun.against(server.port(), all.toArray(String[]::new));
        }
    }

    private static SSLContext context() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-alias", "server"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(directory.resolve("keytool.log")))
                .isZero();
    }
}
