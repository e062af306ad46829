package dev.readback.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Has Netty load its native code and look at its platform on a thread of its own, while the start reads the settings: the
 * web server and the listeners would wait for it.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class NettyPreinitializer implements BackgroundPreinitializer {

    @Override
    public void preinitialize() {
        ByteBufAllocator.DEFAULT.directBuffer().release();
        Epoll.isAvailable();
    }
}
