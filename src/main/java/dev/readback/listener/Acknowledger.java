package dev.readback.listener;

import dev.readback.frame.Framing;
import dev.readback.frame.Reply;
import dev.readback.frame.StructFraming;
import dev.readback.net.Connection;
import dev.readback.settings.AcknowledgementTemplate;
import dev.readback.settings.AcknowledgementTemplate.Part;
import dev.readback.settings.ListenerSettings;
import dev.readback.settings.Placeholder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.handler.AbstractReplyProducingMessageHandler;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.GenericMessage;

/** Answers a frame with itself and an acknowledgement, as the listener's settings say. Holds no state of a connection. */
final class Acknowledger extends AbstractReplyProducingMessageHandler {

    private final String listener;
    private final String host;
    private final Framing framing;
    private final boolean echo;
    private final AcknowledgementTemplate template;
    private final byte @Nullable [] constant; // null when it differs from frame to frame

    /**
     * @param listener the listener's name
     * @param host this host's name
     */
    Acknowledger(String listener, String host, ListenerSettings settings) {
        this.listener = listener;
        this.host = host;
        this.framing = settings.framing().framing();
        this.echo = settings.echo();
        this.template = settings.acknowledgement();
        this.constant = template.isConstant() ? render(Unpooled.EMPTY_BUFFER, null) : null;
    }

    @Override
    protected @Nullable Object handleRequestMessage(Message<?> request) {
        ByteBuf frame = (ByteBuf) request.getPayload();
        byte[] acknowledgement = constant != null ? constant : render(frame, connection(request));
        if (!echo && acknowledgement.length == 0) {
            return null;
        }
        // the request's headers serve the reply too: they name the connection, and are made once for it
        return new GenericMessage<>(
                new Reply(echo ? framing.echo(frame) : Unpooled.EMPTY_BUFFER, acknowledgement), request.getHeaders());
    }

    @Override
    protected boolean shouldCopyRequestHeaders() {
        return false;
    }

    private byte[] render(ByteBuf frame, @Nullable Connection connection) {
        StringBuilder text = new StringBuilder();
        for (Part part : template.parts()) {
            switch (part) {
                case Part.Text(String literal) -> text.append(literal);
                case Part.Fact(Placeholder placeholder) ->
                    text.append(fact(placeholder, frame, Objects.requireNonNull(connection)));
            }
        }
        return framing.text(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private String fact(Placeholder placeholder, ByteBuf frame, Connection connection) {
        return switch (placeholder) {
            case LISTENER -> listener;
            case HOST -> host;
            case PEER -> NetUtil.toSocketAddressString(connection.peer());
            case LENGTH -> Integer.toString(frame.readableBytes());
            case COUNT -> Long.toString(connection.frames());
            case VALUES -> ((StructFraming) framing).values(frame); // no start with any other
        };
    }

    private static Connection connection(Message<?> request) {
        return Objects.requireNonNull(request.getHeaders().get(Connection.HEADER, Connection.class));
    }
}
