package dev.readback.probe;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One connection to the target. Belongs to one thread, but for the thread that sends what is long. */
final class Link implements AutoCloseable {

    /** More than this goes out beside the reading: a server stops reading when its replies are not read. */
    private static final int SENT_AT_ONCE = 16 * 1024;

    private final Socket socket;
    private final Duration timeout;
    private final long connectNanos;
    private final long openedAt = System.nanoTime();
    private volatile @Nullable IOException sendFailure;

    private Link(Socket socket, Duration timeout, long connectNanos) {
        this.socket = socket;
        this.timeout = timeout;
        this.connectNanos = connectNanos;
    }

    /** Connects to the first address that answers, TLS handshake included. */
    static Link open(Target target, @Nullable Tls tls, Duration timeout) throws ProbeException {
        InetAddress[] addresses = Resolver.resolve(target.host(), timeout);
        ProbeException failure = null;
        for (InetAddress address : addresses) {
            try {
                return open(new InetSocketAddress(address, target.port()), target, tls, timeout);
            } catch (ProbeException e) {
                failure = failure == null ? e : failure;
            }
        }
        throw failure == null ? new ProbeException(Fault.UNRESOLVED, "the host has no address") : failure;
    }

    private static Link open(InetSocketAddress address, Target target, @Nullable Tls tls, Duration timeout)
            throws ProbeException {
        Socket socket = new Socket();
        long start = System.nanoTime();
        try {
            socket.connect(address, millis(timeout.toNanos()));
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(millis(timeout.toNanos()));
        } catch (IOException e) {
            close(socket);
            throw connectFailure(e, address, timeout);
        }
        try {
            Socket open = tls == null ? socket : tls.wrap(socket, target);
            return new Link(open, timeout, System.nanoTime() - start);
        } catch (SocketTimeoutException e) {
            close(socket);
            throw new ProbeException(Fault.TIMEOUT, "no TLS handshake within " + Durations.print(timeout));
        } catch (IOException e) {
            close(socket);
            throw new ProbeException(Fault.TLS, "the TLS handshake failed: " + e.getMessage());
        }
    }

    private static ProbeException connectFailure(IOException failure, InetSocketAddress address, Duration timeout) {
        String where = new Target(address.getAddress().getHostAddress(), address.getPort()).toString();
        return switch (failure) {
            case SocketTimeoutException _ ->
                new ProbeException(Fault.TIMEOUT, "no connection to " + where + " within " + Durations.print(timeout));
            case ConnectException e
            when String.valueOf(e.getMessage()).contains("refused") ->
                new ProbeException(Fault.REFUSED, where + " refused the connection");
            default -> new ProbeException(Fault.UNREACHABLE, "no connection to " + where + ": " + failure.getMessage());
        };
    }

    long connectNanos() {
        return connectNanos;
    }

    /** How long the connection has been open, in nanoseconds. */
    long openNanos() {
        return System.nanoTime() - openedAt;
    }

    /** Sends bytes, then shuts the sending side where that is asked for. What is long goes out beside what comes in. */
    void send(byte[] bytes, boolean thenShut) throws ProbeException {
        if (bytes.length > SENT_AT_ONCE) {
            Thread sender = new Thread(() -> transmit(bytes, thenShut), "sender");
            sender.setDaemon(true);
            sender.start();
        } else {
            transmit(bytes, thenShut);
            if (sendFailure != null) {
                throw failure(sendFailure, "the request was not sent", "while it sent the request");
            }
        }
    }

    private void transmit(byte[] bytes, boolean thenShut) {
        try {
            socket.getOutputStream().write(bytes);
            if (thenShut) {
                socket.shutdownOutput();
            }
        } catch (IOException e) {
            sendFailure = e;
        }
    }

    /**
     * Reads what is there, or waits for it.
     *
     * @param deadline until when, in {@link System#nanoTime()}
     * @param missing what it means when nothing comes until then, for the failure's message
     * @param seen what came before, for the same
     * @return the number of bytes; -1 at a clean end
     */
    int read(byte[] buffer, long deadline, String missing, String seen) throws ProbeException {
        try {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new SocketTimeoutException();
            }
            socket.setSoTimeout(millis(left));
            return socket.getInputStream().read(buffer);
        } catch (IOException e) {
            throw failure(e, missing, seen);
        }
    }

    private ProbeException failure(IOException failure, String missing, String seen) {
        return switch (failure) {
            case SocketTimeoutException _ ->
                new ProbeException(Fault.TIMEOUT, missing + " within " + Durations.print(timeout) + ", " + seen);
            case SSLException e
            when !(e.getCause() instanceof SocketException) ->
                new ProbeException(Fault.TLS, "TLS failed " + seen + ": " + e.getMessage());
            default -> new ProbeException(Fault.RESET, "the connection was reset " + seen);
        };
    }

    // 0 would be no limit at all
    private static int millis(long nanos) {
        return Math.clamp(nanos / 1_000_000, 1, Integer.MAX_VALUE);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // there is nothing left to lose
        }
    }

    @Override
    public void close() {
        close(socket);
    }
}
