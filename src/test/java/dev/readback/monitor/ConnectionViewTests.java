package dev.readback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.net.ConnectionSnapshot;
import dev.readback.net.ProxyHeader;
import dev.readback.net.ProxyValue;
import dev.readback.net.Side;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** A connection's PROXY header is shown where one connection is. */
class ConnectionViewTests {

    private static final InetSocketAddress CLIENT = new InetSocketAddress("203.0.113.9", 4000);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void showsThePartsOfAProxyHeader() {
        ProxyValue version = new ProxyValue(0x21, "ssl-version", "TLSv1.3", List.of());
        ProxyHeader header = new ProxyHeader(
                new InetSocketAddress("10.0.0.1", 50_000),
                2,
                "tcp4",
                CLIENT,
                "203.0.113.9:4000",
                "198.51.100.1:12345",
                List.of(
                        new ProxyValue(0x02, "authority", "example.org", List.of()),
                        new ProxyValue(0x20, "ssl", "client=ssl verify=0", List.of(version))));
        assertThat(JSON.writeValueAsString(ConnectionView.detailed(snapshot(header))))
                .endsWith("""
                        "proxy":{"via":"10.0.0.1:50000","version":2,"protocol":"tcp4","source":"203.0.113.9:4000",\
                        "destination":"198.51.100.1:12345","values":[\
                        {"type":"0x02","name":"authority","value":"example.org"},\
                        {"type":"0x20","name":"ssl","value":"client=ssl verify=0","values":[\
                        {"type":"0x21","name":"ssl-version","value":"TLSv1.3"}]}]}}""");
        assertThat(JSON.writeValueAsString(ConnectionView.of(snapshot(header))))
                .contains("\"peer\":\"203.0.113.9:4000\"")
                .doesNotContain("proxy");
    }

    @Test
    void showsNoneWhereThereIsNone() {
        assertThat(JSON.writeValueAsString(ConnectionView.detailed(snapshot(null))))
                .doesNotContain("proxy");
    }

    private static ConnectionSnapshot snapshot(@Nullable ProxyHeader proxy) {
        return new ConnectionSnapshot(
                "test-1", "test", CLIENT, Instant.EPOCH, 0, 0, 0, 0, 0, 0, Set.of(Side.PEER), false, null, null, proxy);
    }
}
