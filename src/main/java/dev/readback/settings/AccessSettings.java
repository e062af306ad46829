package dev.readback.settings;

import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may connect.
 *
 * @param allow Addresses and CIDR blocks that may connect, such as 10.0.0.0/8; empty for all. Behind a load balancer,
 *     the client's address that the PROXY header names.
 * @param deny Addresses and CIDR blocks that may not, even where allow has them.
 */
public record AccessSettings(
        @DefaultValue List<AddressBlock> allow,
        @DefaultValue List<AddressBlock> deny) {

    public AccessSettings {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }
}
