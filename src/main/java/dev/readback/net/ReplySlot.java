package dev.readback.net;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;

/**
 * The reply channel of one connection's messages: takes the reply to the frame in hand.
 *
 * <p>A flow answers on the connection's event loop, before it returns: the frame's buffer is free to be used again after
 * that, and replies leave in the order of their frames. A flow that answers from another thread, or later, is a mistake
 * in the flow: the caller gets an {@link IllegalStateException} and the connection is closed with reason {@code error}.
 */
public final class ReplySlot implements MessageChannel {

    private final Connection connection;
    private @Nullable Message<?> reply;

    ReplySlot(Connection connection) {
        this.connection = connection;
    }

    @Override
    public boolean send(Message<?> message, long timeout) {
        if (!connection.isAnswering()) {
            throw connection.answeredLate();
        }
        reply = message;
        return true;
    }

    /** Takes out the reply to the frame in hand; null when the flow gave none. On the connection's event loop. */
    public @Nullable Message<?> take() {
        Message<?> taken = reply;
        reply = null;
        return taken;
    }
}
