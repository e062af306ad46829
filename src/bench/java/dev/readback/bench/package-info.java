/** The benchmark: Readback and its peers under the same load, side by side, in one run. */
@NullMarked
package dev.readback.bench;

import org.jspecify.annotations.NullMarked;
