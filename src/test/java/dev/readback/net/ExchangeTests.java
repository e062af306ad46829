package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.net.TestListener.Transport;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes in comes back, acknowledged, on each transport. */
class ExchangeTests {

    @ParameterizedTest
    @MethodSource("dev.readback.net.TestListener$Transport#available")
    void echoesAndAcknowledgesInOneSegment(Transport transport) throws Exception {
        try (TestListener listener = TestListener.start(transport);
                Socket client = listener.connect()) {
            client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            byte[] buffer = new byte[100];
            int length = client.getInputStream().read(buffer);
            assertThat(new String(buffer, 0, length, StandardCharsets.US_ASCII)).isEqualTo("hello\ni get it!\n");
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(listener.observer().nextClosed())
                    .returns(CloseReason.PEER_CLOSED, ConnectionSummary::reason)
                    .returns(5L, ConnectionSummary::received)
                    .returns(16L, ConnectionSummary::sent)
                    .returns(1L, ConnectionSummary::frames)
                    .returns(1L, ConnectionSummary::acknowledgements);
        }
    }
}
