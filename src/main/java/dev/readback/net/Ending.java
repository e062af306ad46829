package dev.readback.net;

import dev.readback.settings.HalfClose;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How one connection ends: which of its sides are shut, and why it closes, for one reason, once. Belongs to the
 * connection's event loop.
 *
 * <p>There are three ways to end. {@link #finish}: what waits is sent, Readback's side is shut, and what still comes is
 * discarded until the client closes too or {@code timeouts.linger} is over, since a socket closed over unread input
 * resets the connection, and the reset can overtake the last reply. {@link #end}: the socket is closed.
 * {@link #abort}: the connection is reset.
 */
final class Ending {

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Connection connection;
    private @Nullable CloseReason reason; // null while nothing has ended the connection
    private @Nullable Future<?> lastFrame; // ends the wait for the frame that has begun; null but for a last frame
    private boolean answers = true; // until either side is shut by Readback
    private boolean closing;
    private boolean peerShut;
    private boolean localShut;
    private boolean ignoringInput; // an operator shut the reading side
    private boolean leaving; // an operator shut both sides
    private boolean draining;
    private long peerShutAt;

    Ending(Connection connection) {
        this.connection = connection;
    }

    // --- what is over

    /** Whether frames are answered: neither an end nor an operator has shut a side. */
    boolean answers() {
        return answers;
    }

    boolean isClosing() {
        return closing;
    }

    /** Whether more may come that matters. */
    boolean isListening() {
        return !closing && !peerShut;
    }

    /** Whether the connection is to end behind the next reply. */
    boolean isDraining() {
        return draining;
    }

    /** Whether the frame in hand is the last that is answered. */
    boolean isLastFrame() {
        return lastFrame != null;
    }

    /** Why the connection closes; null while it does not. */
    @Nullable
    CloseReason reason() {
        return reason;
    }

    Set<Side> openSides() {
        Set<Side> open = EnumSet.noneOf(Side.class);
        if (!isPeerSideShut()) {
            open.add(Side.PEER);
        }
        if (!localShut) {
            open.add(Side.LOCAL);
        }
        return open;
    }

    /** Whether the client has shut its sending side. */
    boolean isPeerShut() {
        return peerShut;
    }

    private boolean isPeerSideShut() {
        return peerShut || ignoringInput;
    }

    // --- what ends it

    /** The client has shut its sending side. */
    void peerShuts() {
        if (peerShut || !channel().isOpen()) {
            return;
        }
        if (!ignoringInput) {
            observer().halfOpened(Side.PEER);
        }
        peerShut = true;
        peerShutAt = timeouts().now();
        timeouts().stop(TimeoutKind.IDLE);
        timeouts().stop(TimeoutKind.FIRST_BYTE);
        timeouts().stop(TimeoutKind.FRAME);
        if (!connection.isEstablished()) {
            // a load balancer's check connects and closes; who has begun a handshake has broken it off
            end(wire().received() == 0 ? CloseReason.PEER_CLOSED : CloseReason.HANDSHAKE_FAILED);
        } else if (localShut) {
            end(ignoringInput ? CloseReason.OPERATOR : CloseReason.PEER_CLOSED);
        } else if (connection.isInsideFrame() && answers) {
            connection.truncated();
        } else if (!closing) {
            switch (connection.halfClose()) {
                case ANSWER_THEN_CLOSE -> goOnWhenDrained();
                case KEEP_OPEN -> timeouts().start(TimeoutKind.HALF_OPEN);
                case CLOSE_NOW -> {
                    connection.closeNotify();
                    end(CloseReason.PEER_CLOSED);
                }
            }
        }
    }

    /** A timeout ran out. */
    void timedOut(TimeoutKind kind) {
        switch (kind) {
            case IDLE, FIRST_BYTE, FRAME, HALF_OPEN -> giveUp(kind.reason());
            case LIFETIME -> giveUpAfterFrame(kind.reason());
            // nothing gets through to such a peer, and a polite close would leave its replies to the kernel
            case WRITE -> abort(kind.reason());
            // there is nothing to say to a peer with which nothing is agreed yet
            case HANDSHAKE, LINGER -> end(kind.reason());
        }
    }

    // a frame that has begun may be completed, for as long as timeouts.frame still lets it, and without that for linger
    private void giveUpAfterFrame(CloseReason cause) {
        because(cause);
        long frame = nanos(TimeoutKind.FRAME);
        long patience = frame > 0 ? frame : nanos(TimeoutKind.LINGER);
        if (connection.isInsideFrame() && patience > 0) {
            lastFrame = channel().eventLoop().schedule(() -> giveUp(cause), patience, TimeUnit.NANOSECONDS);
        } else {
            giveUp(cause);
        }
    }

    /** Ends politely, behind a word that the client is out of time. */
    void giveUp(CloseReason cause) {
        byte[] notice = listener().timeoutNotice();
        if (notice.length > 0 && !closing && channel().isActive()) {
            connection.flushReplies();
            channel().write(Unpooled.wrappedBuffer(notice), channel().voidPromise());
        }
        finish(cause);
    }

    /**
     * Ends the connection as soon as the client loses nothing by it: right behind the next reply, or when it has been
     * quiet for a second, in which a frame that was under way would have come.
     */
    void drain() {
        assert channel().eventLoop().inEventLoop();
        draining = true;
        finishIfQuiet();
    }

    private void finishIfQuiet() {
        long left = QUIET_NANOS - (timeouts().now() - wire().lastRead());
        if (peerShut || !answers || (left <= 0 && !connection.isInsideFrame())) {
            finish(CloseReason.DRAINED);
        } else if (channel().isOpen()) {
            long next = left > 0 ? left : QUIET_NANOS; // a frame that has begun is waited for, up to the drain timeout
            channel().eventLoop().schedule(this::finishIfQuiet, next, TimeUnit.NANOSECONDS);
        }
    }

    /** Lets timeouts that have changed end this connection, from when each began to run. */
    void retune() {
        if (isLeaving() && localShut && nanos(TimeoutKind.LINGER) == 0) {
            goOn(); // linger was turned off while it ran
            return;
        }
        timeouts().retune(TimeoutKind.LINGER);
        if (!closing) {
            if (lastFrame == null) { // its lifetime is not over yet
                timeouts().restart(TimeoutKind.LIFETIME, connection.opened());
            }
            if (peerShut && connection.halfClose() == HalfClose.KEEP_OPEN) {
                timeouts().restart(TimeoutKind.HALF_OPEN, peerShutAt);
            }
        }
    }

    // --- how it ends

    /** Ends politely, for this reason unless there is one already. */
    void finish(CloseReason cause) {
        assert channel().eventLoop().inEventLoop();
        because(cause);
        if (closing || !channel().isOpen()) {
            return;
        }
        closing = true;
        timeouts().stop(TimeoutKind.IDLE);
        timeouts().stop(TimeoutKind.FIRST_BYTE);
        timeouts().stop(TimeoutKind.LIFETIME);
        timeouts().stop(TimeoutKind.HANDSHAKE);
        timeouts().stop(TimeoutKind.HALF_OPEN);
        wire().resume();
        stopWaitingForFrame();
        stopAnswering();
        goOnWhenDrained();
    }

    // what is not answered is no frame either: it can be neither too large nor too late
    private void stopAnswering() {
        answers = false;
        timeouts().stop(TimeoutKind.FRAME);
        connection.stopAnswering();
    }

    /** Closes the socket, for this reason unless there is one already. */
    void end(CloseReason cause) {
        assert channel().eventLoop().inEventLoop();
        because(cause);
        closing = true;
        if (channel().isOpen()) {
            wire().settle();
            wire().close();
        }
    }

    /** Resets the connection, for this reason unless there is one already. */
    void abort(CloseReason cause) {
        assert channel().eventLoop().inEventLoop();
        if (channel().isOpen()) {
            if (reason == CloseReason.DRAINED) {
                reason = cause; // it was to be drained, and was not
            }
            channel().config().setOption(ChannelOption.SO_LINGER, 0);
            end(cause);
        }
    }

    /** Shuts Readback's sending side, once what waits is sent: the client sees the end, and is not answered any more. */
    void shutWrite() {
        assert channel().eventLoop().inEventLoop();
        if (channel().isOpen()) {
            stopAnswering();
            goOnWhenDrained();
        }
    }

    /** Ignores what comes from now on, which is still counted; what waits is still sent. */
    void shutRead() {
        assert channel().eventLoop().inEventLoop();
        if (channel().isOpen() && !ignoringInput) {
            stopAnswering();
            ignoringInput = true;
            if (!peerShut) {
                observer().halfOpened(Side.PEER);
            }
        }
    }

    /** Shuts both sides; the connection is over when the client closes too, or {@code timeouts.linger} later. */
    void shutBoth() {
        shutRead();
        if (channel().isOpen()) {
            leaving = true;
            goOnWhenDrained();
        }
    }

    private void because(CloseReason cause) {
        if (reason == null) {
            reason = cause;
        }
    }

    private void goOnWhenDrained() {
        channel().flush();
        connection.closeNotify();
        wire().flush();
        if (wire().isDrained()) {
            goOn();
        } else {
            wire().taken().addListener(written -> {
                if (written.isSuccess()) {
                    goOn();
                }
            });
        }
    }

    // what is done next is up to all that was asked for by now: the first of several that wait shuts the side, and
    // Netty then fails the others' writes
    private void goOn() {
        if (!channel().isOpen()) {
            return;
        }
        if (peerShut || (isLeaving() && nanos(TimeoutKind.LINGER) == 0)) {
            end(leaving ? CloseReason.OPERATOR : CloseReason.PEER_CLOSED);
            return;
        }
        sendFin();
        if (isLeaving() && !timeouts().isRunning(TimeoutKind.LINGER)) {
            timeouts().start(TimeoutKind.LINGER);
        }
    }

    private boolean isLeaving() {
        return closing || leaving;
    }

    private void sendFin() {
        if (!localShut) {
            wire().settle(); // the transport may have sent the last bytes by itself, and after this nothing can tell
            localShut = true;
            observer().halfOpened(Side.LOCAL);
            ((DuplexChannel) channel()).shutdownOutput();
        }
    }

    private void stopWaitingForFrame() {
        Future<?> wait = lastFrame;
        if (wait != null) {
            wait.cancel(false);
            lastFrame = null;
        }
    }

    /** The channel is closed, and so are its sides: gives back what they were counted as, and says why they are. */
    CloseReason closed() {
        because(CloseReason.PEER_RESET); // only a failed write closes a channel without a reason
        closing = true;
        stopWaitingForFrame();
        if (isPeerSideShut()) {
            observer().halfOpenEnded(Side.PEER);
        }
        if (localShut) {
            observer().halfOpenEnded(Side.LOCAL);
        }
        CloseReason known = reason;
        return known == null ? CloseReason.ERROR : known;
    }

    private Channel channel() {
        return connection.channel();
    }

    private Wire wire() {
        return connection.wire();
    }

    private Timeouts timeouts() {
        return connection.timeouts();
    }

    private ListenerContext listener() {
        return connection.listener();
    }

    private ListenerObserver observer() {
        return listener().observer();
    }

    private long nanos(TimeoutKind kind) {
        return kind.nanos(listener().timeouts());
    }
}
