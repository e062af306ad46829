package dev.readback.net;

import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a load balancer says of the connection that it passes on.
 *
 * @param via the load balancer
 * @param version of the protocol, 1 or 2
 * @param protocol how the client came to the load balancer: {@code tcp4}, {@code tcp6}, {@code unix}, {@code unknown} when
 *     it does not say, and {@code local} where it comes itself, to see whether anybody answers
 * @param client the client; null where none is named that has an address
 * @param source where the client comes from, as the header has it; empty when unknown and local
 * @param destination where the client went to; empty when unknown and local
 * @param values what else the header holds
 */
public record ProxyHeader(
        InetSocketAddress via,
        int version,
        String protocol,
        @Nullable InetSocketAddress client,
        String source,
        String destination,
        List<ProxyValue> values) {

    public ProxyHeader {
        values = List.copyOf(values);
    }

    /**
     * Copies what the codec has read; the message stays the caller's.
     *
     * @throws IllegalArgumentException when it does not fit a TCP connection
     */
    static ProxyHeader of(HAProxyMessage message, InetSocketAddress via) {
        int version = Byte.toUnsignedInt(message.protocolVersion().byteValue()) >> 4;
        List<ProxyValue> values = ProxyValue.all(message.tlvs());
        if (message.command() == HAProxyCommand.LOCAL) {
            return new ProxyHeader(via, version, "local", null, "", "", values);
        }
        return switch (message.proxiedProtocol()) {
            case UNKNOWN -> new ProxyHeader(via, version, "unknown", null, "", "", values);
            case TCP4 -> named(message, via, version, "tcp4", values);
            case TCP6 -> named(message, via, version, "tcp6", values);
            case UNIX_STREAM ->
                new ProxyHeader(
                        via, version, "unix", null, message.sourceAddress(), message.destinationAddress(), values);
            case UDP4, UDP6, UNIX_DGRAM ->
                throw new IllegalArgumentException("no TCP connection comes by " + message.proxiedProtocol());
        };
    }

    private static ProxyHeader named(
            HAProxyMessage message, InetSocketAddress via, int version, String protocol, List<ProxyValue> values) {
        InetSocketAddress client = address(message.sourceAddress(), message.sourcePort());
        InetSocketAddress destination = address(message.destinationAddress(), message.destinationPort());
        return new ProxyHeader(
                via,
                version,
                protocol,
                client,
                NetUtil.toSocketAddressString(client),
                NetUtil.toSocketAddressString(destination),
                values);
    }

    private static InetSocketAddress address(String text, int port) {
        // a zone is the load balancer's own name for a link
        byte[] bytes =
                text.contains("%") || text.contains("[") ? null : NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes == null) {
            throw new IllegalArgumentException("'" + text + "' is no address");
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }
}
