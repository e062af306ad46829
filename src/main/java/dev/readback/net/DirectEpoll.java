package dev.readback.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Netty's epoll for one event loop, with a way around the channel: where epoll says that bytes can be read and nothing
 * else, the connection is asked first whether it takes them as a {@link DirectSocket}. Every other event, and every one
 * that the connection does not want, goes to the channel as ever.
 */
final class DirectEpoll implements IoHandler {

    private static final Logger LOG = LoggerFactory.getLogger(DirectEpoll.class);
    private static final int READABLE = EpollIoOps.EPOLLIN.value();

    /** Each thread's own, so that it finds it warm whichever loop it runs. */
    private static final FastThreadLocal<PassingBuffer> PASSING = new FastThreadLocal<>() {
        @Override
        protected PassingBuffer initialValue() {
            return new PassingBuffer();
        }

        @Override
        protected void onRemoval(PassingBuffer buffer) {
            buffer.free();
        }
    };

    private final IoHandler epoll;
    private final int descriptor;
    private final Wake wake;

    /** @param epoll Netty's, which nobody else uses */
    DirectEpoll(IoHandler epoll) {
        this.epoll = epoll;
        this.descriptor = EpollAccess.descriptor(epoll);
        try {
            this.wake = new Wake();
            epoll.register(wake).submit(EpollIoOps.valueOf(Native.EPOLLIN | Native.EPOLLET));
        } catch (Throwable e) { // as where there is no descriptor left
            epoll.destroy();
            throw new IllegalStateException("an event loop cannot be woken", e);
        }
    }

    /** For an event loop that has its thread. */
    static IoHandlerFactory newFactory() {
        IoHandlerFactory epoll = EpollIoHandler.newFactory();
        return executor -> new DirectEpoll(epoll.newHandler(executor));
    }

    /** The epoll instance, to be waited for. */
    int descriptor() {
        return descriptor;
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return epoll.register(
                handle instanceof EpollIoHandle own
                                && handle instanceof Channel.Unsafe unsafe
                                && unsafe.voidPromise().channel() instanceof EpollSocketChannel channel
                                && own.fd() instanceof Socket socket
                        ? new Handle(own, channel, socket)
                        : handle);
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        try {
            return epoll.run(context);
        } finally {
            wake.again(); // after it was told, and before the loop looks at what it was woken for
        }
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
        wake.close();
    }

    /** Makes the epoll instance readable until the next run, so that there is one. Any thread. */
    @Override
    public void wakeup() {
        wake.up();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    /** What makes the epoll instance readable where no channel does. */
    private static final class Wake implements EpollIoHandle {

        private final FileDescriptor counter = Native.newEventFd();
        private final AtomicBoolean up = new AtomicBoolean();
        private final Lock open = new ReentrantLock(); // another file may have the number as soon as it is closed
        private boolean closed;

        void up() {
            if (!up.get() && up.compareAndSet(false, true)) {
                open.lock();
                try {
                    if (!closed) {
                        Native.eventFdWrite(counter.intValue(), 1);
                    }
                } finally {
                    open.unlock();
                }
            }
        }

        void again() {
            if (up.get()) {
                up.set(false);
            }
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            // told once for each write (EPOLLET), so there is no need to read it
        }

        @Override
        public FileDescriptor fd() {
            return counter;
        }

        @Override
        public void close() {
            open.lock();
            try {
                if (!closed) {
                    closed = true;
                    counter.close();
                }
            } catch (IOException e) {
                LOG.debug("Not closed", e);
            } finally {
                open.unlock();
            }
        }
    }

    /** What epoll tells of one connection. */
    private static final class Handle implements EpollIoHandle, DirectSocket {

        private final EpollIoHandle own;
        private final EpollSocketChannel channel;
        private final Socket socket;
        private @Nullable Wire wire; // null until something has come

        Handle(EpollIoHandle own, EpollSocketChannel channel, Socket socket) {
            this.own = own;
            this.channel = channel;
            this.socket = socket;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            if (((EpollIoEvent) event).ops().value() != READABLE || !isTaken()) {
                own.handle(registration, event);
            }
        }

        private boolean isTaken() {
            Wire known = wire;
            if (known == null) {
                known = channel.pipeline().get(Wire.class);
                wire = known;
            }
            return known != null && known.read(this);
        }

        @Override
        public @Nullable ByteBuf read(int size, boolean passing) throws IOException {
            ByteBuf buffer = passing ? PASSING.get().take(size) : null;
            if (buffer == null) {
                buffer = channel.alloc().ioBuffer(size + Outbox.ROOM);
            }
            int came = 0;
            try {
                came = receive(buffer, size);
            } finally {
                if (came <= 0) {
                    buffer.release();
                }
            }
            return came > 0 ? buffer.writerIndex(came) : null;
        }

        private int receive(ByteBuf buffer, int size) throws IOException {
            if (buffer.hasMemoryAddress()) {
                return socket.recvAddress(buffer.memoryAddress(), 0, size);
            }
            ByteBuffer memory = buffer.internalNioBuffer(0, size);
            return socket.recv(memory, memory.position(), memory.limit());
        }

        @Override
        public int write(ByteBuf bytes) {
            try {
                int taken = socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
                bytes.skipBytes(taken);
                return taken;
            } catch (IOException e) {
                LOG.trace("{}: lost, as the channel's next write will find", channel, e);
                return 0;
            }
        }

        @Override
        public FileDescriptor fd() {
            return own.fd();
        }

        @Override
        public void registered() {
            own.registered();
        }

        @Override
        public void unregistered() {
            own.unregistered();
        }

        @Override
        public void close() throws Exception {
            own.close();
        }
    }
}
