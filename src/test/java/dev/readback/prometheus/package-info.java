/** Watches the service with Prometheus, as the README has it. */
@NullMarked
package dev.readback.prometheus;

import org.jspecify.annotations.NullMarked;
