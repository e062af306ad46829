package dev.readback.listener;

import dev.readback.net.NettyServerConnectionFactory;
import org.springframework.integration.endpoint.EventDrivenConsumer;

/**
 * What belongs to one listener and has to be started or stopped.
 *
 * @param flow takes what the gateway sends to the acknowledger
 */
record Listener(NettyServerConnectionFactory connections, EventLoopGateway gateway, EventDrivenConsumer flow) {

    /** Returns when it listens; takes a few clients only until {@link NettyServerConnectionFactory#acceptAll}. */
    void openToFew() {
        flow.start();
        connections.startWithFew();
        gateway.start();
    }

    /** Returns when it listens; does nothing if it does already. */
    void open() {
        flow.start();
        gateway.start();
    }
}
