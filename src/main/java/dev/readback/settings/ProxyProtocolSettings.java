package dev.readback.settings;

import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether a load balancer tells who the client is.
 *
 * @param mode Whether each connection begins with a PROXY header, version 1 or 2, which names the client: off or
 *     required.
 * @param trusted Addresses and CIDR blocks of the load balancers, for mode required, which refuses all others: whoever
 *     may send a header may claim to be anyone.
 */
public record ProxyProtocolSettings(
        @DefaultValue("off") ProxyProtocol mode,
        @DefaultValue List<AddressBlock> trusted) {

    public ProxyProtocolSettings {
        trusted = List.copyOf(trusted);
        if (mode == ProxyProtocol.REQUIRED && trusted.isEmpty()) {
            throw new InvalidSettingException(
                    "trusted",
                    "empty",
                    "at least one address or block with mode required, such as 10.0.0.0/8, or 0.0.0.0/0, ::/0 where"
                            + " nobody but load balancers can connect");
        }
        if (mode == ProxyProtocol.OFF && !trusted.isEmpty()) {
            throw new InvalidSettingException(
                    "trusted", "set", "no value with mode off, in which no connection has a PROXY header");
        }
    }

    /** Whether each connection begins with a PROXY header. */
    public boolean isRequired() {
        return mode == ProxyProtocol.REQUIRED;
    }
}
