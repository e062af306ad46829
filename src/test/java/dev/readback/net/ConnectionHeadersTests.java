package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.integration.ip.IpHeaders;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

/** The headers that answer from the connection are those that a map of them holds. */
class ConnectionHeadersTests {

    @Test
    void areTheSameByNameAndTogether() throws Exception {
        try (TestConnection it = TestConnection.open()) {
            MessageHeaders headers = new ConnectionHeaders(it.connection());
            assertThat(headers.keySet())
                    .containsExactlyInAnyOrder(
                            IpHeaders.CONNECTION_ID,
                            IpHeaders.HOSTNAME,
                            IpHeaders.IP_ADDRESS,
                            IpHeaders.REMOTE_PORT,
                            MessageHeaders.REPLY_CHANNEL,
                            Connection.HEADER);
            assertThat(headers.entrySet())
                    .hasSameSizeAs(headers.keySet())
                    .allSatisfy(each -> assertThat(headers.get(each.getKey())).isEqualTo(each.getValue()));
            assertThat(headers.values()).hasSameSizeAs(headers.keySet());
            assertThat(headers).hasSameSizeAs(headers.keySet()).doesNotContainKey("other");
        }
    }

    @Test
    void haveNeitherIdNorTimestamp() throws Exception {
        try (TestConnection it = TestConnection.open()) {
            MessageHeaders headers = new ConnectionHeaders(it.connection());
            assertThat(headers.getId()).isNull();
            assertThat(headers.getTimestamp()).isNull();
        }
    }

    @Test
    void areCopiedToAMessageThatIsMadeOfAnother() throws Exception {
        try (TestConnection it = TestConnection.open()) {
            Message<String> copy = MessageBuilder.fromMessage(
                            new GenericMessage<>("a", new ConnectionHeaders(it.connection())))
                    .setHeader("other", 1)
                    .build();
            assertThat(copy.getHeaders())
                    .containsEntry(Connection.HEADER, it.connection())
                    .containsEntry(IpHeaders.CONNECTION_ID, "test-1")
                    .containsEntry("other", 1);
        }
    }

    @Test
    void nameTheKindThatWasNotAskedFor() throws Exception {
        try (TestConnection it = TestConnection.open()) {
            MessageHeaders headers = new ConnectionHeaders(it.connection());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> headers.get(IpHeaders.REMOTE_PORT, String.class))
                    .withMessage("header 'ip_tcp_remotePort' is a java.lang.Integer, not a java.lang.String");
        }
    }

    @Test
    void cannotBeChanged() throws Exception {
        try (TestConnection it = TestConnection.open()) {
            MessageHeaders headers = new ConnectionHeaders(it.connection());
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> headers.put("other", 1));
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> headers.entrySet().clear());
            assertThat(Map.copyOf(headers)).hasSize(6);
        }
    }
}
