package dev.readback.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A name in braces within an acknowledgement, which stands for a fact about the frame that is acknowledged. */
public enum Placeholder {
    /** The listener's name. */
    LISTENER,
    /** This host's name; on Kubernetes the pod's. */
    HOST,
    /** The client's address and port. */
    PEER,
    /** Bytes in the frame. */
    LENGTH,
    /** Frames on this connection so far, from 1. */
    COUNT,
    /** The frame's values as Python prints their tuple; for records only. */
    VALUES;

    /** The word between the braces. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Placeholder> named(String word) {
        return Arrays.stream(values()).filter(it -> it.word().equals(word)).findFirst();
    }

    static String all() {
        return Arrays.stream(values()).map(it -> "{" + it.word() + "}").collect(Collectors.joining(", "));
    }
}
