/** The Helm chart: what it renders, what it refuses, and that its documents say what it does. */
@NullMarked
package dev.readback.chart;

import org.jspecify.annotations.NullMarked;
