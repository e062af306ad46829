package dev.readback.monitor;

import dev.readback.net.ListenerBindException;
import dev.readback.net.NettyServerConnectionFactory;
import dev.readback.settings.TimeoutSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * {@code /actuator/listeners}: shows the listeners, pauses and resumes them, and tunes their timeouts.
 *
 * <p>A controller and no Actuator endpoint, since the body of a write to one of those can hold no {@code timeouts} group.
 */
@RestController
@RequestMapping("/actuator/listeners")
final class ListenersController {

    private final List<NettyServerConnectionFactory> listeners;
    private final ListenerCounts counts;

    ListenersController(List<NettyServerConnectionFactory> listeners, ListenerCounts counts) {
        this.listeners = List.copyOf(listeners);
        this.counts = counts;
    }

    /**
     * What to change.
     *
     * @param state paused or listening; null leaves it as it is
     * @param timeouts durations by their names below {@code timeouts}; null leaves them as they are
     */
    record Change(@Nullable String state, @Nullable Map<String, String> timeouts) {}

    @GetMapping
    List<ListenerView> all() {
        return listeners.stream().map(this::view).toList();
    }

    @GetMapping("/{name}")
    ListenerView one(@PathVariable String name) {
        return view(named(name));
    }

    @PostMapping(path = "/{name}", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ListenerView> change(@PathVariable String name, @RequestBody Change change) {
        // binding waits for the kernel, and a drain for its connections: neither belongs on the web server's event loop
        return Mono.fromCallable(() -> changed(named(name), change)).subscribeOn(Schedulers.boundedElastic());
    }

    private ListenerView changed(NettyServerConnectionFactory listener, Change change) {
        Runnable state = stateChange(listener, change.state());
        TimeoutSettings tuned = tuned(listener, change.timeouts());
        if (change.state() == null && change.timeouts() == null) {
            throw Problem.wrong("nothing is to be changed: allowed are state and timeouts");
        }
        state.run(); // may fail, and must have changed nothing then
        if (change.timeouts() != null) {
            listener.tune(tuned);
        }
        return view(listener);
    }

    private static TimeoutSettings tuned(NettyServerConnectionFactory listener, @Nullable Map<String, String> changes) {
        try {
            return changes == null ? listener.timeouts() : listener.settings().tuned(listener.timeouts(), changes);
        } catch (IllegalArgumentException e) {
            throw Problem.wrong(String.valueOf(e.getMessage()));
        }
    }

    private static Runnable stateChange(NettyServerConnectionFactory listener, @Nullable String state) {
        return switch (state) {
            case null -> () -> {};
            case "paused" -> () -> attempt(listener::pause);
            case "listening" -> () -> attempt(listener::resume);
            default -> throw Problem.wrong("state is '" + state + "': allowed is paused, listening");
        };
    }

    private static void attempt(Runnable change) {
        try {
            change.run();
        } catch (ListenerBindException | IllegalStateException e) {
            throw Problem.conflict(String.valueOf(e.getMessage()));
        }
    }

    private NettyServerConnectionFactory named(String name) {
        return listeners.stream()
                .filter(it -> it.listener().equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.unknown("listener", name));
    }

    private ListenerView view(NettyServerConnectionFactory listener) {
        return ListenerView.of(listener, counts.of(listener.listener()));
    }
}
