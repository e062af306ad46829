package dev.readback.frame;

import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * Records of a fixed size: a frame is one record. It is echoed as it comes out when it is unpacked and packed again,
 * which makes pad bytes zero.
 *
 * @param format the record's format, of 1 byte or more
 */
public record StructFraming(StructFormat format) implements Framing {

    public StructFraming {
        if (format.size() < 1) {
            throw new IllegalArgumentException("records hold 1 byte or more, not " + format.size());
        }
    }

    @Override
    public int readSize() {
        return DECODED_READ_SIZE;
    }

    @Override
    public Optional<FrameDecoder> newDecoder() {
        return Optional.of(new StructDecoder(format.size()));
    }

    @Override
    public ByteBuf echo(ByteBuf frame) {
        format.normalize(frame, frame.readerIndex());
        return frame;
    }

    /** The values of a frame as Python prints their tuple. The frame's indices stay as they are. */
    public String values(ByteBuf frame) {
        int start = frame.readerIndex();
        try {
            return PythonTuple.of(format.unpack(frame));
        } finally {
            frame.readerIndex(start);
        }
    }
}
