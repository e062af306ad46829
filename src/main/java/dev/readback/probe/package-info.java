/** The probe: checks a Readback, or any echo server, from outside. */
@NullMarked
package dev.readback.probe;

import org.jspecify.annotations.NullMarked;
