package dev.readback.net;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.readback.testing.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** HAProxy or nginx in front of a listener; where it is not installed the test is skipped. */
final class LoadBalancer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Path STREAM_MODULE = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    private final Process process;
    private final Path log;
    private final int port;

    private LoadBalancer(Path folder, int port, List<String> command) throws IOException, InterruptedException {
        this.port = port;
        this.log = folder.resolve(command.getFirst() + ".log");
        this.process = Program.start(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()));
        awaitReady(command.getFirst());
    }

    /** HAProxy with options for its server, such as {@code send-proxy}. */
    static LoadBalancer haproxy(Path folder, TestListener target, String options) throws Exception {
        int port = freePort();
        Path configuration =
                Files.writeString(folder.resolve("haproxy.cfg"), """
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 20s
                  timeout server 20s
                listen readback
                  bind 127.0.0.1:%d
                  unique-id-format the-unique-id
                  server readback 127.0.0.1:%d %s
                """.formatted(port, target.port(), options));
        return new LoadBalancer(folder, port, List.of("haproxy", "-db", "-f", configuration.toString()));
    }

    /** nginx, which sends version 1. */
    static LoadBalancer nginx(Path folder, TestListener target) throws Exception {
        int port = freePort();
        Path configuration = Files.writeString(folder.resolve("nginx.conf"), """
                %s
                daemon off;
                master_process off;
                pid nginx.pid;
                events {}
                stream {
                  server {
                    listen 127.0.0.1:%d;
                    proxy_pass 127.0.0.1:%d;
                    proxy_protocol on;
                    proxy_half_close on;
                  }
                }
                """.formatted(
                        Files.exists(STREAM_MODULE) ? "load_module " + STREAM_MODULE + ";" : "", port, target.port()));
        return new LoadBalancer(
                folder,
                port,
                List.of("nginx", "-e", "stderr", "-p", folder.toString(), "-c", configuration.toString()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private void awaitReady(String program) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                String said = Files.readString(log);
                if (said.contains("unknown directive \"stream\"")) {
                    abort(program + " is here without its stream module");
                }
                fail("%s ended: %s", program, said);
            }
            if (listens()) {
                return;
            }
        }
        process.destroyForcibly();
        fail("%s does not listen after %s: %s", program, PATIENCE, Files.readString(log));
    }

    private boolean listens() {
        try (Socket probe = connect("127.0.0.1")) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** A client with this address of its own. */
    Socket connect(String address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            socket.setSoTimeout((int) PATIENCE.toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
