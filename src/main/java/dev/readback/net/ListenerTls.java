package dev.readback.net;

import dev.readback.settings.ClientAuth;
import dev.readback.settings.HalfClose;
import dev.readback.settings.ListenerSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * Encrypts one listener's connections with the bundle in force, whose certificate may change while it runs.
 *
 * <p>BoringSSL does the work where Netty has it for this platform, the JDK elsewhere, and for {@code half-close:
 * keep-open}: BoringSSL's engine answers a client's close_notify with its own at once, so that nothing more can be sent.
 */
public final class ListenerTls implements AutoCloseable {

    /** What one read takes, in bytes: the largest record there can be, its header included (RFC 5246, 6.2.3). */
    static final int READ_SIZE = 5 + 16 * 1024 + 2048;

    private static final Logger LOG = LoggerFactory.getLogger(ListenerTls.class);
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private final String listener;
    private final ListenerSettings settings;
    private final EventLoops loops;
    private final SslProvider provider;
    private volatile Certified certified;

    private ListenerTls(
            String listener, ListenerSettings settings, EventLoops loops, SslProvider provider, SslBundle bundle) {
        this.listener = listener;
        this.settings = settings;
        this.loops = loops;
        this.provider = provider;
        this.certified = certified(bundle);
    }

    /**
     * Takes the listener's bundle, and the one that follows it whenever that is reloaded.
     *
     * @throws ListenerTlsException when there is no such bundle, or it does not suit the listener
     */
    public static ListenerTls open(String listener, ListenerSettings settings, EventLoops loops, SslBundles bundles) {
        return open(listener, settings, loops, bundles, provider(settings));
    }

    static ListenerTls open(
            String listener, ListenerSettings settings, EventLoops loops, SslBundles bundles, SslProvider provider) {
        String name = settings.tls().bundle();
        try {
            ListenerTls tls = new ListenerTls(listener, settings, loops, provider, bundles.getBundle(name));
            bundles.addBundleUpdateHandler(name, tls::reload);
            return tls;
        } catch (NoSuchSslBundleException e) {
            throw new ListenerTlsException(listener, name, known(bundles.getBundleNames()), e);
        }
    }

    private static String known(List<String> names) {
        return "the name of a bundle under spring.ssl.bundle, where there "
                + (names.isEmpty()
                        ? "is none"
                        : "are " + String.join(", ", names.stream().sorted().toList()));
    }

    /** When the certificate in force, or one that it rests on, is valid no more. Any thread. */
    public Instant expiry() {
        return certified.expiry;
    }

    /** A handler for a new connection. On its event loop. */
    SslHandler newHandler(ByteBufAllocator buffers) {
        SslHandler handler = certified.context.newHandler(buffers);
        handler.setHandshakeTimeoutMillis(0); // timeouts.handshake is for the PROXY header too
        return handler;
    }

    /** Gives back what BoringSSL holds, when no connection is left to be made. */
    @Override
    public void close() {
        ReferenceCountUtil.release(certified.context);
    }

    private void reload(SslBundle bundle) {
        Certified before = certified;
        try {
            certified = certified(bundle);
        } catch (ListenerTlsException e) {
            LOG.warn("{}: the certificate before stays in force", e.getMessage(), e);
            return;
        }
        loops.settle(); // a handler that was begun with the old one is made by now
        ReferenceCountUtil.release(before.context);
        LOG.info("listener '{}' has another certificate, valid until {}", listener, certified.expiry);
    }

    private Certified certified(SslBundle bundle) {
        ClientAuth clientAuth = settings.tls().clientAuth();
        if (clientAuth != ClientAuth.NONE && bundle.getStores().getTrustStore() == null) {
            throw refused(
                    "a bundle with a trust store where tls.client-auth is not none: without one, every certificate"
                            + " of a public authority would do");
        }
        try {
            return new Certified(
                    context(bundle, clientAuth), expiry(bundle.getStores().getKeyStore()));
        } catch (GeneralSecurityException | SSLException | RuntimeException e) {
            throw new ListenerTlsException(
                    listener, settings.tls().bundle(), "a bundle that TLS can use, and it cannot: " + e, e);
        }
    }

    private SslContext context(SslBundle bundle, ClientAuth clientAuth) throws SSLException {
        SslOptions options = bundle.getOptions();
        return SslContextBuilder.forServer(bundle.getManagers().getKeyManagerFactory())
                .sslProvider(provider)
                .trustManager(bundle.getManagers().getTrustManagerFactory())
                .clientAuth(netty(clientAuth))
                .protocols(options.getEnabledProtocols() == null ? PROTOCOLS : List.of(options.getEnabledProtocols()))
                .ciphers(options.getCiphers() == null ? null : List.of(options.getCiphers()))
                .build();
    }

    private static SslProvider provider(ListenerSettings settings) {
        return OpenSsl.isAvailable() && settings.halfClose() != HalfClose.KEEP_OPEN
                ? SslProvider.OPENSSL_REFCNT
                : SslProvider.JDK;
    }

    private static io.netty.handler.ssl.ClientAuth netty(ClientAuth clientAuth) {
        return switch (clientAuth) {
            case NONE -> io.netty.handler.ssl.ClientAuth.NONE;
            case WANT -> io.netty.handler.ssl.ClientAuth.OPTIONAL;
            case NEED -> io.netty.handler.ssl.ClientAuth.REQUIRE;
        };
    }

    private Instant expiry(@Nullable KeyStore keys) throws GeneralSecurityException {
        if (keys == null) {
            throw refused("a bundle with a certificate and its key");
        }
        Instant first = Instant.MAX;
        for (String alias : Collections.list(keys.aliases())) {
            Certificate[] chain = keys.getCertificateChain(alias);
            if (chain != null) {
                Instant next = Arrays.stream(chain)
                        .map(it -> ((X509Certificate) it).getNotAfter().toInstant())
                        .min(Instant::compareTo)
                        .orElse(Instant.MAX);
                first = next.isBefore(first) ? next : first;
            }
        }
        if (first.equals(Instant.MAX)) {
            throw refused("a bundle with a certificate and its key");
        }
        return first;
    }

    private ListenerTlsException refused(String allowed) {
        return new ListenerTlsException(listener, settings.tls().bundle(), allowed, null);
    }

    private record Certified(SslContext context, Instant expiry) {}
}
