package dev.readback.settings;

/** A setting has a value that is not allowed. */
final class InvalidSettingException extends IllegalArgumentException {

    private final String property;
    private final String value;
    private final String allowed;

    /**
     * @param property the property, relative to the record that holds it
     * @param value what it was set to
     * @param allowed what would be right, to follow the words "allowed is"
     */
    InvalidSettingException(String property, String value, String allowed) {
        super(property + " is " + value + ": allowed is " + allowed);
        this.property = property;
        this.value = value;
        this.allowed = allowed;
    }

    String property() {
        return property;
    }

    String value() {
        return value;
    }

    String allowed() {
        return allowed;
    }
}
