package dev.readback.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks of addresses are taken as they are written, or refused with what to write. */
class AddressBlockTests {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8",
        "0.0.0.0/0, 0.0.0.0/0",
        "192.0.2.7, 192.0.2.7",
        "192.0.2.7/32, 192.0.2.7",
        "::/0, ::/0",
        "2001:db8::/32, 2001:db8::/32",
        "2001:DB8:0:0::/64, 2001:db8::/64",
        "::1, ::1",
        "::1/128, ::1",
        "::ffff:10.0.0.0/104, 10.0.0.0/8",
        "::ffff:192.0.2.7, 192.0.2.7",
        "::ffff:0.0.0.0/96, 0.0.0.0/0",
    })
    void readsAddressesAndBlocks(String written, String meant) {
        assertThat(AddressBlock.valueOf(written)).hasToString(meant).isEqualTo(AddressBlock.valueOf(meant));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1/8, 10.0.0.0/8 for that block",
        "10.0.0.1/31, 10.0.0.0/31 for that block",
        "128.0.0.0/0, 0.0.0.0/0 for that block",
        "2001:db8::1/64, 2001:db8::/64 for that block",
        "::ffff:10.0.0.0/64, ::/64 for that block",
    })
    void saysWhereABlockBegins(String written, String allowed) {
        assertThatThrownBy(() -> AddressBlock.valueOf(written))
                .hasMessageStartingWith("is '" + written + "': allowed is " + allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "localhost",
                "example.org/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/08",
                "10.0.0.0/8/8",
                "10.0.0.0/99999999999",
                "10.0.0.0 /8",
                "10.0.0/8",
                "10/8",
                "010.0.0.0/8",
                "10.0.0.256",
                "0x0a.0.0.0/8",
                "::/129",
                "2001:db8:::/32",
                "fe80::1%eth0",
                "fe80::%1/64",
                "[::1]",
                "*",
            })
    void refusesWhatIsNoBlock(String written) {
        assertThatThrownBy(() -> AddressBlock.valueOf(written))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("is '" + written + "': allowed is ");
    }
}
