package dev.readback.monitor;

/** The metrics of a listener, by their Prometheus names. Each has the label {@code listener}. */
enum Metric {
    CONNECTIONS_ACTIVE("readback_connections_active", "Open connections"),
    CONNECTIONS_LIMIT("readback_connections_limit", "Open connections that there may be, 0 for no limit"),
    CONNECTIONS_HALF_OPEN("readback_connections_half_open", "Open connections with that side shut", "side"),
    CONNECTIONS_ACCEPTED("readback_connections_accepted_total", "Connections accepted"),
    CONNECTIONS_REFUSED("readback_connections_refused_total", "Connections turned away, by reason", "reason"),
    CONNECTIONS_CLOSED("readback_connections_closed_total", "Connections closed, by reason", "reason"),
    TIMEOUTS("readback_timeouts_total", "Timeouts that ran out, by kind", "kind"),
    CONNECTION_DURATION("readback_connection_duration_seconds", "How long connections were open, at their close"),
    RECEIVED_BYTES("readback_received_bytes_total", "Bytes received"),
    SENT_BYTES("readback_sent_bytes_total", "Bytes handed to the socket"),
    FRAMES("readback_frames_total", "Frames received whole"),
    ACKNOWLEDGEMENTS("readback_acknowledgements_total", "Frames acknowledged"),
    ACKNOWLEDGEMENT_SECONDS("readback_acknowledgement_seconds", "From a frame read to its reply handed to the socket"),
    READS_PAUSED("readback_reads_paused_total", "Times that reading stopped because the peer does not read"),
    DRAINING("readback_draining", "1 while the listener drains, 0 otherwise"),
    TLS_HANDSHAKE("readback_tls_handshake_seconds", "From accept to the end of a TLS handshake, of those completed"),
    TLS_CERTIFICATE_EXPIRY(
            "readback_tls_certificate_expiry_timestamp_seconds",
            "When the certificate in force expires, in seconds since 1970; only where the listener encrypts"),
    LISTENER_STATE("readback_listener_state", "1 for the state in which the listener is, 0 for each other", "state");

    /** The label that every metric has. */
    static final String LISTENER = "listener";

    private final String exportedName;
    private final String help;
    private final String label;

    Metric(String exportedName, String help) {
        this(exportedName, help, "");
    }

    Metric(String exportedName, String help, String label) {
        this.exportedName = exportedName;
        this.help = help;
        this.label = label;
    }

    /** The name under which Prometheus finds it. */
    String exportedName() {
        return exportedName;
    }

    String help() {
        return help;
    }

    /** The label that it has besides {@link #LISTENER}, empty for none. */
    String label() {
        return label;
    }

    /** Its name in Micrometer, whose Prometheus naming adds the unit and {@code _total}. */
    String meterName() {
        return exportedName.replaceFirst("(_seconds|_total)$", "").replace('_', '.');
    }
}
