package dev.readback.listener;

import org.springframework.boot.autoconfigure.AbstractDependsOnBeanFactoryPostProcessor;
import org.springframework.boot.web.server.WebServerFactory;

/** Has the web server, which is made before the other beans are, wait for the listeners. */
final class ListenersFirst extends AbstractDependsOnBeanFactoryPostProcessor {

    ListenersFirst() {
        super(WebServerFactory.class, Listeners.class);
    }
}
