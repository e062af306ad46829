package dev.readback.settings;

/** How a listener cuts its input into frames. */
public enum FramingType {
    /** A frame is whatever one read returned. */
    RAW,
    /** A frame is a line, line end included. */
    LINE,
    /** A frame is a header that counts its body, and that body. */
    LENGTH,
    /** A frame is a record of a fixed format. */
    STRUCT
}
