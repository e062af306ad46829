package dev.readback.frame;

import io.netty.buffer.ByteBuf;

/**
 * What goes back for one frame: the frame, then the acknowledgement, in one write.
 *
 * <p>A reply describes bytes and owns none: {@code echo} stays the property of whoever handed the frame on, and is valid
 * until the flow returns.
 *
 * @param echo the frame as it goes back, empty when frames are not echoed
 * @param acknowledgement what follows it, empty when frames are not acknowledged
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; shared by all frames of a listener, so never copied
public record Reply(ByteBuf echo, byte[] acknowledgement) {}
