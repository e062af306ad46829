package dev.readback.listener;

import dev.readback.net.Connection;
import dev.readback.net.ReplySlot;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.ip.tcp.connection.TcpConnection;
import org.springframework.integration.ip.tcp.inbound.TcpInboundGateway;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.util.Assert;

/**
 * A TCP inbound gateway whose flow answers on the connection's event loop, before it returns.
 *
 * <p>The stock gateway makes two header maps and a temporary reply channel for each message, to be ready for a reply from
 * any thread at any time, and looks its connection up by name to send it. Here the message comes with its connection,
 * and with that connection's {@link ReplySlot}, which takes the reply at once and refuses a late one: the same headers
 * and the same channel serve a connection for its whole life.
 */
final class EventLoopGateway extends TcpInboundGateway {

    @Override
    public void onMessage(Message<?> message) {
        Message<?> reply = sendAndReceiveMessage(message);
        if (reply != null) {
            Connection connection = message.getHeaders().get(Connection.HEADER, Connection.class);
            Assert.state(connection != null, "a message comes with its connection");
            connection.send(reply);
        }
    }

    /** Nothing to remember: a message brings its connection along. */
    @Override
    public void addNewConnection(TcpConnection connection) {}

    @Override
    public void removeDeadConnection(TcpConnection connection) {}

    @Override
    protected @Nullable Message<?> sendAndReceiveMessage(Object request) {
        Message<?> message = (Message<?>) request;
        MessageChannel requests = getRequestChannel();
        Assert.state(requests != null, "the gateway has a request channel");
        ReplySlot replies = (ReplySlot) message.getHeaders().getReplyChannel();
        Assert.state(replies != null, "a message comes with its connection's reply channel");
        requests.send(message);
        return replies.take();
    }
}
