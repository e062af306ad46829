package dev.readback.listener;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * This host's name; on Kubernetes the pod's.
 *
 * @param value the name, or {@code localhost} where the host does not know its own
 */
record HostName(String value) {

    static HostName local() {
        try {
            return new HostName(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return new HostName("localhost");
        }
    }
}
