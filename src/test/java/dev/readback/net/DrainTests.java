package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A listener stops without taking anything from its clients. */
class DrainTests {

    private static final byte[] FRAME = "0123456789".getBytes(StandardCharsets.US_ASCII);
    private static final int REPLY = FRAME.length + TestListener.ACKNOWLEDGEMENT.length();
    private static final long PATIENCE_MILLIS = 20_000;

    /** Clients that wait for each reply before they send the next frame. */
    private static final class ClosedLoop implements Runnable {

        private final TestListener listener;
        private final int clients;
        private final CountDownLatch busy;
        private long answered;
        private long unanswered;
        private long resets;
        private int ended;

        ClosedLoop(TestListener listener, int clients) {
            this.listener = listener;
            this.clients = clients;
            this.busy = new CountDownLatch(clients * 10);
        }

        @Override
        public void run() {
            List<SocketChannel> channels = new ArrayList<>();
            try (Selector selector = Selector.open()) {
                for (int i = 0; i < clients; i++) {
                    SocketChannel channel = SocketChannel.open(listener.address());
                    channels.add(channel);
                    channel.configureBlocking(false);
                    channel.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(REPLY));
                    channel.write(ByteBuffer.wrap(FRAME));
                }
                while (ended < clients && selector.select(PATIENCE_MILLIS) > 0) {
                    selector.selectedKeys().forEach(this::read);
                    selector.selectedKeys().clear();
                }
                for (SocketChannel channel : channels) {
                    channel.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void read(SelectionKey key) {
            SocketChannel channel = (SocketChannel) key.channel();
            ByteBuffer reply = (ByteBuffer) key.attachment();
            try {
                int length = channel.read(reply);
                if (length < 0) {
                    unanswered++;
                    end(key);
                } else if (!reply.hasRemaining()) {
                    answered++;
                    busy.countDown();
                    reply.clear();
                    sendUnlessEnded(key, channel);
                }
            } catch (IOException e) {
                resets++;
                end(key);
            }
        }

        private void sendUnlessEnded(SelectionKey key, SocketChannel channel) throws IOException {
            if (channel.read(ByteBuffer.allocate(1)) < 0) {
                end(key);
            } else {
                channel.write(ByteBuffer.wrap(FRAME));
            }
        }

        private void end(SelectionKey key) {
            ended++;
            key.cancel();
            try {
                key.channel().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @RepeatedTest(10)
    void answersEveryFrameThatWasSentBeforeTheFin() throws Exception {
        try (TestListener listener = TestListener.start()) {
            ClosedLoop load = new ClosedLoop(listener, 200);
            CompletableFuture<Void> running = CompletableFuture.runAsync(load);
            assertThat(load.busy.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                    .as("all clients are busy")
                    .isTrue();
            listener.factory().stop();
            running.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(load.ended).isEqualTo(200);
            assertThat(load.resets).as("clients that saw a reset").isZero();
            assertThat(load.unanswered).as("frames without an answer").isZero();
            assertThat(load.answered).isEqualTo(listener.observer().frames());
            assertThat(listener.factory().drained()).isEqualTo(new DrainReport(200, 0));
        }
    }

    @Test
    void endsInTimeWithClientsThatNeverStopSending() throws Exception {
        try (TestListener listener = TestListener.start("timeouts.linger=10s")) {
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                Socket client = listener.connect();
                clients.add(client);
                Thread.ofVirtual().start(() -> sendForEver(client));
                Thread.ofVirtual().start(() -> readForEver(client));
            }
            awaitFrames(listener, 100);
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(listener.factory()::stop);
            stopped.get(TestListener.DRAIN_TIMEOUT.plus(Duration.ofSeconds(2)).toMillis(), TimeUnit.MILLISECONDS);
            assertThat(listener.observer().active()).isZero();
            DrainReport report = listener.factory().drained();
            assertThat(report.drained() + report.forced()).isEqualTo(10);
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void resetsAClientThatTakesNoReplyAtTheDrainTimeout() throws Exception {
        try (TestListener listener = TestListener.start("timeouts.write=60s");
                Socket client = listener.connect()) {
            Thread.ofVirtual().start(() -> sendForEver(client));
            await().until(() -> listener.observer().readsPaused() > 0);
            listener.factory().stop();
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.DRAIN_FORCED);
            assertThat(listener.factory().drained()).isEqualTo(new DrainReport(0, 1));
        }
    }

    @Test
    void closesAQuietConnectionPolitely() throws Exception {
        try (TestListener listener = TestListener.start();
                Socket client = listener.connect()) {
            client.getOutputStream().write(FRAME);
            assertThat(client.getInputStream().readNBytes(REPLY)).hasSize(REPLY);
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(listener.factory()::stop);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.close();
            stopped.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(listener.observer().nextClosed().reason()).isEqualTo(CloseReason.DRAINED);
            assertThat(listener.factory().state()).isEqualTo(ListenerState.STOPPED);
        }
    }

    private static void awaitFrames(TestListener listener, long frames) {
        await().until(() -> listener.observer().frames() >= frames);
    }

    private static void sendForEver(Socket client) {
        try {
            OutputStream out = client.getOutputStream();
            while (!client.isClosed()) {
                out.write(FRAME);
            }
        } catch (IOException e) {
            // the listener has ended the connection: that is what the test waits for
        }
    }

    private static void readForEver(Socket client) {
        try {
            InputStream in = client.getInputStream();
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // as above
        }
    }
}
