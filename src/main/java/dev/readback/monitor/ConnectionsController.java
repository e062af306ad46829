package dev.readback.monitor;

import dev.readback.net.ConnectionSnapshot;
import dev.readback.net.NettyServerConnectionFactory;
import dev.readback.net.Operation;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code /actuator/connections}: shows open connections, and shuts, closes and resets one. */
@RestController
@RequestMapping("/actuator/connections")
final class ConnectionsController {

    private static final String DEFAULT_LIMIT = "100";

    private final List<NettyServerConnectionFactory> listeners;

    ConnectionsController(List<NettyServerConnectionFactory> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    /**
     * What to shut.
     *
     * @param shutdown read, write or both
     */
    record Shutdown(@Nullable String shutdown) {}

    /**
     * The open connections, the oldest first.
     *
     * @param listener only those of this listener
     * @param peer only those whose client's address and port begin with this
     * @param olderThan only those open for longer, such as 30s
     * @param limit at most so many
     */
    @GetMapping
    Mono<List<ConnectionView>> all(
            @RequestParam(required = false) @Nullable String listener,
            @RequestParam(required = false) @Nullable String peer,
            @RequestParam(required = false) @Nullable String olderThan,
            @RequestParam(defaultValue = DEFAULT_LIMIT) int limit) {
        if (limit < 0) {
            throw Problem.wrong("limit is '" + limit + "': allowed is 0 or more");
        }
        long nanos = olderThan == null ? -1 : duration(olderThan).toNanos();
        return Flux.fromIterable(listeners)
                .filter(it -> listener == null || it.listener().equals(listener))
                .flatMap(it -> Mono.fromFuture(it::snapshots))
                .flatMapIterable(it -> it)
                .filter(it -> it.ageNanos() > nanos)
                .sort(Comparator.comparingLong(ConnectionSnapshot::ageNanos).reversed())
                .map(ConnectionView::of)
                .filter(it -> peer == null || it.peer().startsWith(peer))
                .take(limit)
                .collectList();
    }

    @GetMapping("/{id}")
    Mono<ConnectionView> one(@PathVariable String id) {
        return operate(id, Operation.LOOK);
    }

    @PostMapping(path = "/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ConnectionView> shutdown(@PathVariable String id, @RequestBody Shutdown shutdown) {
        return operate(
                id,
                switch (shutdown.shutdown()) {
                    case "read" -> Operation.SHUTDOWN_READ;
                    case "write" -> Operation.SHUTDOWN_WRITE;
                    case "both" -> Operation.SHUTDOWN_BOTH;
                    case null, default ->
                        throw Problem.wrong("shutdown is '" + shutdown.shutdown() + "': allowed is read, write, both");
                });
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    Mono<Void> close(@PathVariable String id, @RequestParam(defaultValue = "false") boolean reset) {
        return operate(id, reset ? Operation.RESET : Operation.CLOSE).then();
    }

    private Mono<ConnectionView> operate(String id, Operation operation) {
        CompletableFuture<ConnectionSnapshot> done = listeners.stream()
                .map(it -> it.operate(id, operation))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> Problem.unknown("connection", id));
        return Mono.fromFuture(done).map(ConnectionView::detailed);
    }

    private static Duration duration(String text) {
        try {
            return DurationStyle.detectAndParse(text, ChronoUnit.SECONDS);
        } catch (IllegalArgumentException e) {
            throw Problem.wrong("olderThan is '" + text + "': allowed is a duration such as 500ms, 5s or 2m");
        }
    }
}
