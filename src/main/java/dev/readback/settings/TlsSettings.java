package dev.readback.settings;

import java.util.Locale;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a listener's connections are encrypted.
 *
 * @param bundle Name of an SSL bundle under spring.ssl.bundle, whose certificate the listener shows; empty for no TLS. TLS
 *     1.3 and 1.2, unless the bundle's options say otherwise.
 * @param clientAuth Whether clients show a certificate that the trust store of the bundle vouches for: none does not ask, want asks,
 *     need refuses those that have none.
 */
public record TlsSettings(
        @DefaultValue("") String bundle,
        @DefaultValue("none") ClientAuth clientAuth) {

    public TlsSettings {
        if (bundle.isEmpty() && clientAuth != ClientAuth.NONE) {
            throw new InvalidSettingException(
                    "client-auth",
                    clientAuth.name().toLowerCase(Locale.ROOT),
                    "none where tls.bundle is empty, since only TLS asks for certificates");
        }
    }

    /** Whether connections are encrypted. */
    public boolean isOn() {
        return !bundle.isEmpty();
    }
}
