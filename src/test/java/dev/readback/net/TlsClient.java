package dev.readback.net;

import dev.readback.testing.Certificates;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A TLS client without a socket: the test carries what it sends to the connection, in pieces of its choice. */
final class TlsClient implements AutoCloseable {

    private static final int PORT = 12345;

    private final EmbeddedConnection server;
    private final EmbeddedChannel channel;
    private final SslHandler tls;
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
    private int taken; // of the server's bytes
    private boolean ended;
    private @Nullable DecoderException fault; // null while all goes well

    private TlsClient(EmbeddedConnection server, SslHandler tls) {
        this.server = server;
        this.tls = tls;
        this.channel = new EmbeddedChannel(tls, new Events());
    }

    /** A client that trusts an authority, and has a certificate or none. */
    static TlsClient open(
            EmbeddedConnection server, String protocol, X509Certificate trusted, @Nullable X509Bundle certificate)
            throws Exception {
        SslContextBuilder context = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .protocols(protocol)
                .trustManager(trusted);
        if (certificate != null) {
            context.keyManager(certificate.toKeyManagerFactory());
        }
        var allocator = io.netty.buffer.UnpooledByteBufAllocator.DEFAULT;
        return new TlsClient(server, context.build().newHandler(allocator, Certificates.HOST, PORT));
    }

    /** Goes through the handshake, and fails where it fails. */
    TlsClient handshake() throws SSLException {
        carry();
        if (!tls.handshakeFuture().isSuccess()) {
            throw new SSLException("the handshake is not complete");
        }
        return this;
    }

    /** Encrypts a text in a record of its own, which waits for {@link #carry}. */
    TlsClient write(String text) {
        channel.writeOutbound(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        return this;
    }

    /** Begins the handshake anew. */
    TlsClient renegotiate() {
        tls.renegotiate();
        channel.runPendingTasks();
        return this;
    }

    /** Says that it sends no more, behind what waits. */
    TlsClient closeNotify() {
        tls.closeOutbound();
        channel.runPendingTasks();
        return this;
    }

    /** Takes both sides' bytes across until there are no more: each side's in one segment. */
    TlsClient carry() {
        for (byte[] sent = sent(); sent.length > 0; sent = sent()) {
            server.send(sent);
            receive();
        }
        receive();
        return this;
    }

    /** All that it wants to send now. */
    byte[] sent() {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            sent.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(bytes));
            bytes.release();
        }
        return sent.toByteArray();
    }

    /** Takes the server's bytes across. */
    TlsClient receive() {
        byte[] all = server.replies();
        if (all.length > taken) {
            try {
                channel.writeInbound(Unpooled.copiedBuffer(all, taken, all.length - taken));
            } catch (DecoderException alert) {
                fault = alert;
            }
            taken = all.length;
        }
        for (ByteBuf bytes = channel.readInbound(); bytes != null; bytes = channel.readInbound()) {
            plain.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(bytes));
            bytes.release();
        }
        return this;
    }

    /** What the server said, decrypted. */
    String received() {
        return plain.toString(StandardCharsets.UTF_8);
    }

    /** What went wrong in what the server said, its alerts included; null for nothing. */
    @Nullable
    Throwable fault() {
        return fault == null ? null : fault.getCause();
    }

    /** Whether the server said that it sends no more. */
    boolean isEnded() {
        return ended;
    }

    /** The names of what the handshake agreed on. */
    List<String> agreed() {
        var session = tls.engine().getSession();
        return List.of(session.getProtocol(), session.getCipherSuite());
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }

    private final class Events extends ChannelInboundHandlerAdapter {

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            ended |= event instanceof SslCloseCompletionEvent done && done.isSuccess();
        }
    }
}
