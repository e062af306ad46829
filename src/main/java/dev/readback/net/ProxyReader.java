package dev.readback.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the PROXY header of a connection that a load balancer passes on, and is gone when it has. Belongs to the
 * connection's event loop.
 *
 * <p>Three handlers at the socket's end of the pipeline, in front of {@link Wire}, so that a header is no data to all the
 * others: {@link Gate} · Netty's codec · {@link Judge}.
 */
final class ProxyReader {

    /** The largest header of version 2, in bytes, which is nginx's too. The protocol's own limit is 65,551. */
    static final int MAX_LENGTH = 4096;

    // the codec adds the header's fixed part and the largest addresses to what it is told
    private static final int MAX_VALUES = MAX_LENGTH - 16 - 216;

    private static final Logger LOG = LoggerFactory.getLogger(ProxyReader.class);

    private final Connection connection;
    private final Entrance entrance;
    private final Gate gate = new Gate();

    private ProxyReader(Connection connection, Entrance entrance) {
        this.connection = connection;
        this.entrance = entrance;
    }

    /** Adds the handlers for a connection's header. */
    static void addTo(ChannelPipeline pipeline, Connection connection, Entrance entrance) {
        ProxyReader reader = new ProxyReader(connection, entrance);
        pipeline.addLast(reader.gate);
        pipeline.addLast(new HAProxyMessageDecoder(MAX_VALUES));
        pipeline.addLast(reader.new Judge());
    }

    private void refuse(String problem) {
        LOG.debug(
                "listener '{}', connection {}: no PROXY header: {}",
                connection.listener().name(),
                connection.getConnectionId(),
                problem);
        connection.ending().end(CloseReason.PROXY_HEADER_INVALID); // at once, as the protocol says
    }

    /**
     * Closes a connection as soon as what it sends can be no header any more. The codec would wait for 13 bytes, then for a
     * line end, and for all that a header announces.
     */
    private final class Gate extends ChannelDuplexHandler {

        private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] BINARY = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
        private static final int FIXED = 16; // version 2 has said by then how long it is

        private int seen; // bytes, of the first 16
        private boolean binary;
        private int announced;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            if (connection.ending().isClosing()) {
                bytes.release();
            } else if (canBeHeader(bytes)) {
                ctx.fireChannelRead(bytes);
            } else {
                bytes.release();
                refuse("byte " + seen + " is in no header, or says that it is too long");
            }
        }

        private boolean canBeHeader(ByteBuf bytes) {
            int from = bytes.readerIndex();
            for (int i = from; i < bytes.writerIndex() && seen < FIXED; i++) {
                if (!fits(seen++, bytes.getByte(i))) {
                    return false;
                }
            }
            return true;
        }

        private boolean fits(int index, byte next) {
            if (index == 0) {
                binary = next == BINARY[0];
            }
            if (!binary) {
                return index >= TEXT.length || next == TEXT[index];
            }
            return switch (index) {
                case 12 -> next == 0x20 || next == 0x21; // version 2, for itself or for a client
                case 13 -> true;
                case 14, 15 -> {
                    announced = announced << Byte.SIZE | Byte.toUnsignedInt(next);
                    yield announced <= MAX_LENGTH - FIXED;
                }
                default -> next == BINARY[index];
            };
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (!(event instanceof ChannelInputShutdownEvent)
                    || !connection.ending().answers()) {
                ctx.fireUserEventTriggered(event);
            } else if (seen > 0) {
                refuse("the input ended inside it");
            } else {
                connection.ending().end(CloseReason.PEER_CLOSED); // a check whether the port is open
            }
        }

        /** The codec closes the channel before it says why. */
        @Override
        public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
            if (!connection.ending().isClosing()) {
                connection.ending().end(CloseReason.PROXY_HEADER_INVALID); // comes through here once more
            }
            ctx.close(promise);
        }
    }

    /** Tells the connection who its client is, and stays only to drop the data of a client that is not served. */
    private final class Judge extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                // the codec reads once more what it holds when the channel closes
                if (message instanceof HAProxyMessage header
                        && !connection.ending().isClosing()) {
                    read(ctx, header);
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        private void read(ChannelHandlerContext ctx, HAProxyMessage message) {
            ProxyHeader header;
            try {
                header = ProxyHeader.of(message, connection.peer());
            } catch (IllegalArgumentException e) {
                refuse(String.valueOf(e.getMessage()));
                return;
            }
            Channel channel = ctx.channel();
            channel.pipeline().remove(gate);
            if (entrance.introduce(header)) {
                channel.pipeline().remove(this); // the codec removes itself, and passes on what came behind the header
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof DecoderException) {
                refuse(String.valueOf(cause.getMessage()));
            } else {
                ctx.fireExceptionCaught(cause);
            }
        }
    }
}
