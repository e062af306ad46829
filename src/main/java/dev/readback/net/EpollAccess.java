package dev.readback.net;

import io.netty.channel.IoHandler;
import io.netty.channel.epoll.EpollEventArray;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;

/**
 * The few parts of Netty's epoll that Netty keeps to itself and that waiting for several of its event loops at once needs.
 *
 * <p>Should a later version of Netty lack one, the first test that opens event loops fails, and says which.
 */
final class EpollAccess {

    private static final MethodHandle DESCRIPTOR;
    private static final MethodHandle NEW_EVENTS;
    private static final MethodHandle DESCRIPTOR_OF_EVENT;
    private static final MethodHandle FREE;
    private static final MethodHandle WAIT;

    static {
        try {
            Lookup here = MethodHandles.lookup();
            Lookup handler = MethodHandles.privateLookupIn(EpollIoHandler.class, here);
            DESCRIPTOR = handler.findGetter(EpollIoHandler.class, "epollFd", FileDescriptor.class);
            Lookup events = MethodHandles.privateLookupIn(EpollEventArray.class, here);
            NEW_EVENTS = events.findConstructor(EpollEventArray.class, MethodType.methodType(void.class, int.class));
            DESCRIPTOR_OF_EVENT =
                    events.findVirtual(EpollEventArray.class, "fd", MethodType.methodType(int.class, int.class));
            FREE = events.findVirtual(EpollEventArray.class, "free", MethodType.methodType(void.class));
            WAIT = MethodHandles.privateLookupIn(Native.class, here)
                    .findStatic(
                            Native.class,
                            "epollWait",
                            MethodType.methodType(
                                    int.class, FileDescriptor.class, EpollEventArray.class, boolean.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private EpollAccess() {}

    /** The epoll instance of one event loop. */
    static int descriptor(IoHandler epoll) {
        try {
            return ((FileDescriptor) DESCRIPTOR.invokeExact((EpollIoHandler) epoll)).intValue();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Room for one event. */
    static EpollEventArray newEvent() {
        try {
            return (EpollEventArray) NEW_EVENTS.invokeExact(1);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Waits for an event of any of the descriptors that an epoll instance has, without end, and returns which it is. */
    static int await(FileDescriptor epoll, EpollEventArray event) throws IOException {
        try {
            int events;
            do {
                events = (int) WAIT.invokeExact(epoll, event, false);
            } while (events == 0);
            return (int) DESCRIPTOR_OF_EVENT.invokeExact(event, 0);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Gives its memory back. */
    static void free(EpollEventArray event) {
        try {
            FREE.invokeExact(event);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }
}
