package dev.readback.settings;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A block of IP addresses, in CIDR notation.
 *
 * @param network the first address of the block
 * @param prefixLength how many bits all of its addresses have in common, from the left
 */
public record AddressBlock(InetAddress network, int prefixLength) {

    public AddressBlock {
        if (prefixLength < 0 || prefixLength > bits(network)) {
            throw new IllegalArgumentException(
                    "a prefix of " + network + " has 0 to " + bits(network) + " bits, not " + prefixLength);
        }
    }

    /**
     * Parses a block, such as {@code 10.0.0.0/8}, or a single address; looks up no names.
     *
     * <p>IPv4 addresses that are written as IPv6, such as {@code ::ffff:10.0.0.0/104}, are the IPv4 addresses that they
     * are to a socket for both.
     *
     * @throws IllegalArgumentException for all else, and for a block that begins within itself
     */
    public static AddressBlock valueOf(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] network = network(text, address);
        int bits = network.length * Byte.SIZE;
        int prefixLength = slash < 0 ? bits : prefixLength(text, text.substring(slash + 1), bits);
        byte[] first = first(network, prefixLength);
        if (!Arrays.equals(first, network)) {
            throw refused(
                    text,
                    NetUtil.toAddressString(address(first)) + "/" + prefixLength + " for that block, or " + address
                            + " for the one address");
        }
        InetAddress parsed = address(network);
        return new AddressBlock(parsed, prefixLength - (bits - bits(parsed)));
    }

    private static byte[] network(String text, String address) {
        // neither a zone, which is this machine's own name for a link, nor the brackets of a URL
        byte[] bytes = address.contains("%") || address.contains("[")
                ? null
                : NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null
                || (bytes.length == 4 && !NetUtil.bytesToIpAddress(bytes).equals(address))) {
            throw refused(text, "an IPv4 or IPv6 address or block, such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32");
        }
        return bytes;
    }

    private static int prefixLength(String text, String digits, int bits) {
        if (digits.matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(digits) <= bits) {
            return Integer.parseInt(digits);
        }
        throw refused(text, "a prefix length from 0 to " + bits + " behind the slash");
    }

    private static byte[] first(byte[] network, int prefixLength) {
        byte[] first = network.clone();
        for (int bit = prefixLength; bit < first.length * Byte.SIZE; bit++) {
            first[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
        }
        return first;
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    private static int bits(InetAddress address) {
        return address.getAddress().length * Byte.SIZE;
    }

    private static IllegalArgumentException refused(String text, String allowed) {
        return new IllegalArgumentException("is '" + text + "': allowed is " + allowed);
    }

    /** The block as settings write it. */
    @Override
    public String toString() {
        String address = NetUtil.toAddressString(network);
        return prefixLength == bits(network) ? address : address + "/" + prefixLength;
    }
}
