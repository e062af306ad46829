package dev.readback.settings;

import dev.readback.frame.Framing;
import dev.readback.frame.LengthFraming;
import dev.readback.frame.LengthHeader;
import dev.readback.frame.LineFraming;
import dev.readback.frame.RawFraming;
import dev.readback.frame.StructFormat;
import dev.readback.frame.StructFraming;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How a listener cuts its input into frames.
 *
 * @param type How input is cut into frames: raw takes whatever one read returned as a frame, line a line with its line
 *     end, length a header that counts the body with that body, struct a record of a fixed format.
 * @param maxLength Largest frame. For raw 1B to 1MB, default 4096B; for line, line end included, and for length, header
 *     not included, 1B to 16MB, default 64KB. Not for struct, whose records have the size of their format.
 * @param header Header that counts the body, for length only: one of B, H, I, Q as in Python's struct, with any byte
 *     order. Default: !I.
 * @param format Format of a record as in Python's struct, for example !HI, of 1B to 1MB. For struct only, which needs
 *     one.
 */
public record FramingSettings(
        @DefaultValue("raw") FramingType type,
        @Nullable DataSize maxLength,
        @Nullable LengthHeader header,
        @Nullable StructFormat format) {

    static final DataSize RAW_MAX_LENGTH = DataSize.ofBytes(4096);
    static final DataSize DECODED_MAX_LENGTH = DataSize.ofKilobytes(64);
    static final LengthHeader HEADER = LengthHeader.valueOf("!I");

    private static final DataSize LARGEST_READ = DataSize.ofMegabytes(1);
    private static final DataSize LARGEST_DECODED = DataSize.ofMegabytes(16);
    private static final DataSize LARGEST_RECORD = DataSize.ofMegabytes(1);

    public FramingSettings {
        switch (type) {
            case RAW -> checkMaxLength(maxLength, LARGEST_READ);
            case LINE, LENGTH -> checkMaxLength(maxLength, LARGEST_DECODED);
            case STRUCT -> {
                refuse(maxLength, "max-length", type, "a record has the size of its format");
                checkFormat(format);
            }
        }
        if (type != FramingType.LENGTH) {
            refuse(header, "header", type, "only frames of type length have a header");
        }
        if (type != FramingType.STRUCT && format != null && !format.format().isEmpty()) {
            refuse(format, "format", type, "only frames of type struct have a format");
        }
    }

    /** The framing that these settings describe. */
    public Framing framing() {
        return switch (type) {
            case RAW -> new RawFraming(bytes(RAW_MAX_LENGTH));
            case LINE -> new LineFraming(bytes(DECODED_MAX_LENGTH));
            case LENGTH -> new LengthFraming(header == null ? HEADER : header, bytes(DECODED_MAX_LENGTH));
            case STRUCT -> new StructFraming(Objects.requireNonNull(format));
        };
    }

    private int bytes(DataSize whenUnset) {
        return Math.toIntExact((maxLength == null ? whenUnset : maxLength).toBytes());
    }

    private static void checkMaxLength(@Nullable DataSize maxLength, DataSize largest) {
        if (maxLength != null && (maxLength.toBytes() < 1 || maxLength.compareTo(largest) > 0)) {
            throw new InvalidSettingException(
                    "max-length", maxLength.toString(), "a size from 1B to " + largest.toMegabytes() + "MB");
        }
    }

    private static void checkFormat(@Nullable StructFormat format) {
        if (format == null || format.size() < 1 || format.size() > LARGEST_RECORD.toBytes()) {
            throw new InvalidSettingException(
                    "format",
                    format == null ? "not set" : "'" + format + "'",
                    "a format as in Python's struct, for example '!HI', whose records have from 1B to "
                            + LARGEST_RECORD.toMegabytes() + "MB"
                            + (format == null ? "" : ", not " + format.size() + "B"));
        }
    }

    private static void refuse(@Nullable Object value, String property, FramingType type, String because) {
        if (value != null) {
            throw new InvalidSettingException(
                    property,
                    value.toString(),
                    "no value with framing.type " + type.name().toLowerCase(Locale.ROOT) + ", since " + because);
        }
    }
}
