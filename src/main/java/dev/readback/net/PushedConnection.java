package dev.readback.net;

import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.springframework.core.serializer.Deserializer;
import org.springframework.core.serializer.Serializer;
import org.springframework.integration.ip.tcp.connection.SocketInfo;
import org.springframework.integration.ip.tcp.connection.TcpConnection;

/**
 * Who is connected, as Spring Integration asks for it; what else it asks for is not there, since frames are pushed by an
 * event loop and not read from a socket. Any thread.
 */
abstract class PushedConnection extends ChannelInboundHandlerAdapter implements TcpConnection {

    private volatile InetSocketAddress peer;

    PushedConnection(InetSocketAddress peer) {
        this.peer = peer;
    }

    /** The client. */
    public InetSocketAddress peer() {
        return peer;
    }

    /** Says who the client is, where it is not who has connected. On the event loop. */
    void peer(InetSocketAddress client) {
        peer = client;
    }

    @Override
    public String getHostName() {
        return getHostAddress(); // no look-up: it would block the event loop
    }

    @Override
    public String getHostAddress() {
        InetSocketAddress client = peer;
        return client.isUnresolved()
                ? client.getHostString()
                : client.getAddress().getHostAddress();
    }

    @Override
    public int getPort() {
        return peer.getPort();
    }

    @Override
    public boolean isServer() {
        return true;
    }

    @Override
    public @Nullable SSLSession getSslSession() {
        return null;
    }

    @Override
    public @Nullable SocketInfo getSocketInfo() {
        return null;
    }

    @Override
    public @Nullable Object getPayload() {
        return null;
    }

    @Override
    public @Nullable Object getDeserializerStateKey() {
        return null;
    }

    @Override
    public Deserializer<?> getDeserializer() {
        throw new UnsupportedOperationException("the pipeline's decoder makes the frames");
    }

    @Override
    public Serializer<?> getSerializer() {
        throw new UnsupportedOperationException("the connection writes its replies itself");
    }

    @Override
    public void run() {
        throw new UnsupportedOperationException("the event loop runs this connection");
    }
}
