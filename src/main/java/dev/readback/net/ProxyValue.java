package dev.readback.net;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.haproxy.HAProxySSLTLV;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One of the values that a PROXY header of version 2 holds behind its addresses.
 *
 * @param type what it is, 0 to 255
 * @param name what the protocol, or the cloud whose type it is, calls it; {@code other} for a type that is not known
 * @param value its text, or its bytes in hexadecimal behind 0x where they are no text
 * @param values those inside it, for {@code ssl}
 */
public record ProxyValue(int type, String name, String value, List<ProxyValue> values) {

    private static final int CRC32C = 0x03;
    private static final int AWS = 0xea;
    private static final int GCP = 0xe0;
    private static final int AZURE = 0xee;
    private static final int SUBTYPE = 0x01; // the only one that AWS and Azure have

    public ProxyValue {
        values = List.copyOf(values);
    }

    /** Copies values from the codec, which puts those inside an outermost {@code ssl} behind it once more. */
    static List<ProxyValue> all(List<HAProxyTLV> vectors) {
        List<ProxyValue> values = new ArrayList<>();
        for (int i = 0; i < vectors.size(); i++) {
            ProxyValue value = of(vectors.get(i));
            values.add(value);
            i += value.values().size();
        }
        return values;
    }

    private static ProxyValue of(HAProxyTLV vector) {
        int type = Byte.toUnsignedInt(vector.typeByteValue());
        if (vector instanceof HAProxySSLTLV ssl) {
            return new ProxyValue(
                    type,
                    name(type),
                    ssl(ssl),
                    ssl.encapsulatedTLVs().stream().map(ProxyValue::of).toList());
        }
        byte[] bytes = ByteBufUtil.getBytes(vector.content());
        return new ProxyValue(type, name(type), value(type, bytes), List.of());
    }

    private static String name(int type) {
        return switch (type) {
            case 0x01 -> "alpn";
            case 0x02 -> "authority";
            case CRC32C -> "crc32c";
            case 0x04 -> "noop";
            case 0x05 -> "unique-id";
            case 0x20 -> "ssl";
            case 0x21 -> "ssl-version";
            case 0x22 -> "ssl-cn";
            case 0x23 -> "ssl-cipher";
            case 0x24 -> "ssl-sig-alg";
            case 0x25 -> "ssl-key-alg";
            case 0x26 -> "ssl-group";
            case 0x27 -> "ssl-sig-scheme";
            case 0x28 -> "ssl-client-cert";
            case 0x30 -> "netns";
            case GCP -> "gcp-psc-connection-id";
            case AWS -> "aws-vpc-endpoint-id";
            case AZURE -> "azure-private-endpoint-link-id";
            default -> "other";
        };
    }

    private static String value(int type, byte[] bytes) {
        if (type == AWS && bytes.length > 1 && bytes[0] == SUBTYPE) {
            return text(bytes, 1).orElseGet(() -> hex(bytes));
        }
        if (type == AZURE && bytes.length == 1 + Integer.BYTES && bytes[0] == SUBTYPE) {
            int bigEndian = ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt();
            return Integer.toUnsignedString(Integer.reverseBytes(bigEndian));
        }
        if (type == GCP && bytes.length == Long.BYTES) {
            return Long.toUnsignedString(ByteBuffer.wrap(bytes).getLong());
        }
        return type == CRC32C ? hex(bytes) : text(bytes, 0).orElseGet(() -> hex(bytes));
    }

    private static Optional<String> text(byte[] bytes, int from) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, bytes.length - from))
                    .toString();
            return text.chars().anyMatch(Character::isISOControl) ? Optional.empty() : Optional.of(text);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String hex(byte[] bytes) {
        return "0x" + ByteBufUtil.hexDump(bytes);
    }

    // the bits in the protocol's words; the client's certificate is valid where verify is 0
    private static String ssl(HAProxySSLTLV ssl) {
        List<String> client = new ArrayList<>();
        if (ssl.isPP2ClientSSL()) {
            client.add("ssl");
        }
        if (ssl.isPP2ClientCertConn()) {
            client.add("cert-conn");
        }
        if (ssl.isPP2ClientCertSess()) {
            client.add("cert-sess");
        }
        return "client=" + String.join("+", client) + " verify=" + Integer.toUnsignedString(ssl.verify());
    }
}
