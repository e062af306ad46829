package dev.readback.settings;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One listener: where it listens, how it cuts frames, what it answers and how long it waits.
 *
 * @param port TCP port, 0 to 65535; 0 takes a free one.
 * @param address Address to listen on. Default: all addresses, IPv4 and IPv6.
 * @param enabled Whether the listener is there at all.
 * @param framing How input is cut into frames.
 * @param echo Whether the reply begins with the frame as it was received.
 * @param acknowledgement What follows the frame in the reply; empty for no acknowledgement. Placeholders: {listener},
 *     {host}, {peer}, {length}, {count}, with framing.type struct {values}; {{ and }} are literal braces. With framing.type length it
 *     gets a header of its own.
 * @param halfClose What to do when the client shuts its sending side.
 * @param timeouts How long a peer may leave a connection hanging; 0s turns a timeout off.
 * @param timeoutNotice Text sent to the client before a timeout closes the connection; empty for none. With framing.type
 *     length it gets a header of its own.
 * @param tls How connections are encrypted.
 * @param proxyProtocol Whether a load balancer tells who the client is.
 * @param access Who may connect.
 * @param limits How many connections there may be at a time.
 */
@ConfigurationProperties("readback.listeners.echo") // only for the metadata: a map's values are described nowhere else
public record ListenerSettings(
        @DefaultValue("12345") int port,
        @Nullable InetAddress address,
        @DefaultValue("true") boolean enabled,
        @DefaultValue @NestedConfigurationProperty FramingSettings framing,
        @DefaultValue("true") boolean echo,
        @DefaultValue("\ni get it!\n") AcknowledgementTemplate acknowledgement,
        @DefaultValue("answer-then-close") HalfClose halfClose,
        @DefaultValue @NestedConfigurationProperty TimeoutSettings timeouts,
        @DefaultValue("") String timeoutNotice,
        @DefaultValue @NestedConfigurationProperty TlsSettings tls,
        @DefaultValue @NestedConfigurationProperty ProxyProtocolSettings proxyProtocol,
        @DefaultValue @NestedConfigurationProperty AccessSettings access,
        @DefaultValue @NestedConfigurationProperty LimitSettings limits) {

    public ListenerSettings {
        if (port < 0 || port > 65535) {
            throw new InvalidSettingException(
                    "port", Integer.toString(port), "a port from 0 to 65535, where 0 takes a free one");
        }
        checkTimeouts(framing, timeouts);
        if (framing.type() != FramingType.STRUCT && acknowledgement.holds(Placeholder.VALUES)) {
            throw new InvalidSettingException(
                    "acknowledgement", "a text with {values}", "{values} with framing.type struct only");
        }
        checkLength("acknowledgement", acknowledgement.literalBytes(), framing);
        checkLength("timeout-notice", timeoutNotice.getBytes(StandardCharsets.UTF_8).length, framing);
    }

    /**
     * Timeouts in place of these settings' own, some of them changed.
     *
     * @param current those in force now
     * @param changes durations as {@code application.yml} writes them, by their names below {@code timeouts}
     * @throws IllegalArgumentException with one sentence, when a name or a value is not allowed
     */
    public TimeoutSettings tuned(TimeoutSettings current, Map<String, String> changes) {
        TimeoutSettings tuned = current.with(changes);
        checkTimeouts(framing, tuned);
        return tuned;
    }

    private static void checkTimeouts(FramingSettings framing, TimeoutSettings timeouts) {
        if (framing.type() == FramingType.RAW && !timeouts.frame().isZero()) {
            throw new InvalidSettingException(
                    "timeouts.frame",
                    TimeoutSettings.print(timeouts.frame()),
                    "0s with framing.type raw, whose frames have no end to wait for");
        }
    }

    private static void checkLength(String property, int length, FramingSettings framing) {
        long largest = framing.framing().maxTextLength();
        if (length > largest) {
            throw new InvalidSettingException(
                    property,
                    "a text of " + length + " bytes",
                    "a text of at most " + largest + " bytes, which is what its framing.header can count");
        }
    }
}
