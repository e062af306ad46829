/** What tests of all packages share. */
@NullMarked
package dev.readback.testing;

import org.jspecify.annotations.NullMarked;
