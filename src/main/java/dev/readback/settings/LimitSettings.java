package dev.readback.settings;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many connections a listener takes.
 *
 * @param connections Open connections at a time; more are refused. 0 for no limit.
 * @param connectionsPerAddress The same for one client address; an IPv6 address counts together with all of its /64. 0
 *     for no limit.
 */
public record LimitSettings(
        @DefaultValue("10000") int connections,
        @DefaultValue("0") int connectionsPerAddress) {

    public LimitSettings {
        check("connections", connections);
        check("connections-per-address", connectionsPerAddress);
    }

    private static void check(String property, int value) {
        if (value < 0) {
            throw new InvalidSettingException(
                    property,
                    Integer.toString(value),
                    "a number from 0 to " + Integer.MAX_VALUE + ", where 0 is no limit");
        }
    }
}
