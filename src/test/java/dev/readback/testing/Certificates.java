package dev.readback.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.time.Duration;
import java.time.Instant;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;

/** An authority, and certificates that it issues. */
public final class Certificates {

    /** The name of the bundle that {@link #registry} holds. */
    public static final String BUNDLE = "server";

    /** The host that {@link #server} certificates name, besides {@code localhost}: the JDK's clients ask for no other. */
    public static final String HOST = "server.readback.test";

    private static final String PASSWORD = "";
    private static final Duration DAY = Duration.ofDays(1);

    private final X509Bundle authority;

    public Certificates() {
        authority =
                build(new CertificateBuilder().ecp256().subject("CN=authority").setIsCertificateAuthority(true));
    }

    /** The authority's own certificate. */
    public X509Bundle authority() {
        return authority;
    }

    /** A certificate for {@code localhost}, valid for ten days. */
    public X509Bundle server() {
        return server(Instant.now().plus(DAY.multipliedBy(10)));
    }

    /** One that is valid until then. */
    public X509Bundle server(Instant end) {
        return issue(new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .addSanDnsName(HOST)
                .addSanIpAddress("127.0.0.1")
                .notBefore(end.minus(DAY.multipliedBy(30)))
                .notAfter(end));
    }

    /** A client's certificate. */
    public X509Bundle client(String subject) {
        return issue(new CertificateBuilder().ecp256().subject(subject));
    }

    private X509Bundle issue(CertificateBuilder certificate) {
        try {
            return certificate.buildIssuedBy(authority);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Bundle build(CertificateBuilder certificate) {
        try {
            return certificate.buildSelfSigned();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A bundle with a certificate, which trusts what the authority issued. */
    public SslBundle bundle(X509Bundle certificate) {
        try {
            return SslBundle.of(
                    SslStoreBundle.of(certificate.toKeyStore(PASSWORD.toCharArray()), PASSWORD, trustStore()));
        } catch (KeyStoreException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyStore trustStore() {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry("authority", authority.getCertificate());
            return store;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A registry with one bundle, {@link #BUNDLE}. */
    public DefaultSslBundleRegistry registry(X509Bundle certificate) {
        return new DefaultSslBundleRegistry(BUNDLE, bundle(certificate));
    }

    /** Writes a certificate with its key and what it rests on, as PEM: {@code name.crt}, {@code name.key}. */
    public void write(Path directory, String name, X509Bundle certificate) throws IOException {
        // the key first: who watches the certificate finds its key there
        Files.writeString(directory.resolve(name + ".key"), certificate.getPrivateKeyPEM());
        Files.writeString(directory.resolve(name + ".crt"), certificate.getCertificatePathPEM());
    }
}
