package dev.readback.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;

/**
 * The TLS of one connection: hands one record at a time to Netty's handler, so that the frames of each are answered
 * before the next is read. Belongs to the connection's event loop.
 *
 * <p>The next may be a close_notify, and TLS 1.2 wants it answered with one at once, whatever still waits to be sent (RFC
 * 5246, 7.2.1); BoringSSL's engine does so with TLS 1.3 too. Replies are encrypted by then. They leave together, when all
 * records of a read are through.
 */
final class TlsLayer extends ChannelDuplexHandler {

    /** Type, version and length: RFC 8446, 5.1. */
    private static final int HEADER = 5;

    private static final int HANDSHAKE = 22;
    private static final int APPLICATION_DATA = 23;

    private final Connection connection;
    private final SslHandler handler;
    private boolean established;
    private int type; // of the record in hand
    private int header; // bytes of its header that have come
    private int left; // bytes of it that have not, once its header has
    private boolean reading;
    private boolean flushes;

    TlsLayer(Connection connection, SslHandler handler) {
        this.connection = connection;
        this.handler = handler;
    }

    /** What encrypts, right behind this in the pipeline. */
    SslHandler handler() {
        return handler;
    }

    /** The handshake is complete. */
    void establish() {
        established = true;
    }

    boolean isEstablished() {
        return established;
    }

    /** Whether a record has begun and is not complete. */
    boolean isInsideRecord() {
        return header > 0;
    }

    /** Whether the protocol lets Readback send after the client's close_notify: TLS 1.3 does, 1.2 does not. */
    boolean isHalfCloseable() {
        return handler.engine().getSession().getProtocol().equals("TLSv1.3");
    }

    /** Says that nothing more comes, behind all that was sent. */
    void closeNotify() {
        if (established && !handler.engine().isOutboundDone()) {
            handler.closeOutbound();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf read = (ByteBuf) message;
        reading = true;
        try {
            // what comes after the end is not decrypted
            while (read.isReadable() && !connection.ending().isClosing()) {
                handOn(ctx, read.readRetainedSlice(nextPiece(read)));
            }
        } finally {
            reading = false;
            read.release();
        }
        if (flushes) {
            flushes = false;
            ctx.flush();
        }
    }

    private void handOn(ChannelHandlerContext ctx, ByteBuf piece) {
        if (type == HANDSHAKE && established) {
            // a TLS 1.2 client begins again, which costs far more than it costs the client; BoringSSL refuses, the JDK
            // does
            // not. With TLS 1.3 what follows the handshake looks like data
            piece.release();
            connection.ending().finish(CloseReason.FRAME_INVALID);
            return;
        }
        if (type == APPLICATION_DATA && established) {
            connection.wire().dataCame();
        }
        ctx.fireChannelRead(piece);
        connection.flushReplies();
    }

    // up to the end of the record, or of the read
    private int nextPiece(ByteBuf read) {
        int start = read.readerIndex();
        int at = start;
        int end = read.writerIndex();
        while (at < end && header < HEADER) {
            int next = read.getUnsignedByte(at++);
            switch (header++) {
                case 0 -> type = next;
                case HEADER - 2 -> left = next << 8;
                case HEADER - 1 -> left |= next;
                default -> {}
            }
        }
        if (header == HEADER) {
            int body = Math.min(left, end - at);
            at += body;
            left -= body;
            if (left == 0) {
                header = 0;
            }
        }
        return at - start;
    }

    /** The FIN goes on, and if TLS keeps it to itself, since it has failed, the connection hears of it all the same. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ctx.fireUserEventTriggered(event);
        if (event instanceof ChannelInputShutdownEvent && !connection.ending().isPeerShut()) {
            connection.inputEnds();
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (reading) {
            flushes = true;
        } else {
            ctx.flush();
        }
    }

    /** Only Netty's handler closes from here, when it cannot go on; the connection then ends as any other. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        connection.ending().finish(established ? CloseReason.FRAME_INVALID : CloseReason.HANDSHAKE_FAILED);
    }
}
