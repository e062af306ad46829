package dev.readback.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.testing.CountingAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.channel.RecvByteBufAllocator;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one connection keeps in memory is bounded whatever its peer does, with every framing. */
class BoundedMemoryTests {

    private static final int UNTAKEN = 5 * NettyServerConnectionFactory.HIGH_WATER; // bytes
    private static final int TURNS = 1_000_000;

    /** Reads and writes as the transport does, with buffers that are counted to the byte. */
    private static final class Peer implements AutoCloseable {

        private final CountingAllocator memory = new CountingAllocator();
        private final TestConnection it;
        private final RecvByteBufAllocator.ExtendedHandle reads;
        private long most;

        Peer(String... settings) throws Exception {
            it = TestConnection.open(settings);
            it.channel().config().setAllocator(memory);
            int readSize = it.listener().settings().framing().framing().readSize();
            reads = new ReadPolicy(readSize, Outbox.ROOM).newHandle();
        }

        /** One read of these bytes comes in a turn of its own. */
        void send(byte[] bytes) {
            reads.reset(it.channel().config());
            ByteBuf read = reads.allocate(memory);
            it.channel().writeInbound(read.writeBytes(bytes));
            most = Math.max(most, memory.held());
        }

        boolean isRead() {
            return it.isUntouched() && it.channel().config().isAutoRead();
        }

        @Override
        public void close() {
            it.close();
            assertThat(memory.held()).as("bytes kept beyond the close").isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            framing.type=raw                             | 1    | x
            framing.type=raw                             | 100  | x
            framing.type=raw                             | 1100 | x
            framing.type=raw,framing.max-length=1MB      | 1    | x
            framing.type=raw,framing.max-length=1MB      | 1100 | x
            framing.type=raw,echo=false                  | 1    | x
            framing.type=line                            | 1    | \\n
            framing.type=line                            | 4096 | \\n
            framing.type=line,framing.max-length=16MB    | 1    | \\n
            framing.type=length,framing.header=B         | 2    | 1
            framing.type=length,framing.header=B         | 4096 | 1
            framing.type=struct,framing.format=B         | 1    | x
            framing.type=struct,framing.format=B         | 4096 | x
            framing.type=struct,framing.format=4096B     | 4096 | x
            """)
    void keepsLittleForAPeerThatSendsAndDoesNotRead(String settings, int length, String fill) throws Exception {
        byte[] read = new byte[length];
        Arrays.fill(
                read,
                fill.equals("1") ? (byte) 1 : (byte) fill.replace("\\n", "\n").charAt(0));
        try (Peer peer = new Peer(settings(settings))) {
            peer.it.channel().peerTakesNothing();
            for (int i = 0; i < TURNS && peer.isRead(); i++) {
                peer.send(read);
            }
            assertThat(peer.isRead()).as("reading goes on").isFalse();
            // the first reply waits in the buffer of its read
            int readSize = peer.it.listener().settings().framing().framing().readSize();
            assertThat(peer.most).as("bytes in buffers").isLessThan(UNTAKEN + readSize);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "framing.type=line",
                "framing.type=length",
                "framing.type=struct,framing.format=65535B",
            })
    void keepsNoMoreThanTheFrameForAPeerThatSendsByteByByte(String settings) throws Exception {
        byte[] head = settings.contains("length") ? new byte[] {0, 0, (byte) 0xff, (byte) 0xff} : new byte[0];
        try (Peer peer = new Peer(settings(settings))) {
            for (byte each : head) {
                peer.send(new byte[] {each});
            }
            for (int i = 0; i < 65_000; i++) {
                peer.send(new byte[] {'x'});
            }
            assertThat(peer.it.isUntouched()).isTrue();
            assertThat(peer.most).as("bytes in buffers").isLessThan(3 * 65_536);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"framing.type=line", "framing.type=length", "framing.type=struct,framing.format=1000B"})
    void keepsNothingOfWhatComesAfterTheEnd(String settings) throws Exception {
        try (Peer peer = new Peer(settings(settings))) {
            peer.it.ending().finish(CloseReason.OPERATOR);
            for (int i = 0; i < 1000; i++) {
                peer.send(new byte[] {'x'});
            }
            assertThat(peer.memory.held()).as("bytes in buffers").isZero();
        }
    }

    private static String[] settings(String list) {
        return Stream.concat(Stream.of(list.split(",")), Stream.of("timeouts.idle=0s"))
                .toArray(String[]::new);
    }
}
