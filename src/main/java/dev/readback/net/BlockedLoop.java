package dev.readback.net;

/**
 * An event loop that is blocked.
 *
 * @param thread the name of its thread
 * @param nanos for how long it has been so, in nanoseconds
 */
public record BlockedLoop(String thread, long nanos) {}
