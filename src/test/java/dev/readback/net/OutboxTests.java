package dev.readback.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies leave whole, in order, in few buffers, and copied only where that costs less. */
class OutboxTests {

    private static final byte[] OK = "ok".getBytes(US_ASCII);
    private static final byte[] NONE = {};

    private final ChannelInboundHandlerAdapter handler = new ChannelInboundHandlerAdapter();
    private final EmbeddedChannel channel = new EmbeddedChannel(handler);
    private final ChannelHandlerContext context = channel.pipeline().context(handler);
    private final TestConnection connection;
    private final Outbox outbox;

    OutboxTests() throws Exception {
        connection = TestConnection.open();
        outbox = new Outbox(context, connection.connection().wire()); // which sends nothing past the channel
    }

    @AfterEach
    void close() {
        connection.close();
        channel.finishAndReleaseAll();
    }

    @Test
    void sendsNothingBeforeTheFlush() {
        add(own("hello"), OK);
        assertThat(channel.outboundMessages()).isEmpty();
        outbox.flush();
        assertThat(sent()).containsExactly("hellook");
    }

    @Test
    void sendsTheSmallRepliesOfATurnInOneBuffer() {
        ByteBuf read = own("frame".repeat(100));
        for (int i = 0; i < 100; i++) {
            add(read.readRetainedSlice(5), OK);
        }
        read.release();
        outbox.flush();
        assertThat(sent()).containsExactly("frameok".repeat(100));
    }

    @Test
    void beginsAnotherBufferWhenOneIsFull() {
        for (int i = 0; i < 100; i++) {
            add(Unpooled.copiedBuffer("x".repeat(1000), US_ASCII), OK);
        }
        outbox.flush();
        List<String> sent = sent();
        assertThat(sent).hasSizeBetween(2, 10);
        assertThat(String.join("", sent)).isEqualTo(("x".repeat(1000) + "ok").repeat(100));
    }

    @Test
    void appendsInPlaceToAFrameThatHasItsBufferToItself() {
        ByteBuf frame = own("x".repeat(4000));
        add(frame, OK);
        outbox.flush();
        ByteBuf sent = channel.readOutbound();
        assertThat(sent).isSameAs(frame);
        assertThat(sent.toString(US_ASCII)).isEqualTo("x".repeat(4000) + "ok");
        sent.release();
    }

    @Test
    void copiesSmallRepliesBehindAReplyMadeInPlace() {
        add(own("one"), OK);
        add(own("two"), OK);
        add(own("three"), NONE);
        outbox.flush();
        assertThat(sent()).containsExactly("oneoktwookthree");
    }

    @Test
    void copiesNothingIntoAFrameThatItsOwnerStillHolds() {
        ByteBuf frame = own("one");
        outbox.add(frame, OK);
        add(own("two"), OK);
        outbox.flush();
        frame.release();
        assertThat(sent()).containsExactly("oneok", "twook");
    }

    @Test
    void copiesASmallFrameThatHasNoRoom() {
        ByteBuf frame = Unpooled.wrappedBuffer("hello".getBytes(US_ASCII));
        outbox.add(frame, OK);
        assertThat(frame.refCnt()).isEqualTo(1);
        assertThat(frame.toString(US_ASCII)).isEqualTo("hello");
        frame.release();
        outbox.flush();
        assertThat(sent()).containsExactly("hellook");
    }

    @Test
    void sendsALargeSliceAsItIs() {
        ByteBuf read = own("x".repeat(3000));
        ByteBuf frame = read.readRetainedSlice(1025);
        add(frame, OK);
        outbox.flush();
        read.release();
        ByteBuf sent = channel.readOutbound();
        assertThat(sent).isSameAs(frame);
        sent.release();
        assertThat(sent()).containsExactly("ok");
    }

    @Test
    void copiesASmallerSlice() {
        ByteBuf read = own("x".repeat(3000));
        add(read.readRetainedSlice(1024), OK);
        assertThat(read.refCnt()).isEqualTo(1);
        read.release();
        outbox.flush();
        assertThat(sent()).containsExactly("x".repeat(1024) + "ok");
    }

    @Test
    void copiesSmallRepliesBehindTheAcknowledgementOfALargeSlice() {
        ByteBuf read = own("x".repeat(2000) + "two" + "three");
        add(read.readRetainedSlice(2000), OK);
        add(read.readRetainedSlice(3), OK);
        add(read.readRetainedSlice(5), OK);
        read.release();
        outbox.flush();
        assertThat(sent()).containsExactly("x".repeat(2000), "oktwookthreeok");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 2000})
    void neverWritesBehindASliceOfASharedBuffer(int length) {
        ByteBuf read = own("x".repeat(length) + "next");
        add(read.readRetainedSlice(length), NONE);
        add(Unpooled.copiedBuffer("two", US_ASCII), OK);
        assertThat(read.toString(US_ASCII)).isEqualTo("next");
        outbox.flush();
        assertThat(read.toString(US_ASCII)).isEqualTo("next");
        read.release();
        assertThat(String.join("", sent())).isEqualTo("x".repeat(length) + "twook");
    }

    @Test
    void neverWritesBehindTheLastSliceOfABuffer() {
        ByteBuf read = own("x".repeat(2000));
        ByteBuf frame = read.readRetainedSlice(1500);
        read.release();
        add(frame, OK);
        add(own("two"), OK);
        outbox.flush();
        assertThat(sent()).containsExactly("x".repeat(1500), "oktwook");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 2000})
    void neverWritesIntoAReadOnlyBuffer(int length) {
        add(own("x".repeat(length)).asReadOnly(), OK);
        add(own("two"), OK);
        outbox.flush();
        assertThat(String.join("", sent())).isEqualTo("x".repeat(length) + "oktwook");
    }

    @Test
    void sendsFramesAloneWhereThereIsNoAcknowledgement() {
        ByteBuf frame = own("hello");
        add(frame, NONE);
        outbox.flush();
        ByteBuf sent = channel.readOutbound();
        assertThat(sent).isSameAs(frame);
        sent.release();
    }

    @Test
    void sendsAcknowledgementsAloneWhereThereIsNoEcho() {
        outbox.add(Unpooled.EMPTY_BUFFER, OK);
        outbox.add(Unpooled.EMPTY_BUFFER, OK);
        outbox.flush();
        assertThat(sent()).containsExactly("okok");
    }

    @Test
    void sendsALongAcknowledgementWhole() {
        String longer = "y".repeat(3000);
        outbox.add(Unpooled.EMPTY_BUFFER, longer.getBytes(US_ASCII));
        add(own("hello"), longer.getBytes(US_ASCII));
        outbox.flush();
        assertThat(String.join("", sent())).isEqualTo(longer + "hello" + longer);
    }

    @Test
    void releasesWhatWasNotFlushed() {
        ByteBuf frame = own("hello");
        add(frame, OK);
        assertThat(frame.refCnt()).isEqualTo(1);
        outbox.release();
        assertThat(frame.refCnt()).isZero();
        outbox.flush();
        assertThat(channel.outboundMessages()).isEmpty();
    }

    @Test
    void releasesTwiceWithoutHarm() {
        add(own("hello"), OK);
        outbox.release();
        outbox.release();
        assertThat(channel.outboundMessages()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void sendsEveryByteInOrderWhateverTheBuffers(long seed) {
        Random random = new Random(seed);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        ByteArrayOutputStream actual = new ByteArrayOutputStream();
        List<ByteBuf> frames = new ArrayList<>();
        for (int turn = 0; turn < 200; turn++) {
            for (int i = random.nextInt(20); i >= 0; i--) {
                byte[] bytes = bytes(random, 1, random.nextInt(10) == 0 ? 5000 : 200);
                byte[] acknowledgement = bytes(random, 0, 100);
                ByteBuf frame = frame(random, bytes);
                frames.add(frame);
                add(frame, acknowledgement);
                expected.writeBytes(bytes);
                expected.writeBytes(acknowledgement);
            }
            outbox.flush();
            drain(actual);
        }
        assertThat(actual.toByteArray()).isEqualTo(expected.toByteArray());
        assertThat(frames).extracting(ByteBuf::refCnt).containsOnly(0);
    }

    private static byte[] bytes(Random random, int fewest, int most) {
        byte[] bytes = new byte[random.nextInt(fewest, most + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** These bytes, as one of the sorts of buffers in which frames come. */
    private ByteBuf frame(Random random, byte[] bytes) {
        ByteBuf own = channel.alloc()
                .ioBuffer(bytes.length + random.nextInt(2 * Outbox.ROOM))
                .writeBytes(bytes);
        return switch (random.nextInt(5)) {
            case 0 -> own;
            case 1 -> own.asReadOnly();
            case 2 -> slice(own.writeBytes(bytes), bytes.length);
            case 3 -> slice(own.writeBytes(bytes), bytes.length).asReadOnly();
            default -> {
                own.release();
                yield Unpooled.wrappedBuffer(bytes);
            }
        };
    }

    /** The only slice of a buffer that has more behind it. */
    private static ByteBuf slice(ByteBuf whole, int length) {
        ByteBuf slice = whole.readRetainedSlice(length);
        whole.release();
        return slice;
    }

    private void drain(ByteArrayOutputStream to) {
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            to.writeBytes(ByteBufUtil.getBytes(next));
            next.release();
        }
    }

    /** A frame that has its buffer to itself, with room behind it. */
    private ByteBuf own(String text) {
        return channel.alloc().ioBuffer(text.length() + Outbox.ROOM).writeBytes(text.getBytes(US_ASCII));
    }

    /** Adds a reply as a connection does, to a frame that nobody needs afterwards. */
    private void add(ByteBuf frame, byte[] acknowledgement) {
        outbox.add(frame, acknowledgement);
        frame.release();
    }

    /** What has left, buffer by buffer. */
    private List<String> sent() {
        List<String> sent = new ArrayList<>();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            sent.add(next.toString(US_ASCII));
            next.release();
        }
        return sent;
    }
}
