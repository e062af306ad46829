package dev.readback.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Sockets and epoll as Linux has them, for one thread.
 *
 * <p>The load and the servers share the machine's processors, so what the load takes for itself, the servers lack: with
 * the JDK's selectors or Netty it would be as much as they take.
 */
@SuppressWarnings("restricted") // native access is what this is
final class Linux {

    static final int EPOLLIN = 1;
    static final int EPOLLOUT = 4;
    static final int EAGAIN = 11;

    private static final int EINPROGRESS = 115;
    private static final int AF_INET = 2;
    private static final int STREAM_NONBLOCK = 1 | 0x800;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int SHUT_WR = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int CTL_ADD = 1;
    private static final int CTL_DEL = 2;
    private static final int CTL_MOD = 3;
    private static final int MAX_EVENTS = 512;
    private static final int ADDRESS_SIZE = 16;

    // the kernel packs struct epoll_event on x86-64 only
    private static final boolean PACKED = "amd64".equals(System.getProperty("os.arch"));
    private static final int EVENT_SIZE = PACKED ? 12 : 16;
    private static final int EVENT_DATA = PACKED ? 4 : 8;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));
    private static final MethodHandle SOCKET = function("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CONNECT = function("connect", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            function("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            function("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SHUTDOWN = function("shutdown", JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = function("close", JAVA_INT);
    private static final MethodHandle EPOLL_CREATE = function("epoll_create1", JAVA_INT);
    private static final MethodHandle EPOLL_CTL = function("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle EPOLL_WAIT = function("epoll_wait", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle SEND = transfer("send");
    private static final MethodHandle RECV = transfer("recv");

    private final MemorySegment state = Arena.global().allocate(CALL_STATE);
    private final MemorySegment events = Arena.global().allocate((long) EVENT_SIZE * MAX_EVENTS, Long.BYTES);
    private final MemorySegment event = Arena.global().allocate(EVENT_SIZE, Long.BYTES);
    private final MemorySegment number = Arena.global().allocate(JAVA_INT);
    private final MemorySegment length = Arena.global().allocate(JAVA_INT);
    private final MemorySegment server = Arena.global().allocate(ADDRESS_SIZE, Long.BYTES);
    private final int epoll;

    /** @param port the server's, on this host */
    Linux(int port) {
        server.set(JAVA_SHORT, 0, (short) AF_INET);
        server.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) port);
        server.set(JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN), 4, 0x7f000001);
        epoll = call(() -> (int) EPOLL_CREATE.invokeExact(state, 0));
    }

    private static MethodHandle function(String name, java.lang.foreign.MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_INT, arguments),
                Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle transfer(String name) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT),
                Linker.Option.captureCallState("errno"));
    }

    /** Begins to connect, and returns the socket, which does not block. */
    int connect() {
        int socket = call(() -> (int) SOCKET.invokeExact(state, AF_INET, STREAM_NONBLOCK, 0));
        number.set(JAVA_INT, 0, 1);
        call(() -> (int)
                SETSOCKOPT.invokeExact(state, socket, IPPROTO_TCP, TCP_NODELAY, number, (int) JAVA_INT.byteSize()));
        try {
            int result = (int) CONNECT.invokeExact(state, socket, server, ADDRESS_SIZE);
            if (result < 0 && errno() != EINPROGRESS) {
                throw failed("connect");
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
        return socket;
    }

    /** Whether the connection is there, or how it failed. */
    int error(int socket) {
        length.set(JAVA_INT, 0, (int) JAVA_INT.byteSize());
        call(() -> (int) GETSOCKOPT.invokeExact(state, socket, SOL_SOCKET, SO_ERROR, number, length));
        return number.get(JAVA_INT, 0);
    }

    /** Sends, and returns how many bytes went; below 0 when none did, see {@link #errno}. */
    long send(int socket, MemorySegment bytes, long from, long count) {
        try {
            return (long) SEND.invokeExact(state, socket, bytes.asSlice(from, count), count, MSG_NOSIGNAL);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Receives, and returns how many bytes came; 0 at the end, below 0 when none are there, see {@link #errno}. */
    long receive(int socket, MemorySegment buffer) {
        try {
            return (long) RECV.invokeExact(state, socket, buffer, buffer.byteSize(), 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    void shutdownOutput(int socket) {
        call(() -> (int) SHUTDOWN.invokeExact(state, socket, SHUT_WR));
    }

    void close(int socket) {
        call(() -> (int) CLOSE.invokeExact(state, socket));
    }

    void add(int socket, int interest, int index) {
        control(CTL_ADD, socket, interest, index);
    }

    void modify(int socket, int interest, int index) {
        control(CTL_MOD, socket, interest, index);
    }

    void remove(int socket) {
        control(CTL_DEL, socket, 0, 0);
    }

    private void control(int operation, int socket, int interest, int index) {
        event.set(JAVA_INT, 0, interest);
        event.set(JAVA_INT, EVENT_DATA, index);
        call(() -> (int) EPOLL_CTL.invokeExact(state, epoll, operation, socket, event));
    }

    /** Waits until something happens, at most so long, and returns how many events there are. */
    int await(int millis) {
        try {
            return Math.max((int) EPOLL_WAIT.invokeExact(state, epoll, events, MAX_EVENTS, millis), 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The index given to {@link #add} for the socket of an event. */
    int index(int of) {
        return events.get(JAVA_INT, (long) of * EVENT_SIZE + EVENT_DATA);
    }

    /** What happened. */
    int ready(int of) {
        return events.get(JAVA_INT, (long) of * EVENT_SIZE);
    }

    int errno() {
        return (int) ERRNO.get(state, 0L);
    }

    /** Ends all that was opened but the sockets. */
    void close() {
        close(epoll);
    }

    /** Memory that calls can use, 0 throughout. */
    static MemorySegment allocate(long bytes) {
        return Arena.ofAuto().allocate(bytes, Long.BYTES);
    }

    static MemorySegment repeat(byte[] unit, long bytes) {
        MemorySegment segment = allocate(bytes);
        for (long at = 0; at < bytes; at++) {
            segment.set(JAVA_BYTE, at, unit[(int) (at % unit.length)]);
        }
        return segment;
    }

    @FunctionalInterface
    private interface Call {
        int run() throws Throwable;
    }

    private int call(Call call) {
        int result;
        try {
            result = call.run();
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (result < 0) {
            throw failed("a call");
        }
        return result;
    }

    private IllegalStateException failed(String what) {
        return new IllegalStateException(what + " failed with errno " + errno());
    }

    private static IllegalStateException unexpected(Throwable e) {
        return e instanceof IllegalStateException known ? known : new IllegalStateException(e);
    }
}
