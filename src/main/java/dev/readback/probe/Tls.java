package dev.readback.probe;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a connection, by the JDK's own.
 *
 * @param context whom to trust
 * @param serverName the name to ask for and to find in the certificate
 * @param verified whether the certificate must bear that name
 */
record Tls(SSLContext context, String serverName, boolean verified) {

    static {
        // Else the JDK takes a FIN without close_notify for a clean end; it reads this once, when TLS is first used
        System.setProperty("com.sun.net.ssl.requireCloseNotify", "true");
    }

    /**
     * Trusts the JDK's authorities, or those in a PEM file in place of them.
     *
     * @throws IOException if the file cannot be read, or holds no certificate
     */
    static Tls trusting(@Nullable Path authorities, String serverName) throws IOException {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(authorities == null ? null : keyStore(authorities));
            return new Tls(context(factory.getTrustManagers()), serverName, true);
        } catch (GeneralSecurityException e) {
            throw new IOException("holds no certificates in PEM: " + e.getMessage(), e);
        }
    }

    /** Trusts everybody, for a test of the path and not of the certificate. */
    static Tls trustingAll(String serverName) throws IOException {
        try {
            return new Tls(context(new TrustManager[] {new Credulous()}), serverName, false);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS is not available: " + e.getMessage(), e);
        }
    }

    /** Does the handshake, within the socket's timeout for each read. */
    SSLSocket wrap(Socket socket, Target target) throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, serverName, target.port(), true);
        if (verified) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
        }
        tls.startHandshake();
        return tls;
    }

    private static SSLContext context(TrustManager[] trust) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust, null);
        return context;
    }

    private static KeyStore keyStore(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + store.size(), each);
            }
        }
        if (store.size() == 0) {
            throw new IOException("holds no certificates in PEM");
        }
        return store;
    }

    private static final class Credulous extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
