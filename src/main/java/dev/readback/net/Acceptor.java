package dev.readback.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;

/**
 * Sees each connection that a server channel accepts, turns away those that are not to be taken, and closes the channel
 * when none waits to be accepted.
 *
 * <p>What is turned away is closed before it has a handler or an event loop: its client sees the end of the stream, or a
 * reset where it had sent something already.
 *
 * <p>The kernel completes connections on its own and resets those that wait when the socket is closed, although to their
 * clients they are as open as any. So a round of the event loop without one goes before the close.
 */
@ChannelHandler.Sharable // one at a time: a listener has one server channel
final class Acceptor extends ChannelInboundHandlerAdapter {

    private static final long ROUND_MILLIS = 1;

    /** A flood of connections does not keep the channel open for longer than this many rounds. */
    private static final int ROUNDS = 1000;

    private final Admission admission;
    private long accepted; // belongs to the server channel's event loop

    Acceptor(Admission admission) {
        this.admission = admission;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        accepted++;
        Channel connection = (Channel) message;
        if (admission.admits(connection, ctx.channel().eventLoop().ticker().nanoTime())) {
            ctx.fireChannelRead(connection);
        } else {
            connection.unsafe().closeForcibly();
        }
    }

    /** Closes the channel when none has come for a round, on its event loop. Any thread. */
    void closeWhenNoneWaits(Channel server) {
        server.eventLoop().execute(() -> closeAfterRound(server, ROUNDS));
    }

    // what is ready is handled before what is scheduled, so a round has seen all that waited when it began
    private void closeAfterRound(Channel server, int rounds) {
        long before = accepted;
        server.eventLoop()
                .schedule(
                        () -> {
                            if (accepted == before || rounds == 0) {
                                server.close();
                            } else {
                                closeAfterRound(server, rounds - 1);
                            }
                        },
                        ROUND_MILLIS,
                        TimeUnit.MILLISECONDS);
    }
}
