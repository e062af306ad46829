/** Frames: formats and their codecs. */
@NullMarked
package dev.readback.frame;

import org.jspecify.annotations.NullMarked;
