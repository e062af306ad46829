package dev.readback.net;

import dev.readback.frame.FrameDecoder;
import dev.readback.frame.Framing;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;

/**
 * Puts each new connection's handlers in order; nothing else knows that order.
 *
 * <p>From the socket: {@link ProxyReader} until the PROXY header is read, where there is one · {@link Wire} · {@link
 * TlsLayer} and Netty's TLS, where the listener encrypts · the framing's decoder · {@link Connection}.
 */
final class ConnectionPipeline extends ChannelInitializer<Channel> {

    private final ListenerContext listener;
    private final Framing framing;

    ConnectionPipeline(ListenerContext listener, Framing framing) {
        this.listener = listener;
        this.framing = framing;
    }

    @Override
    protected void initChannel(Channel channel) {
        ListenerTls tls = listener.tls();
        boolean proxied = listener.settings().proxyProtocol().isRequired();
        FrameDecoder decoder = tls == null ? framing.newDecoder().orElse(null) : framing.newDecoderOfPieces();
        Connection connection = new Connection(listener, channel, decoder);
        TlsLayer layer = tls == null ? null : new TlsLayer(connection, tls.newHandler(channel.alloc()));
        ChannelPipeline pipeline = channel.pipeline();
        if (proxied || layer != null) {
            Entrance entrance = new Entrance(connection, proxied, layer);
            connection.enterBy(entrance);
            if (proxied) {
                ProxyReader.addTo(pipeline, connection, entrance);
            }
        }
        pipeline.addLast(connection.wire());
        if (layer != null) {
            pipeline.addLast(layer, layer.handler());
        }
        if (decoder != null) {
            pipeline.addLast(decoder);
        }
        pipeline.addLast(connection);
        connection.open();
    }
}
