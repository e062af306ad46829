package dev.readback.net;

import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What a client and Readback agreed on in the TLS handshake.
 *
 * @param protocol the version, as the JDK names it: TLSv1.3
 * @param cipher the cipher suite
 * @param serverName the host that the client asked for (SNI, RFC 6066), null where it named none
 * @param clientSubject the subject of the client's certificate, null where it showed none
 */
public record TlsSession(
        String protocol,
        String cipher,
        @Nullable String serverName,
        @Nullable String clientSubject) {

    static TlsSession of(SslHandler handler) {
        SSLSession session = handler.engine().getSession();
        return new TlsSession(
                session.getProtocol(), session.getCipherSuite(), serverName(session), clientSubject(session));
    }

    private static @Nullable String serverName(SSLSession session) {
        if (!(session instanceof ExtendedSSLSession extended)) {
            return null;
        }
        List<SNIServerName> names = extended.getRequestedServerNames();
        String joined = names.stream()
                .filter(SNIHostName.class::isInstance)
                .map(it -> ((SNIHostName) it).getAsciiName())
                .collect(Collectors.joining(","));
        return joined.isEmpty() ? null : joined;
    }

    private static @Nullable String clientSubject(SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? certificate.getSubjectX500Principal().getName()
                    : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }
}
