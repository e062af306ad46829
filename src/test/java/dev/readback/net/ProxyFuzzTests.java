package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/**
 * Feeds a connection that wants a PROXY header whatever may come in its place.
 *
 * <p>Each build runs the inputs that are kept in {@code ProxyFuzzTestsInputs} among the test resources; how to look for new
 * ones is written at {@code FrameDecoderFuzzTests}.
 *
 * <p>The first byte of an input is the size of the pieces, the others are what is sent.
 */
class ProxyFuzzTests {

    @FuzzTest
    void endsInAnAnswerOrAReasonWhateverComesForAHeader(byte[] input) throws Exception {
        if (input.length < 2) {
            return;
        }
        int size = 1 + (input[0] & 0xff);
        byte[] stream = Arrays.copyOfRange(input, 1, input.length);
        ConnectionSummary whole = end(stream, stream.length);
        ConnectionSummary cut = end(stream, size);
        assertThat(cut.reason()).isEqualTo(whole.reason());
        assertThat(cut.peer()).isEqualTo(whole.peer());
        assertThat(cut.received()).isEqualTo(whole.received());
        assertThat(cut.sent()).isEqualTo(whole.sent());
    }

    // with line frames, which are the same however the stream is cut; an exception that nobody handles fails the close
    private static ConnectionSummary end(byte[] stream, int size) throws Exception {
        try (EmbeddedConnection connection = EmbeddedConnection.open(ProxyHeaders.required("framing.type=line"))) {
            for (int at = 0; at < stream.length && connection.isOpen(); at += size) {
                connection.send(Arrays.copyOfRange(stream, at, Math.min(at + size, stream.length)));
            }
            connection.shut();
            connection.close();
            ConnectionSummary summary = connection.observer().nextClosed();
            assertThat(summary.reason())
                    .isIn(
                            CloseReason.PEER_CLOSED,
                            CloseReason.PROXY_HEADER_INVALID,
                            CloseReason.FRAME_TRUNCATED,
                            CloseReason.FRAME_TOO_LARGE);
            assertThat(connection.observer().acceptedConnections()).isEqualTo(1);
            return summary;
        }
    }
}
