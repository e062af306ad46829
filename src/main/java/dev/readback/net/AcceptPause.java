package dev.readback.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts nothing for a second when the system refuses to accept, for want of a file descriptor as a rule. Clients wait in
 * the kernel's backlog meanwhile.
 *
 * <p>One line says that it began and one that it is over, however often it fails in between. Netty's own acceptor pauses
 * too, but says so at each failure, in a general sentence and with a stack. Belongs to the server channel's event loop.
 */
final class AcceptPause extends ChannelInboundHandlerAdapter {

    static final long PAUSE_SECONDS = 1;

    /** It is over when it has not failed for so long. */
    static final long CALM_SECONDS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(AcceptPause.class);
    private static final String NO_DESCRIPTORS = "Too many open files";

    private final String listener;
    private long failures; // since it began; 0 for all is well
    private long began;
    private long last;

    /** @param listener the name of the listener whose connections are accepted */
    AcceptPause(String listener) {
        this.listener = listener;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            ctx.fireExceptionCaught(cause);
            return;
        }
        if (failures++ == 0) {
            began = now(ctx);
            LOG.warn(
                    "listener '{}' cannot accept connections for the time being: {}{}",
                    listener,
                    cause.getMessage(),
                    advice(cause));
        }
        last = now(ctx);
        ctx.channel().config().setAutoRead(false);
        long seen = failures;
        ctx.executor().schedule(() -> resume(ctx), PAUSE_SECONDS, TimeUnit.SECONDS);
        ctx.executor().schedule(() -> endUnlessMore(ctx, seen), PAUSE_SECONDS + CALM_SECONDS, TimeUnit.SECONDS);
    }

    private static String advice(Throwable cause) {
        return String.valueOf(cause.getMessage()).contains(NO_DESCRIPTORS)
                ? ". The process has no file descriptor left: raise its limit (ulimit -n, LimitNOFILE)"
                        + " or lower the listeners' load"
                : "";
    }

    private static void resume(ChannelHandlerContext ctx) {
        if (ctx.channel().isOpen()) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    private void endUnlessMore(ChannelHandlerContext ctx, long seen) {
        if (failures == seen && ctx.channel().isOpen()) {
            LOG.info(
                    "listener '{}' accepts connections again: it could not {} times within {} s",
                    listener,
                    failures,
                    TimeUnit.NANOSECONDS.toSeconds(last - began));
            failures = 0;
        }
    }

    private static long now(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }
}
