package dev.readback.net;

/**
 * An event loop that is blocked.
 *
 * @param thread the name of the thread that is held up in it; its own where all threads are held up in others
 * @param nanos for how long it has been so, in nanoseconds
 */
public record BlockedLoop(String thread, long nanos) {}
