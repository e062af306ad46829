package dev.readback.settings;

import dev.readback.frame.Framing;
import dev.readback.frame.RawFraming;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How a listener cuts its input into frames.
 *
 * @param type How input is cut into frames: raw takes whatever one read returned as a frame.
 * @param maxLength Largest frame, 1B to 1MB. Default for raw: 4096B.
 */
public record FramingSettings(
        @DefaultValue("raw") FramingType type, @Nullable DataSize maxLength) {

    static final DataSize RAW_MAX_LENGTH = DataSize.ofBytes(4096);
    private static final DataSize LARGEST = DataSize.ofMegabytes(1);

    public FramingSettings {
        if (maxLength != null && (maxLength.toBytes() < 1 || maxLength.compareTo(LARGEST) > 0)) {
            throw new InvalidSettingException("max-length", maxLength.toString(), "a size from 1B to 1MB");
        }
    }

    /** The framing that these settings describe. */
    public Framing framing() {
        return switch (type) {
            case RAW -> new RawFraming(bytes(RAW_MAX_LENGTH));
        };
    }

    private int bytes(DataSize whenUnset) {
        return Math.toIntExact((maxLength == null ? whenUnset : maxLength).toBytes());
    }
}
