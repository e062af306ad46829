package dev.readback.probe;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that does with each connection what a test says, one after the other. */
final class FakeServer implements AutoCloseable {

    /** What it does with a connection, which is closed afterwards. */
    @FunctionalInterface
    interface Behaviour {
        void serve(Socket client) throws IOException;
    }

    private static final int PATIENCE_MILLIS = 20_000;

    private final ServerSocket server;
    private final List<Socket> clients = new CopyOnWriteArrayList<>();
    private final Thread thread;

    private FakeServer(ServerSocket server, Behaviour behaviour) {
        this.server = server;
        this.thread = Thread.ofVirtual().start(() -> serve(behaviour));
    }

    static FakeServer start(Behaviour behaviour) {
        try {
            return start(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()), behaviour);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FakeServer start(ServerSocket server, Behaviour behaviour) {
        return new FakeServer(server, behaviour);
    }

    /** Reads a request of so many bytes, then sends a text. */
    static Behaviour answering(int request, String reply) {
        return client -> {
            client.getInputStream().readNBytes(request);
            client.getOutputStream().write(reply.getBytes(StandardCharsets.ISO_8859_1));
        };
    }

    /** Sends all back, then a text at the end, in segments of two bytes. */
    static Behaviour trickling(String acknowledgement) {
        return client -> {
            client.setTcpNoDelay(true);
            byte[] request = client.getInputStream().readAllBytes();
            String reply = new String(request, StandardCharsets.ISO_8859_1) + acknowledgement;
            byte[] bytes = reply.getBytes(StandardCharsets.ISO_8859_1);
            OutputStream out = client.getOutputStream();
            for (int i = 0; i < bytes.length; i += 2) {
                out.write(bytes, i, Math.min(2, bytes.length - i));
            }
        };
    }

    /** Closes with a reset once the client reads: what it is sent before is more than its socket takes by itself. */
    static void resetWhenRead(Socket client) throws IOException {
        client.setSendBufferSize(64 * 1024);
        client.getOutputStream().write(new byte[8 * 1024 * 1024]);
        reset(client);
    }

    /** Closes with a reset. */
    static void reset(Socket client) throws IOException {
        client.setSoLinger(true, 0);
        client.close();
    }

    /** Says nothing until the client has closed. */
    static void silence(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        while (in.read() >= 0) {
            // what comes is of no interest
        }
    }

    int port() {
        return server.getLocalPort();
    }

    private void serve(Behaviour behaviour) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                clients.add(client);
                client.setSoTimeout(PATIENCE_MILLIS);
                behaviour.serve(client);
                finish(client);
            } catch (IOException e) {
                // the client has gone, or the test is over
            }
        }
    }

    // a socket closed over unread input would reset the connection
    private static void finish(Socket client) throws IOException {
        if (!client.isClosed() && !client.isOutputShutdown()) {
            client.shutdownOutput();
            silence(client);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket client : clients) {
                client.close();
            }
            thread.join(PATIENCE_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
