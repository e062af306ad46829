package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process without a file descriptor left serves those it has, lets others wait, and serves them when it can. */
@Timeout(180)
class DescriptorTests {

    private static final int DESCRIPTORS = 1000;
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final int REPLY = "hello\ni get it!\n".length();
    private static final String REFUSED = "listener 'echo' cannot accept connections for the time being";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"}) // on NIO, and on epoll where there is epoll
    void pausesAcceptingAndGoesOn(String noNative) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (ApplicationProcess application = start(noNative)) {
            try (Socket first = application.connect()) {
                exchange(first);
            }
            // a class that is loaded from a folder takes a descriptor, so all must be there
            await().atMost(ApplicationProcess.PATIENCE)
                    .until(() -> application.log().contains("reason=peer-closed"));
            for (int i = 0; i < DESCRIPTORS; i++) {
                clients.add(application.connect()); // the kernel takes all, Readback cannot
            }
            await().atMost(ApplicationProcess.PATIENCE)
                    .until(() -> application.log().contains(REFUSED));
            for (int i = 0; i < 50; i++) {
                exchange(clients.get(i)); // those that were accepted live on
            }
            for (int i = 0; i < 500; i++) {
                clients.get(i).close();
            }
            exchange(clients.getLast()); // which has waited
            try (Socket late = application.connect()) {
                exchange(late);
            }
            assertThat(application.log().lines().filter(it -> it.contains("AcceptPause")))
                    .singleElement()
                    .asString()
                    .contains(REFUSED)
                    .containsIgnoringCase("too many open files. The process has no file descriptor left: raise its");
            assertThat(application.log()).doesNotContain("DefaultChannelPipeline", "ERROR");
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void leavesTheStartWhatItNeeds(String noNative) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (ApplicationProcess application = start(noNative)) {
            for (int i = 0; i < DESCRIPTORS; i++) {
                clients.add(application.connectEarly()); // the kernel takes all
            }
            exchange(clients.getFirst());
            application.connect().close(); // when all has started, which it cannot without descriptors
            for (int i = 0; i < 500; i++) {
                exchange(clients.get(i));
            }
            assertThat(application.isAlive()).isTrue();
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private ApplicationProcess start(String noNative) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "ulimit needs a shell");
        return ApplicationProcess.startAfter(
                "ulimit -n " + DESCRIPTORS,
                directory,
                List.of("-XX:TieredStopAtLevel=1", "-Dio.netty.transport.noNative=" + noNative),
                "readback.listeners.echo.timeouts.idle=0s");
    }

    private static void exchange(Socket client) throws IOException {
        client.getOutputStream().write(HELLO);
        assertThat(client.getInputStream().readNBytes(REPLY)).hasSize(REPLY);
    }
}
