package dev.readback.monitor;

import dev.readback.net.NettyServerConnectionFactory;
import dev.readback.net.TimeoutKind;
import dev.readback.settings.AddressBlock;
import dev.readback.settings.LimitSettings;
import dev.readback.settings.ListenerSettings;
import dev.readback.settings.TimeoutSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A listener as {@code /actuator/listeners} shows it.
 *
 * @param name Its name.
 * @param state What it is doing: listening, paused, draining, stopped or failed.
 * @param address Where it listens, empty while it does not; * for all addresses.
 * @param port The port in use, also while paused.
 * @param settings The settings in force, as application.yml writes them.
 * @param counts What happened since the start, the same numbers as the metrics.
 */
record ListenerView(String name, String state, String address, int port, SettingsView settings, CountsView counts) {

    /**
     * The settings in force.
     *
     * @param framing How input is cut into frames.
     * @param echo Whether the reply begins with the frame.
     * @param halfClose What happens when the client shuts its sending side.
     * @param timeouts How long a peer may leave a connection hanging; 0s is off.
     * @param timeoutNotice What is sent before a timeout closes the connection.
     * @param proxyProtocol Whether connections begin with a PROXY header, and from whom.
     * @param access Who may connect.
     * @param limits How many connections there may be at a time; 0 for no limit.
     */
    record SettingsView(
            String framing,
            boolean echo,
            String halfClose,
            Map<String, String> timeouts,
            String timeoutNotice,
            ProxyProtocolView proxyProtocol,
            AccessView access,
            LimitSettings limits) {

        /**
         * Whether connections begin with a PROXY header.
         *
         * @param mode Whether they do: off or required.
         * @param trusted The load balancers whose headers are taken.
         */
        record ProxyProtocolView(String mode, List<String> trusted) {}

        /**
         * Who may connect.
         *
         * @param allow Addresses and blocks that may; empty for all.
         * @param deny Addresses and blocks that may not, even where allow has them.
         */
        record AccessView(List<String> allow, List<String> deny) {}

        static SettingsView of(ListenerSettings settings, TimeoutSettings timeouts) {
            return new SettingsView(
                    word(settings.framing().type()),
                    settings.echo(),
                    word(settings.halfClose()),
                    texts(timeouts),
                    settings.timeoutNotice(),
                    new ProxyProtocolView(
                            word(settings.proxyProtocol().mode()),
                            blocks(settings.proxyProtocol().trusted())),
                    new AccessView(
                            blocks(settings.access().allow()),
                            blocks(settings.access().deny())),
                    settings.limits());
        }

        private static Map<String, String> texts(TimeoutSettings timeouts) {
            Map<String, String> texts = new LinkedHashMap<>();
            for (TimeoutKind kind : TimeoutKind.values()) {
                texts.put(kind.word(), TimeoutSettings.print(kind.duration(timeouts)));
            }
            return texts;
        }

        private static List<String> blocks(List<AddressBlock> blocks) {
            return blocks.stream().map(AddressBlock::toString).toList();
        }

        private static String word(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What happened since the start.
     *
     * @param active Open connections.
     * @param halfOpen Open connections with that side shut, by side.
     * @param accepted Connections accepted.
     * @param refused Connections turned away, by reason.
     * @param closed Connections closed, by reason.
     * @param timeouts Timeouts that ran out, by kind.
     * @param received Bytes received.
     * @param sent Bytes handed to the socket.
     * @param frames Frames received whole.
     * @param acknowledgements Frames acknowledged.
     * @param readsPaused Times that reading stopped because the peer does not read.
     */
    record CountsView(
            long active,
            Map<String, Long> halfOpen,
            long accepted,
            Map<String, Long> refused,
            Map<String, Long> closed,
            Map<String, Long> timeouts,
            long received,
            long sent,
            long frames,
            long acknowledgements,
            long readsPaused) {}

    static ListenerView of(NettyServerConnectionFactory listener, CountsView counts) {
        return new ListenerView(
                listener.listener(),
                listener.state().word(),
                listener.address(),
                listener.getPort(),
                SettingsView.of(listener.settings(), listener.timeouts()),
                counts);
    }
}
