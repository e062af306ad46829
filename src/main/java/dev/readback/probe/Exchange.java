package dev.readback.probe;

import dev.readback.frame.LengthFraming;
import dev.readback.frame.LengthHeader;
import org.jspecify.annotations.Nullable;

/**
 * What the probe sends and what it expects back.
 *
 * @param request the bytes to send, which are one frame or several
 * @param ends where each frame ends in them
 * @param divisible whether the listener may take one frame for several, wherever the network cut it
 * @param echoed whether a reply begins with the frame
 * @param acknowledgement what follows it
 * @param header the header before each acknowledgement, null for none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Exchange(
        byte[] request,
        int[] ends,
        boolean divisible,
        boolean echoed,
        Acknowledgement acknowledgement,
        @Nullable LengthHeader header) {

    int frames() {
        return ends.length;
    }

    /** Where a frame begins in the request. */
    int begin(int frame) {
        return frame == 0 ? 0 : ends[frame - 1];
    }

    /** What acknowledges a frame of the given length, as {@link Acknowledgement#pattern} describes it. */
    int[] pattern(int count, int length) {
        if (header == null || !acknowledgement.isKnown()) {
            return acknowledgement.pattern(count, length);
        }
        byte[] text = new LengthFraming(header, 1).text(acknowledgement.bytes(count, length));
        int[] pattern = new int[text.length];
        for (int i = 0; i < text.length; i++) {
            pattern[i] = text[i] & 0xff;
        }
        return pattern;
    }

    /** The header before an acknowledgement that may have any length, null where there is none. */
    @Nullable
    LengthHeader openHeader() {
        return acknowledgement.isKnown() ? null : header;
    }
}
