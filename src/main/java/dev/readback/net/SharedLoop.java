package dev.readback.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop without a thread of its own: {@link LoopThreads} run it, one at a time, a turn each time that it has
 * something to do.
 *
 * <p>What belongs to it is safe as with any event loop: a turn sees all that the turns before it have done, whichever
 * thread they were on.
 */
final class SharedLoop extends AbstractScheduledEventExecutor implements IoEventLoop {

    /** No timer is set, in place of the time at which one is due. */
    static final long NEVER = Long.MAX_VALUE;

    /** A task that gives itself to the loop again and again does not keep what else waits. */
    private static final int TASKS_IN_TURN = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(SharedLoop.class);

    private final String name;
    private final DirectEpoll io;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicLong due = new AtomicLong(NEVER); // on the ticker's clock
    private final Promise<Void> terminated = new DefaultPromise<>(GlobalEventExecutor.INSTANCE);
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private volatile @Nullable Thread holder; // null between two turns

    private enum State {
        OPEN,
        CLOSING,
        CLOSED
    }

    /** @param io makes Netty's epoll */
    SharedLoop(String name, IoEventLoopGroup parent, IoHandlerFactory io) {
        super(parent);
        this.name = name;
        this.io = new DirectEpoll(io.newHandler(this));
    }

    /** What is readable as long as the loop has something to do. */
    int descriptor() {
        return io.descriptor();
    }

    /** The thread that is on its turn; null where none is. Any thread. */
    @Nullable
    Thread holder() {
        return holder;
    }

    /** When its next timer is due, on the ticker's clock; {@link #NEVER} where there is none. Any thread. */
    long due() {
        return due.get();
    }

    /** Lets a turn run the timer that is due at this time, unless a turn has been there meanwhile. Any thread. */
    void fire(long time) {
        if (due.compareAndSet(time, NEVER)) {
            io.wakeup();
        }
    }

    /**
     * Handles what is ready, runs the tasks that wait, and the timers that are due. On one thread at a time.
     *
     * @return whether the loop goes on; otherwise it has ended, with all that belonged to it
     */
    boolean turn() {
        if (holder != null) { // read also so that this turn sees what the one before has written
            throw new IllegalStateException(name + " is on its turn already");
        }
        holder = Thread.currentThread();
        try {
            handleReady();
            if (state.get() == State.OPEN) {
                runTasks();
                tellDue();
                return true;
            }
            end();
            return false;
        } finally {
            holder = null;
        }
    }

    private void handleReady() {
        try {
            io.run(NothingToWaitFor.INSTANCE);
        } catch (Throwable e) { // a bug, or no memory: it may have cost a connection, and not the loop
            LOG.error("{}: a turn failed", name, e);
        }
    }

    private void tellDue() {
        long next = nextScheduledTaskDeadlineNanos();
        if (next == -1) {
            next = NEVER;
        }
        if (next != due.get()) {
            due.set(next);
        }
    }

    private void runTasks() {
        fetchFromScheduledTaskQueue(tasks);
        for (int i = 0; i < TASKS_IN_TURN; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            safeExecute(task);
        }
        io.wakeup();
    }

    private void end() {
        try {
            endChannels();
            state.set(State.CLOSED);
            runLast(); // what came in between, and maybe channels with it
            endChannels();
        } catch (Throwable e) {
            LOG.error("{}: not all of it has ended", name, e);
        } finally {
            state.set(State.CLOSED);
            due.set(NEVER);
            io.destroy();
            terminated.setSuccess(null);
        }
    }

    private void endChannels() {
        io.prepareToDestroy();
        cancelScheduledTasks();
        runLast();
    }

    private void runLast() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            safeExecute(task);
        }
    }

    @Override
    public void execute(Runnable task) {
        if (inEventLoop()) {
            tasks.add(task); // this turn comes to it
            return;
        }
        tasks.add(task);
        if (state.get() == State.CLOSED && tasks.remove(task)) {
            throw new RejectedExecutionException(name + " has ended");
        }
        io.wakeup();
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return holder == thread;
    }

    // --- channels

    @Override
    public Future<IoRegistration> register(IoHandle handle) {
        Promise<IoRegistration> registered = newPromise();
        if (inEventLoop()) {
            register(handle, registered);
        } else {
            execute(() -> register(handle, registered));
        }
        return registered;
    }

    private void register(IoHandle handle, Promise<IoRegistration> registered) {
        try {
            registered.setSuccess(io.register(handle));
        } catch (Exception e) {
            registered.setFailure(e);
        }
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel) {
        return register(channel, new DefaultChannelPromise(channel, this));
    }

    @Override
    @Deprecated
    public ChannelFuture register(ChannelPromise promise) {
        return register(promise.channel(), promise);
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
        channel.unsafe().register(this, promise);
        return promise;
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return io.isCompatible(handleType);
    }

    @Override
    public boolean isIoType(Class<? extends IoHandler> handlerType) {
        return handlerType.isInstance(io);
    }

    @Override
    public IoEventLoop next() {
        return this;
    }

    @Override
    public @Nullable IoEventLoopGroup parent() {
        return (IoEventLoopGroup) super.parent();
    }

    // --- the end

    /** Closes its channels and ends with the next turn, which runs what it was given before; both times are ignored. */
    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        beginToEnd();
        return terminated;
    }

    private void beginToEnd() {
        if (state.compareAndSet(State.OPEN, State.CLOSING)) {
            io.wakeup();
        }
    }

    @Override
    @Deprecated
    public void shutdown() {
        beginToEnd();
    }

    @Override
    public Future<?> terminationFuture() {
        return terminated;
    }

    @Override
    public boolean isShuttingDown() {
        return state.get() != State.OPEN;
    }

    @Override
    public boolean isShutdown() {
        return state.get() == State.CLOSED;
    }

    @Override
    public boolean isTerminated() {
        return terminated.isDone();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }

    @Override
    public String toString() {
        return name;
    }

    /** A turn takes what is ready: to wait is up to the threads. */
    private enum NothingToWaitFor implements IoHandlerContext {
        INSTANCE;

        @Override
        public boolean canBlock() {
            return false;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return -1;
        }
    }
}
