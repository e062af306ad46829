package dev.readback.net;

import java.net.InetSocketAddress;

/**
 * A connection that is over.
 *
 * @param id its name in logs
 * @param peer the client
 * @param reason why it was closed
 * @param received bytes received
 * @param sent bytes handed to the socket
 * @param frames frames received whole
 * @param acknowledgements frames that were acknowledged
 * @param nanos how long it was open, in nanoseconds
 */
public record ConnectionSummary(
        String id,
        InetSocketAddress peer,
        CloseReason reason,
        long received,
        long sent,
        long frames,
        long acknowledgements,
        long nanos) {}
