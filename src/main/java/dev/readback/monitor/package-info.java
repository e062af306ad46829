/** What operators see: metrics, health and the access line. */
@NullMarked
package dev.readback.monitor;

import org.jspecify.annotations.NullMarked;
