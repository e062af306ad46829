package dev.readback.settings;

/** Whether connections begin with a PROXY header. */
public enum ProxyProtocol {
    /** None does. */
    OFF,
    /** Each does, or is closed. */
    REQUIRED
}
