package dev.readback.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;

/** What a Netty developer would write by hand: echo, acknowledgement, read timeout; once for raw reads, once for lines. */
final class NettyPeer {

    private static final int BACKLOG = 4096;
    private static final int LONGEST_LINE = 64 * 1024;
    private static final int IDLE_SECONDS = 60;

    private NettyPeer() {}

    public static void main(String[] ports) throws InterruptedException {
        IoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
                Runtime.getRuntime().availableProcessors(), EpollIoHandler.newFactory());
        Reply reply = new Reply();
        listen(group, Integer.parseInt(ports[0]), new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                channel.pipeline().addLast(new ReadTimeoutHandler(IDLE_SECONDS), reply);
            }
        });
        listen(group, Integer.parseInt(ports[1]), new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                channel.pipeline()
                        .addLast(
                                new ReadTimeoutHandler(IDLE_SECONDS),
                                new LineBasedFrameDecoder(LONGEST_LINE, false, true),
                                reply);
            }
        });
    }

    private static void listen(IoEventLoopGroup group, int port, ChannelHandler child) throws InterruptedException {
        new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(child)
                .bind(port)
                .sync();
    }

    /** Echoes and acknowledges each message, and sends what there is at the end of each read. */
    @ChannelHandler.Sharable
    private static final class Reply extends ChannelInboundHandlerAdapter {

        private static final ByteBuf ACKNOWLEDGEMENT =
                Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(Load.ACKNOWLEDGEMENT));

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.write(message);
            ctx.write(ACKNOWLEDGEMENT.duplicate());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
