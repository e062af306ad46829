package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.readback.testing.Certificates;
import io.netty.pkitesting.X509Bundle;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A certificate whose file changes is served anew, without a restart. */
@ExtendWith(OutputCaptureExtension.class)
final class TlsReloadTests {

    private static final int CLIENTS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Certificates CERTIFICATES = new Certificates();
    private static final String EXPIRY = "readback_tls_certificate_expiry_timestamp_seconds{listener=\"echo\"}";

    @TempDir
    private Path folder;

    private TestApplication start() {
        String keystore = "spring.ssl.bundle.pem.server.keystore.";
        return TestApplication.start(
                "readback.listeners.echo.tls.bundle=server",
                "readback.listeners.echo.timeouts.idle=60s",
                "spring.ssl.bundle.pem.server.reload-on-update=true",
                keystore + "certificate=file:" + folder.resolve("server.crt"),
                keystore + "private-key=file:" + folder.resolve("server.key"));
    }

    private static SSLSocket connect(TestApplication application) throws Exception {
        SSLContext context =
                CERTIFICATES.bundle(CERTIFICATES.client("CN=client")).createSslContext();
        Socket plain = application.connect("echo");
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", 0, true);
        socket.startHandshake();
        return socket;
    }

    private static void exchange(SSLSocket socket) throws Exception {
        socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
        byte[] answer = socket.getInputStream().readNBytes("hello\ni get it!\n".length());
        assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("hello\ni get it!\n");
    }

    private static X509Certificate served(TestApplication application) throws Exception {
        try (SSLSocket socket = connect(application)) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void servesNewCertificateWhileConnectionsCarryOn() throws Exception {
        X509Bundle before = CERTIFICATES.server(Instant.now().plus(Duration.ofDays(2)));
        X509Bundle after = CERTIFICATES.server();
        CERTIFICATES.write(folder, "server", before);
        try (TestApplication application = start()) {
            List<SSLSocket> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(connect(application));
            }
            assertThat(served(application)).isEqualTo(before.getCertificate());
            assertThat(application.metric(EXPIRY)).isEqualTo((double)
                    before.getCertificate().getNotAfter().toInstant().getEpochSecond());

            CERTIFICATES.write(folder, "server", after);
            await().atMost(PATIENCE).until(() -> served(application).equals(after.getCertificate()));
            assertThat(application.metric(EXPIRY)).isEqualTo((double)
                    after.getCertificate().getNotAfter().toInstant().getEpochSecond());
            for (SSLSocket client : clients) {
                exchange(client);
                client.close();
            }
            assertThat(application.metric("readback_tls_handshake_seconds_count{listener=\"echo\"}"))
                    .isGreaterThan(CLIENTS);
        }
    }

    @Test
    void keepsCertificateWhenTheNewOneIsBroken(CapturedOutput output) throws Exception {
        X509Bundle before = CERTIFICATES.server();
        CERTIFICATES.write(folder, "server", before);
        try (TestApplication application = start()) {
            Files.writeString(
                    folder.resolve("server.crt"), "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n");
            await().atMost(PATIENCE).until(() -> output.getAll().contains("reload"));
            assertThat(served(application)).isEqualTo(before.getCertificate());
        }
    }
}
