package dev.readback.frame;

import dev.readback.frame.StructLayout.Gap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A binary record in the notation of Python's {@code struct} module, for example {@code !HI}: packs values into bytes,
 * and unpacks them, as <a href="https://docs.python.org/3/library/struct.html">its documentation</a> says and CPython
 * 3.11 does on 64-bit Linux.
 *
 * <p>A format is a byte order and any number of items. An item is a format character, or a repeat count with the
 * character directly after it: {@code 3H} is {@code HHH}. White space is allowed before and after an item.
 *
 * <table>
 * <caption>Byte orders: the first character</caption>
 * <tr><th>sign</th><th>bytes</th><th>sizes</th><th>alignment</th></tr>
 * <tr><td>{@code @}, or none</td><td>little-endian</td><td>native</td><td>native: pad bytes bring each item to a
 *     multiple of its size</td></tr>
 * <tr><td>{@code =}, {@code <}</td><td>little-endian</td><td>standard</td><td>none</td></tr>
 * <tr><td>{@code >}, {@code !}</td><td>big-endian</td><td>standard</td><td>none</td></tr>
 * </table>
 *
 * <p>Native is what it is on 64-bit Linux with a little-endian processor, on every machine. Alignment puts no pad bytes
 * after the last item; a count of 0 aligns the end of the record: {@code i0q} has 8 bytes.
 *
 * <table>
 * <caption>Format characters</caption>
 * <tr><th>character</th><th>standard size</th><th>native size</th><th>value</th><th>Java type</th></tr>
 * <tr><td>{@code x}</td><td>1</td><td>1</td><td>none: pad byte</td><td></td></tr>
 * <tr><td>{@code c}</td><td>1</td><td>1</td><td>one byte</td><td>byte[] of length 1</td></tr>
 * <tr><td>{@code b}</td><td>1</td><td>1</td><td>-128 to 127</td><td>Long</td></tr>
 * <tr><td>{@code B}</td><td>1</td><td>1</td><td>0 to 255</td><td>Long</td></tr>
 * <tr><td>{@code ?}</td><td>1</td><td>1</td><td>false: 0, true: 1 (any byte but 0 when unpacked)</td>
 *     <td>Boolean</td></tr>
 * <tr><td>{@code h}</td><td>2</td><td>2</td><td>-32768 to 32767</td><td>Long</td></tr>
 * <tr><td>{@code H}</td><td>2</td><td>2</td><td>0 to 65535</td><td>Long</td></tr>
 * <tr><td>{@code i}</td><td>4</td><td>4</td><td>-2147483648 to 2147483647</td><td>Long</td></tr>
 * <tr><td>{@code I}</td><td>4</td><td>4</td><td>0 to 4294967295</td><td>Long</td></tr>
 * <tr><td>{@code l}</td><td>4</td><td>8</td><td>as {@code i}; native as {@code q}</td><td>Long</td></tr>
 * <tr><td>{@code L}</td><td>4</td><td>8</td><td>as {@code I}; native as {@code Q}</td>
 *     <td>Long; native BigInteger</td></tr>
 * <tr><td>{@code q}</td><td>8</td><td>8</td><td>-2<sup>63</sup> to 2<sup>63</sup>-1</td><td>Long</td></tr>
 * <tr><td>{@code Q}</td><td>8</td><td>8</td><td>0 to 2<sup>64</sup>-1</td><td>BigInteger</td></tr>
 * <tr><td>{@code n}</td><td>not allowed</td><td>8</td><td>as {@code q}</td><td>Long</td></tr>
 * <tr><td>{@code N}</td><td>not allowed</td><td>8</td><td>as {@code Q}</td><td>BigInteger</td></tr>
 * <tr><td>{@code P}</td><td>not allowed</td><td>8</td><td>as {@code Q}; packs a negative number, down to
 *     -2<sup>63</sup>, as its two's complement</td><td>BigInteger</td></tr>
 * <tr><td>{@code e}</td><td>2</td><td>2</td><td>IEEE 754 half precision, magnitude below 65520</td><td>Double</td></tr>
 * <tr><td>{@code f}</td><td>4</td><td>4</td><td>single precision, magnitude below 3.4028235677973366e+38; a larger
 *     number is refused, but packs as infinity in native format</td><td>Double</td></tr>
 * <tr><td>{@code d}</td><td>8</td><td>8</td><td>double precision</td><td>Double</td></tr>
 * <tr><td>{@code s}</td><td>count</td><td>count</td><td>one value of as many bytes as the count says; when packed, a
 *     longer one is cut off, a shorter one filled up with zeros</td><td>byte[]</td></tr>
 * <tr><td>{@code p}</td><td>count</td><td>count</td><td>one value behind a length byte, in as many bytes as the count
 *     says, length byte included; cut off and filled up likewise</td><td>byte[]</td></tr>
 * </table>
 *
 * <p>As in Python, what is packed may be of other types: an integer may be a Byte, Short, Integer, Long, BigInteger or
 * Boolean, a floating point number also a Float or any of these, and {@code ?} takes the truth of any number and of a
 * byte[] (true unless empty).
 *
 * <p>Infinities and negative zero come through all of {@code e f d}. A NaN comes through {@code d} bit by bit. From
 * {@code f} it comes back quiet, otherwise the same; from {@code e} it comes back with its sign only.
 *
 * <p>One case differs from CPython 3.11, which reads and writes beside the field there: {@code 0p} is an empty value.
 *
 * <p>Immutable. Two formats are equal when their texts are.
 */
public final class StructFormat {

    private static final Set<StructCode> LENGTHS =
            Set.of(StructCode.BYTE, StructCode.SHORT, StructCode.INT, StructCode.LONG_LONG);

    private final String format;
    private final StructLayout layout;
    private final List<StructItem> lossyItems;

    private StructFormat(String format, StructLayout layout) {
        this.format = format;
        this.layout = layout;
        this.lossyItems =
                layout.items().stream().filter(item -> item.element().isLossy()).toList();
    }

    /**
     * Parses a format. An empty one is allowed, as in Python: its records have no bytes.
     *
     * @throws StructFormatException if a character is unknown or not allowed with the byte order, if no character
     *     follows a repeat count, or if a record would have more than {@value Integer#MAX_VALUE} bytes or values
     */
    public static StructFormat valueOf(String format) {
        return new StructFormat(format, StructParser.parse(format));
    }

    /** The text that was parsed. */
    public String format() {
        return format;
    }

    /** The size of a record in bytes: Python's {@code calcsize}. */
    public int size() {
        return layout.size();
    }

    /** The number of values in a record. */
    public int values() {
        return layout.values();
    }

    /**
     * Reads all readable bytes, which must be one record.
     *
     * @return the values in order, of the types in the table; the list is unmodifiable, its arrays are copies
     * @throws StructFormatException if there are not exactly {@link #size()} readable bytes; none is read then
     */
    public List<Object> unpack(ByteBuf in) {
        if (in.readableBytes() != size()) {
            throw refused("unpacks exactly %d bytes, not %d".formatted(size(), in.readableBytes()));
        }
        List<Object> values = new ArrayList<>(values());
        for (StructItem item : layout.items()) {
            item.unpack(in, in.readerIndex(), values);
        }
        in.skipBytes(size());
        return Collections.unmodifiableList(values);
    }

    /** Reads one record, as {@link #unpack(ByteBuf)} does. */
    public List<Object> unpack(byte[] in) {
        return unpack(Unpooled.wrappedBuffer(in));
    }

    /**
     * Writes one record. Pad bytes are zero.
     *
     * @param values as many as {@link #values()}, of types and in ranges that the table allows
     * @throws StructFormatException if a value is missing, left over, of a wrong type or out of range; the buffer's
     *     indices are as before then
     */
    public void pack(List<?> values, ByteBuf out) {
        if (values.size() != values()) {
            throw refused("packs exactly %d values, not %d".formatted(values(), values.size()));
        }
        int start = out.writerIndex();
        out.ensureWritable(size());
        out.setZero(start, size());
        Iterator<?> next = values.iterator();
        for (StructItem item : layout.items()) {
            item.pack(next, out, start, format);
        }
        out.writerIndex(start + size());
    }

    /** Returns one record, as {@link #pack(List, ByteBuf)} writes it. */
    public byte[] pack(List<?> values) {
        byte[] record = new byte[size()];
        pack(values, Unpooled.wrappedBuffer(record).clear());
        return record;
    }

    /**
     * Makes a record in place what {@code pack(unpack(record))} would make of it, and allocates nothing. That clears pad
     * bytes, and changes what several bytes stand for in one way: true ({@code ?}) becomes 1, the bytes after a {@code p}
     * value zero and its length byte no more than fits, and a NaN ({@code e f}) quiet.
     *
     * @param index of the record's first byte in the buffer, whose own indices stay as they are
     * @throws StructFormatException if fewer than {@link #size()} bytes are written from there on
     */
    public void normalize(ByteBuf buffer, int index) {
        if (index < 0 || index > buffer.writerIndex() - size()) {
            throw refused("has records of %d bytes, which do not lie at index %d of a buffer of %d"
                    .formatted(size(), index, buffer.writerIndex()));
        }
        // By index: an iterator for each record would be garbage on the path of every reply
        List<Gap> gaps = layout.gaps();
        for (int i = 0; i < gaps.size(); i++) {
            buffer.setZero(index + gaps.get(i).offset(), gaps.get(i).length());
        }
        for (int i = 0; i < lossyItems.size(); i++) {
            lossyItems.get(i).normalize(buffer, index);
        }
    }

    /**
     * The length header that this format is, if it is one: exactly one of {@code B H I Q}, with any byte order and
     * nothing beside it.
     */
    public Optional<LengthHeader> lengthHeader() {
        if (values() != 1 || !layout.gaps().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(layout.items().getFirst().code())
                .filter(LENGTHS::contains)
                .map(_ -> new LengthHeader(size(), layout.order().byteOrder()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StructFormat that && format.equals(that.format);
    }

    @Override
    public int hashCode() {
        return format.hashCode();
    }

    /** The text that was parsed. */
    @Override
    public String toString() {
        return format;
    }

    private StructFormatException refused(String problem) {
        return new StructFormatException("struct format " + PythonText.quote(format) + " " + problem);
    }
}
