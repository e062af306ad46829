/** Named listeners: a connection factory, a gateway and the flow that acknowledges, for each. */
@NullMarked
package dev.readback.listener;

import org.jspecify.annotations.NullMarked;
