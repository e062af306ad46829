package dev.readback.probe;

/**
 * Where to connect.
 *
 * @param host a name or an address, without brackets
 * @param port from 1 to 65535
 */
record Target(String host, int port) {

    /**
     * Parses {@code HOST:PORT}, with an IPv6 address in brackets.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Target parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.length() > 2 && host.startsWith("[") && host.endsWith("]") && host.indexOf(':') > 0) {
            host = host.substring(1, host.length() - 1);
        } else if (host.isEmpty()
                || host.indexOf(':') >= 0
                || host.indexOf('[') >= 0
                || host.indexOf(']') >= 0
                || host.indexOf('/') >= 0) {
            throw refused(text);
        }
        return new Target(host, port(text, text.substring(colon + 1)));
    }

    private static int port(String text, String digits) {
        int port = 0;
        for (int i = 0; i < digits.length(); i++) {
            char digit = digits.charAt(i);
            port = digit >= '0' && digit <= '9' && i < 5 ? port * 10 + digit - '0' : -1;
            if (port < 0) {
                throw refused(text);
            }
        }
        if (port < 1 || port > 65_535) {
            throw refused(text);
        }
        return port;
    }

    private static IllegalArgumentException refused(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is no HOST:PORT such as localhost:12345 or [::1]:12345, with a port from 1 to 65535");
    }

    /** As it was parsed. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
