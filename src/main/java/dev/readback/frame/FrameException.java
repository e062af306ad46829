package dev.readback.frame;

import io.netty.handler.codec.DecoderException;

/**
 * Input that is no frame, and with which a connection ends: what follows it cannot be told apart any more.
 *
 * <p>A {@link DecoderException}, since Netty's decoders wrap every other kind in one. Without a stack: it says something
 * of the peer, not of the code, and a peer may cause as many as it likes.
 */
public final class FrameException extends DecoderException {

    /** What is wrong with the input. */
    public enum Fault {
        /** The frame is longer than its maximum, or will be. */
        TOO_LARGE,
        /** The frame's header cannot be a length. */
        INVALID,
        /** The input ended inside the frame. */
        TRUNCATED
    }

    private final Fault fault;

    public FrameException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
