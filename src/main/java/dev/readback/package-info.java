/** The application: Readback as it starts. */
@NullMarked
package dev.readback;

import org.jspecify.annotations.NullMarked;
