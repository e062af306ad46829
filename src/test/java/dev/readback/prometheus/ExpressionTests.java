package dev.readback.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Nothing of an expression escapes the tests that look at its parts. */
class ExpressionTests {

    @Test
    void findsEachSelectorAndEachLabel() {
        Expression expression = new Expression("""
                histogram_quantile(0.99, sum by (listener, le) (rate(a_bucket{job=~"$job", x!="y"}[5m])))
                > on (job) group_left () (3 * avg_over_time(b:c:rate5m{kind!="write"}[1d] offset 10m))
                unless on (instance) up == 1 and absent(d) or (e / (f > 0)) > bool 1""");
        assertThat(expression.selectors())
                .containsExactlyInAnyOrder(
                        "a_bucket{job=~\"$job\", x!=\"y\"}", "b:c:rate5m{kind!=\"write\"}", "up", "d", "e", "f");
        assertThat(expression.labels()).containsExactlyInAnyOrder("listener", "le", "job", "instance");
    }
}
