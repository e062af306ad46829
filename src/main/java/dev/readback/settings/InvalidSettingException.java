package dev.readback.settings;

/** A setting has a value that is not allowed. */
final class InvalidSettingException extends IllegalArgumentException {

    private final String property;
    private final String problem;

    /**
     * @param property the property, relative to the record that holds it
     * @param value what it was set to, as the user writes it
     * @param allowed what would be right, to follow the words "allowed is"
     */
    InvalidSettingException(String property, String value, String allowed) {
        super(property + " is " + value + ": allowed is " + allowed);
        this.property = property;
        this.problem = "is " + value + ": allowed is " + allowed;
    }

    String property() {
        return property;
    }

    /** What is wrong with it, to follow the property's name. */
    String problem() {
        return problem;
    }
}
