package dev.readback.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one server did under one load, or the medians of several such.
 *
 * @param rate in the scenario's unit
 * @param cpu server CPU for each of the rate's units, in microseconds
 * @param p50 median round trip, in microseconds
 * @param p99 99th percentile, in microseconds
 * @param wrong replies that were not what they should be, and connections that were lost
 */
record Figures(double rate, double cpu, double p50, double p99, long wrong) {

    static Figures median(List<Figures> rounds) {
        return new Figures(
                median(rounds, Figures::rate),
                median(rounds, Figures::cpu),
                median(rounds, Figures::p50),
                median(rounds, Figures::p99),
                rounds.stream().mapToLong(Figures::wrong).sum());
    }

    private static double median(List<Figures> rounds, ToDoubleFunction<Figures> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
