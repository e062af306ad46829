package dev.readback.settings;

/** How a listener cuts its input into frames. */
public enum FramingType {
    /** A frame is whatever one read returned. */
    RAW
}
