package dev.readback.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Draws the rate and the server CPU of round trips as bars, in SVG. */
final class Plot {

    private static final int WIDTH = 860;
    private static final int LEFT = 70;
    private static final int CHART = 240;
    private static final int TOP = 60;
    private static final int GAP = 70;
    private static final int BAR = 26;
    private static final int LINES = 4;

    private final StringBuilder svg = new StringBuilder();
    private final Results results;
    private final List<Scenario> scenarios;

    private Plot(Results results) {
        this.results = results;
        this.scenarios = results.scenarios().stream()
                .filter(it -> it.kind() == Scenario.Kind.PINGPONG)
                .toList();
    }

    static String of(Results results) {
        return new Plot(results).draw();
    }

    private String draw() {
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='12'>",
                WIDTH, TOP + 2 * (CHART + GAP));
        add("<rect width='100%%' height='100%%' fill='white'/>");
        int x = LEFT;
        for (Peer peer : Peer.values()) {
            add("<rect x='%d' y='14' width='12' height='12' fill='%s'/>", x, peer.colour());
            add("<text x='%d' y='24'>%s</text>", x + 17, peer.title());
            x += 30 + 7 * peer.title().length() * 9 / 10;
        }
        chart("Round trips a second, 64 B", TOP, Figures::rate);
        chart("Server CPU for each round trip, µs", TOP + CHART + GAP, Figures::cpu);
        add("</svg>");
        return svg.toString();
    }

    private void chart(String title, int top, ToDoubleFunction<Figures> figure) {
        int bottom = top + CHART - 30;
        double highest = highest(figure);
        add("<text x='%d' y='%d' font-size='14'>%s</text>", LEFT, top - 8, title);
        for (int i = 0; i <= LINES; i++) {
            int y = bottom - (bottom - top) * i / LINES;
            add("<line x1='%d' x2='%d' y1='%d' y2='%d' stroke='#ddd'/>", LEFT, WIDTH - 10, y, y);
            add("<text x='%d' y='%d' text-anchor='end'>%,.0f</text>", LEFT - 6, y + 4, highest * i / LINES);
        }
        int group = (WIDTH - LEFT - 10) / Math.max(scenarios.size(), 1);
        for (int i = 0; i < scenarios.size(); i++) {
            bars(scenarios.get(i), LEFT + i * group, bottom, (bottom - top) / highest, figure);
            add(
                    "<text x='%d' y='%d' text-anchor='middle'>%,d connections</text>",
                    LEFT + i * group + group / 2, bottom + 18, scenarios.get(i).connections());
        }
    }

    private void bars(Scenario scenario, int from, int bottom, double scale, ToDoubleFunction<Figures> figure) {
        int x = from + 20;
        for (Peer peer : Peer.values()) {
            Figures figures = results.of(scenario, peer);
            if (figures != null) {
                double height = figure.applyAsDouble(figures) * scale;
                add(
                        "<rect x='%d' y='%.1f' width='%d' height='%.1f' fill='%s'><title>%s: %,.2f</title></rect>",
                        x, bottom - height, BAR, height, peer.colour(), peer.title(), figure.applyAsDouble(figures));
            }
            x += BAR + 4;
        }
    }

    // a round number above all
    private double highest(ToDoubleFunction<Figures> figure) {
        double highest = 0;
        for (Scenario scenario : scenarios) {
            for (Peer peer : results.peers(scenario)) {
                Figures figures = results.of(scenario, peer);
                highest = figures == null ? highest : Math.max(highest, figure.applyAsDouble(figures));
            }
        }
        double step = Math.pow(10, Math.floor(Math.log10(Math.max(highest, 1)))) / 2;
        return Math.ceil(highest / step) * step;
    }

    @SuppressWarnings("AnnotateFormatMethod") // that annotation is not on the class path
    private void add(String line, Object... arguments) {
        svg.append(String.format(Locale.ROOT, line, arguments)).append('\n');
    }
}
