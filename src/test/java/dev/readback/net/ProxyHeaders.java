package dev.readback.net;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** PROXY headers, byte by byte as the protocol has them. */
final class ProxyHeaders {

    /** Settings with which a header is taken from everybody. */
    static final String[] REQUIRED = {
        "proxy-protocol.mode=required", "proxy-protocol.trusted=0.0.0.0/0,::/0",
    };

    static final int PROXY = 0x21;
    static final int LOCAL = 0x20;
    static final int TCP4 = 0x11;
    static final int UNSPEC = 0x00;

    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");

    private ProxyHeaders() {}

    /** {@link #REQUIRED} and other settings. */
    static String[] required(String... others) {
        String[] all = Arrays.copyOf(REQUIRED, REQUIRED.length + others.length);
        System.arraycopy(others, 0, all, REQUIRED.length, others.length);
        return all;
    }

    /** Version 1, from a client to port 12345 of 198.51.100.1. */
    static String text(String client, int port) {
        return client.contains(":")
                ? "PROXY TCP6 %s 2001:db8::12 %d 12345\r\n".formatted(client, port)
                : "PROXY TCP4 %s 198.51.100.1 %d 12345\r\n".formatted(client, port);
    }

    /** Version 2, from an IPv4 or IPv6 client to port 12345, with values behind the addresses. */
    static byte[] binary(String client, int port, byte[]... values) {
        byte[] source = InetAddress.ofLiteral(client).getAddress();
        byte[] destination = InetAddress.ofLiteral(source.length == 4 ? "198.51.100.1" : "2001:db8::12")
                .getAddress();
        ByteBuffer addresses = ByteBuffer.allocate(2 * source.length + 4)
                .put(source)
                .put(destination)
                .putShort((short) port)
                .putShort((short) 12345);
        return binary(PROXY, source.length == 4 ? TCP4 : 0x21, join(addresses.array(), join(values)));
    }

    /** Version 2 of any kind. */
    static byte[] binary(int command, int family, byte[] content) {
        return join(
                SIGNATURE,
                new byte[] {(byte) command, (byte) family, (byte) (content.length >> 8), (byte) content.length},
                content);
    }

    /** A value of version 2. */
    static byte[] value(int type, byte[] content) {
        return join(new byte[] {(byte) type, (byte) (content.length >> 8), (byte) content.length}, content);
    }

    static byte[] value(int type, String text) {
        return value(type, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }
}
