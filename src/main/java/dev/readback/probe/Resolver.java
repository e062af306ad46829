package dev.readback.probe;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** Finds a host's addresses, and gives up in time: the system's own resolver may take half a minute to do so. */
final class Resolver {

    private Resolver() {}

    static InetAddress[] resolve(String host, Duration timeout) throws ProbeException {
        AtomicReference<InetAddress[]> found = new AtomicReference<>(new InetAddress[0]);
        Thread lookup = new Thread(
                () -> {
                    try {
                        found.set(InetAddress.getAllByName(host));
                    } catch (UnknownHostException e) {
                        found.set(new InetAddress[0]);
                    }
                },
                "resolver");
        lookup.setDaemon(true);
        lookup.start();
        boolean ended;
        try {
            ended = lookup.join(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProbeException(Fault.UNRESOLVED, "interrupted while the name '" + host + "' was looked up");
        }
        if (!ended) {
            throw new ProbeException(
                    Fault.UNRESOLVED, "no answer to the look-up of '" + host + "' within " + Durations.print(timeout));
        }
        InetAddress[] addresses = found.get();
        if (addresses.length == 0) {
            throw new ProbeException(Fault.UNRESOLVED, "no host is known by the name '" + host + "'");
        }
        return addresses;
    }
}
