package dev.readback.net;

/** What an operator can do to one open connection. Each leaves the rest to the connection, and returns at once. */
public enum Operation {
    /** Nothing: only looks. */
    LOOK {
        @Override
        void apply(Ending ending) {}
    },
    /** Ends the connection politely, with reason {@code operator}. */
    CLOSE {
        @Override
        void apply(Ending ending) {
            ending.finish(CloseReason.OPERATOR);
        }
    },
    /** Resets the connection, with reason {@code operator}. */
    RESET {
        @Override
        void apply(Ending ending) {
            ending.abort(CloseReason.OPERATOR);
        }
    },
    /** Ignores what still comes, as {@code shutdown(0)} does. */
    SHUTDOWN_READ {
        @Override
        void apply(Ending ending) {
            ending.shutRead();
        }
    },
    /** Shuts Readback's sending side, as {@code shutdown(1)} does. */
    SHUTDOWN_WRITE {
        @Override
        void apply(Ending ending) {
            ending.shutWrite();
        }
    },
    /** Shuts both sides, as {@code shutdown(2)} does. */
    SHUTDOWN_BOTH {
        @Override
        void apply(Ending ending) {
            ending.shutBoth();
        }
    };

    abstract void apply(Ending ending);

    ConnectionSnapshot on(Connection connection) {
        apply(connection.ending());
        return connection.snapshot();
    }
}
