package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * What a client was answered, with the acknowledgements taken out.
 *
 * @param payload what was echoed, one character for each byte
 * @param acknowledgements how many acknowledgements there were
 */
record Replies(String payload, int acknowledgements) {

    private static final String ACKNOWLEDGEMENT = TestListener.ACKNOWLEDGEMENT;

    /** Takes replies apart; a line feed may be in them only as an acknowledgement's first or last byte. */
    static Replies parse(byte[] bytes) {
        String replies = new String(bytes, StandardCharsets.ISO_8859_1);
        StringBuilder payload = new StringBuilder(replies.length());
        int acknowledgements = 0;
        int from = 0;
        for (int at = replies.indexOf('\n'); at >= 0; at = replies.indexOf('\n', from)) {
            assertThat(replies.startsWith(ACKNOWLEDGEMENT, at))
                    .as("an acknowledgement at byte %d of %d", at, bytes.length)
                    .isTrue();
            payload.append(replies, from, at);
            acknowledgements++;
            from = at + ACKNOWLEDGEMENT.length();
        }
        return new Replies(payload.append(replies, from, replies.length()).toString(), acknowledgements);
    }

    /** Reads all replies up to the end of the stream. */
    static Replies readAll(Socket client) throws IOException {
        return parse(client.getInputStream().readAllBytes());
    }

    /** Sends one frame that fits one read, and checks that it comes back acknowledged. */
    static void exchange(Socket client, String frame) throws IOException {
        client.getOutputStream().write(bytes(frame));
        expect(client.getInputStream(), frame);
    }

    /** Checks that the reply to this frame comes next. */
    static void expect(InputStream in, String frame) throws IOException {
        String reply = frame + ACKNOWLEDGEMENT;
        assertThat(new String(in.readNBytes(reply.length()), StandardCharsets.ISO_8859_1))
                .isEqualTo(reply);
    }

    /** Bytes to send that hold no line feed, always the same for the same length. */
    static byte[] payload(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                bytes[i] = 'x';
            }
        }
        return bytes;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
