package dev.readback.net;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A connection's socket without Netty's channel around it, for bytes that need nothing of what the channel does. Belongs
 * to the connection's event loop.
 *
 * <p>Only bytes go this way. The end of the input and what the socket does not take at once are left where they are, so
 * that the channel finds them.
 */
interface DirectSocket {

    /**
     * Reads once.
     *
     * @param size the most bytes to read
     * @param passing whether nobody keeps the buffer beyond the turn; who does all the same keeps what is in it
     * @return what came, with {@link Outbox#ROOM} behind it, the caller's to release; null when nothing did
     * @throws IOException when the connection is lost
     */
    @Nullable
    ByteBuf read(int size, boolean passing) throws IOException;

    /**
     * Sends what the socket takes of these bytes, and takes that much out of the buffer, which stays the caller's.
     *
     * @return how many bytes it took; none where the connection is lost, which the channel's next write finds too
     */
    int write(ByteBuf bytes);
}
