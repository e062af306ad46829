package dev.readback.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Accepts a few connections, and the others once it is told to; they wait in the kernel's backlog until then.
 *
 * <p>For the time of the application's start, in which a crowd of clients would take the descriptors that the rest of
 * the start needs. Belongs to the server channel's event loop.
 */
final class AcceptLimit extends ChannelInboundHandlerAdapter {

    /** Where the transport accepts several at a time, it may be some more. */
    static final int FEW = 64;

    private int accepted;
    private boolean lifted;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!lifted && ++accepted >= FEW) {
            ctx.channel().config().setAutoRead(false);
        }
        ctx.fireChannelRead(message);
    }

    /** Accepts all from now on. Any thread. */
    static void lift(Channel server) {
        server.eventLoop().execute(() -> {
            AcceptLimit limit = server.pipeline().get(AcceptLimit.class);
            if (limit != null && !limit.lifted) {
                limit.lifted = true;
                server.config().setAutoRead(true);
            }
        });
    }
}
