package dev.readback.bench;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

/** Loads a server in a closed loop, on the calling thread, and checks every byte that comes back. */
final class Load {

    static final byte[] ACKNOWLEDGEMENT = "\ni get it!\n".getBytes(StandardCharsets.UTF_8);

    private static final int BUFFER = 256 * 1024;
    private static final int LETTERS = 26;
    private static final int WAIT_MILLIS = 50;
    private static final long SECOND = 1_000_000_000;
    private static final long PATIENCE = 30 * SECOND;

    private final Scenario scenario;
    private final Linux linux;
    private final LongSupplier cpuNanos;
    private final MemorySegment buffer = Linux.allocate(BUFFER);
    private final MemorySegment messages; // as many as may be in flight, or enough to compare a whole read with
    private final MemorySegment reply;
    private final int replySize;
    private final int[] sockets;
    private final int[] got; // bytes of the reply that comes; with bulk, bytes of the acknowledgement
    private final long[] began;
    private final long[] sent;
    private final long[] received;
    private final boolean[] connected;
    private final Latencies latencies = new Latencies();
    private boolean counting;
    private long bytes;
    private long wrong;

    /** @param cpuNanos the CPU time that the server has taken so far, in nanoseconds */
    Load(Scenario scenario, int port, LongSupplier cpuNanos) {
        this.scenario = scenario;
        this.linux = new Linux(port);
        this.cpuNanos = cpuNanos;
        byte[] message = message(scenario);
        int room = scenario.kind() == Scenario.Kind.BULK ? scenario.size() + BUFFER : 0;
        this.messages = Linux.repeat(message, Math.max((long) scenario.depth() * scenario.size(), room));
        this.replySize = scenario.size() + ACKNOWLEDGEMENT.length;
        byte[] expected = new byte[replySize];
        System.arraycopy(message, 0, expected, 0, message.length);
        System.arraycopy(ACKNOWLEDGEMENT, 0, expected, message.length, ACKNOWLEDGEMENT.length);
        this.reply = Linux.repeat(expected, replySize);
        int connections = scenario.connections();
        this.sockets = new int[connections];
        this.got = new int[connections];
        this.began = new long[connections];
        this.sent = new long[connections];
        this.received = new long[connections];
        this.connected = new boolean[connections];
    }

    private static byte[] message(Scenario scenario) {
        byte[] message = new byte[scenario.size()];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) ('a' + i % LETTERS);
        }
        if (scenario.kind() == Scenario.Kind.LINE) {
            message[message.length - 1] = '\n';
        }
        return message;
    }

    /** Runs for some seconds after a warm-up that does not count. */
    Figures run(double warmUp, double seconds) {
        connectAll();
        long now = System.nanoTime();
        long begin = now + (long) (warmUp * SECOND);
        long end = begin + (long) (seconds * SECOND);
        long cpu = 0;
        while (now < end) {
            if (!counting && now >= begin) {
                counting = true;
                begin = now;
                cpu = cpuNanos.getAsLong();
            }
            turn();
            now = System.nanoTime();
        }
        cpu = cpuNanos.getAsLong() - cpu;
        closeAll();
        return figures((now - begin) / (double) SECOND, cpu / 1000.0);
    }

    /** Opens the connections, makes one exchange on each, and holds them while something is measured. */
    long hold(LongSupplier during) {
        connectAll();
        long end = System.nanoTime() + PATIENCE;
        counting = true;
        while (latencies.total() < scenario.connections() && System.nanoTime() < end) {
            turn();
        }
        long result = during.getAsLong();
        closeAll();
        return result;
    }

    private Figures figures(double seconds, double cpuMicros) {
        boolean bulk = scenario.kind() == Scenario.Kind.BULK;
        double count = bulk ? bytes / 1e6 : latencies.total();
        return new Figures(
                count / seconds,
                count == 0 ? 0 : cpuMicros / count,
                latencies.quantile(0.5),
                latencies.quantile(0.99),
                wrong);
    }

    private void connectAll() {
        for (int i = 0; i < sockets.length; i++) {
            dial(i);
        }
    }

    private void closeAll() {
        for (int socket : sockets) {
            if (socket >= 0) {
                linux.close(socket);
            }
        }
        linux.close();
    }

    private void dial(int index) {
        sockets[index] = linux.connect();
        connected[index] = false;
        got[index] = 0;
        began[index] = System.nanoTime();
        linux.add(sockets[index], Linux.EPOLLOUT, index);
    }

    private void turn() {
        int events = linux.await(WAIT_MILLIS);
        for (int i = 0; i < events; i++) {
            int index = linux.index(i);
            if (!connected[index]) {
                begin(index);
            } else if (scenario.kind() == Scenario.Kind.BULK) {
                stream(index, linux.ready(i));
            } else {
                read(index);
            }
        }
    }

    // a connection that is there sends its first messages
    private void begin(int index) {
        int socket = sockets[index];
        if (linux.error(socket) != 0) {
            lose(index);
            return;
        }
        connected[index] = true;
        began[index] = scenario.kind() == Scenario.Kind.CHURN ? began[index] : System.nanoTime();
        if (scenario.kind() == Scenario.Kind.BULK) {
            linux.modify(socket, Linux.EPOLLIN | Linux.EPOLLOUT, index);
            return;
        }
        linux.modify(socket, Linux.EPOLLIN, index);
        send(index, scenario.depth());
        if (scenario.kind() == Scenario.Kind.CHURN) {
            linux.shutdownOutput(socket);
        }
    }

    private void send(int index, int count) {
        long length = (long) count * scenario.size();
        if (linux.send(sockets[index], messages, 0, length) != length) {
            wrong++;
        }
    }

    private void lose(int index) {
        wrong++;
        if (scenario.kind() == Scenario.Kind.CHURN) {
            again(index);
        } else {
            linux.close(sockets[index]);
            sockets[index] = -1;
        }
    }

    private void again(int index) {
        linux.close(sockets[index]);
        dial(index);
    }

    private void read(int index) {
        long count = linux.receive(sockets[index], buffer);
        if (count < 0 && linux.errno() == Linux.EAGAIN) {
            return;
        }
        if (count <= 0) {
            end(index, count);
            return;
        }
        int replies = check(index, count);
        if (replies > 0 && scenario.kind() != Scenario.Kind.CHURN) {
            long now = System.nanoTime();
            for (int i = 0; i < replies; i++) {
                record(now - began[index]);
            }
            began[index] = now;
            if (scenario.kind() != Scenario.Kind.IDLE) {
                send(index, replies);
            }
        }
    }

    private void end(int index, long count) {
        if (scenario.kind() == Scenario.Kind.CHURN && count == 0 && got[index] == replySize) {
            record(System.nanoTime() - began[index]);
            again(index);
        } else {
            lose(index);
        }
    }

    private void record(long nanos) {
        if (counting) {
            latencies.record(nanos);
        }
    }

    // how many replies were completed; churn has one, which stays
    private int check(int index, long count) {
        int replies = 0;
        for (long at = 0; at < count; ) {
            int has = got[index];
            long take = Math.min(replySize - has, count - at);
            if (take == 0 || MemorySegment.mismatch(buffer, at, at + take, reply, has, has + take) >= 0) {
                wrong++;
                return replies;
            }
            at += take;
            got[index] += (int) take;
            if (got[index] == replySize) {
                replies++;
                got[index] = scenario.kind() == Scenario.Kind.CHURN ? replySize : 0;
            }
        }
        return replies;
    }

    private void stream(int index, int ready) {
        if ((ready & Linux.EPOLLOUT) != 0) {
            long from = sent[index] % scenario.size();
            long count = linux.send(sockets[index], messages, from, scenario.size() - from);
            if (count > 0) {
                sent[index] += count;
            } else if (linux.errno() != Linux.EAGAIN) {
                lose(index);
                return;
            }
        }
        if ((ready & Linux.EPOLLIN) != 0) {
            long count = linux.receive(sockets[index], buffer);
            if (count > 0) {
                checkStream(index, count);
            } else if (count == 0 || linux.errno() != Linux.EAGAIN) {
                lose(index);
            }
        }
    }

    // an acknowledgement stands wherever a read of the server's ended: where the payload, which has no line feed, stops
    private void checkStream(int index, long count) {
        long at = 0;
        while (at < count) {
            if (got[index] == 0) {
                long from = received[index] % scenario.size();
                long same = MemorySegment.mismatch(buffer, at, count, messages, from, from + count - at);
                long payload = same < 0 ? count - at : same;
                at += payload;
                received[index] += payload;
                bytes += counting ? payload : 0;
            }
            if (at < count) {
                int has = got[index];
                long take = Math.min(ACKNOWLEDGEMENT.length - has, count - at);
                if (MemorySegment.mismatch(
                                buffer,
                                at,
                                at + take,
                                reply,
                                scenario.size() + (long) has,
                                scenario.size() + has + take)
                        >= 0) {
                    wrong++;
                    return;
                }
                at += take;
                got[index] = (int) ((has + take) % ACKNOWLEDGEMENT.length);
            }
        }
    }
}
