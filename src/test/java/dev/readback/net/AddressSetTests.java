package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.settings.AddressBlock;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sets of addresses hold what their blocks hold. */
class AddressSetTests {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, 9.255.255.255, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.6, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 203.0.113.9, false",
        "::/0, ::ffff:203.0.113.9, false",
        "::ffff:10.0.0.0/104, 10.1.2.3, true",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
    })
    void holdsTheAddressesOfItsBlock(String block, String address, boolean held) {
        AddressSet set = new AddressSet(List.of(AddressBlock.valueOf(block)));
        assertThat(set.contains(InetAddress.ofLiteral(address))).isEqualTo(held);
    }

    @Property(tries = 300)
    void answersAsOneBlockAfterTheOther(
            @ForAll("blocks") List<AddressBlock> blocks, @ForAll("addresses") List<InetAddress> addresses) {
        AddressSet set = new AddressSet(blocks);
        Stream<InetAddress> ends = blocks.stream().map(AddressBlock::network);
        Stream.concat(addresses.stream(), ends)
                .forEach(address -> assertThat(set.contains(address))
                        .as("%s in %s", address, blocks)
                        .isEqualTo(blocks.stream().anyMatch(it -> holds(it, address))));
    }

    private static boolean holds(AddressBlock block, InetAddress address) {
        int bits = address.getAddress().length * Byte.SIZE;
        return block.network().getAddress().length * Byte.SIZE == bits
                && number(address)
                                .xor(number(block.network()))
                                .shiftRight(bits - block.prefixLength())
                                .signum()
                        == 0;
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    // few bits differ, so that blocks lie in each other and addresses at their edges
    @Provide
    Arbitrary<List<InetAddress>> addresses() {
        return address().list().ofMaxSize(40);
    }

    @Provide
    Arbitrary<List<AddressBlock>> blocks() {
        return address()
                .flatMap(address -> Arbitraries.integers()
                        .between(0, address.getAddress().length * Byte.SIZE)
                        .map(length -> block(address, length)))
                .list()
                .ofMaxSize(40);
    }

    private static Arbitrary<InetAddress> address() {
        return Arbitraries.of(4, 16)
                .flatMap(length -> Arbitraries.of((byte) 0, (byte) 1, (byte) 0x80, (byte) 0xff)
                        .array(byte[].class)
                        .ofSize(length))
                .map(AddressSetTests::address);
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static AddressBlock block(InetAddress address, int length) {
        byte[] bytes = address.getAddress();
        IntStream.range(length, bytes.length * Byte.SIZE)
                .forEach(bit -> bytes[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE));
        InetAddress network = address(bytes);
        return new AddressBlock(network, Math.min(length, network.getAddress().length * Byte.SIZE));
    }
}
