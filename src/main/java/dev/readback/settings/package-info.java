/** What users set under {@code readback.*}: immutable, and checked when it is bound. */
@NullMarked
package dev.readback.settings;

import org.jspecify.annotations.NullMarked;
