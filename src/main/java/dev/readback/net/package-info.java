/** A Spring Integration connection factory on Netty: the life of a connection, from accept to its close reason. */
@NullMarked
package dev.readback.net;

import org.jspecify.annotations.NullMarked;
