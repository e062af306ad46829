"""Test vectors for StructFormat, taken from Python's struct module.

    python3 struct_vectors.py            writes the vectors: src/test/resources/dev/readback/frame/struct-vectors.txt
    python3 struct_vectors.py --answer   reads questions from standard input and answers each

A vector is a question with its answer, in one line of fields parted by tabs; "!" is the answer where Python refuses:

    size    FORMAT          CALCSIZE
    unpack  FORMAT  BYTES   PACKED  VALUES  REPR      PACKED is pack(unpack(BYTES)), "=" where that is BYTES again
    pack    FORMAT  VALUES  BYTES

FORMAT is percent-encoded, bytes are hex. VALUES are parted by spaces: i-7 an integer, f and the 16 hex digits of a
double, b and the hex of bytes, True, False, and s, a string, which is of a wrong type everywhere.

The format 0p is left out: CPython 3.11 reads and writes outside the field there. Exit status 3: this Python is not one
that the vectors hold for, and standard error says why.
"""

import random
import struct
import sys
from urllib.parse import quote, unquote

SEED = 12345
ORDERS = ["", "@", "=", "<", ">", "!"]
CODES = "xcbB?hHiIlLqQnNefdspP"
INTEGERS = "bBhHiIlLqQnNP"
LARGEST = 2**31 - 1


def refusal():
    """Why this Python cannot be compared with, or None."""
    if sys.version_info < (3, 7):
        return "is older than 3.7"
    if sys.byteorder != "little" or struct.calcsize("@lnP") != 24:
        return "has other native sizes than 64-bit Linux"
    signalling = {"<e": b"\1\x7c", "<f": b"\1\0\x80\x7f", "<d": b"\1\0\0\0\0\0\xf0\x7f"}
    quiet = {"<e": b"\0\x7e", "<f": b"\1\0\xc0\x7f", "<d": b"\1\0\0\0\0\0\xf0\x7f"}
    if {f: struct.pack(f, *struct.unpack(f, b)) for f, b in signalling.items()} != quiet:
        return "converts NaN differently from CPython 3.11 on x86-64"
    return None


def write_value(value):
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return f"i{value}"
    if isinstance(value, float):
        return "f" + struct.pack(">d", value).hex()
    return "b" + value.hex()


def read_value(text):
    if text in ("True", "False"):
        return text == "True"
    kind, rest = text[0], text[1:]
    if kind == "i":
        return int(rest)
    if kind == "f":
        return struct.unpack(">d", bytes.fromhex(rest))[0]
    if kind == "b":
        return bytes.fromhex(rest)
    return "a string"


def answer_size(notation):
    return [str(struct.calcsize(notation))]


def answer_unpack(notation, record):
    record = bytes.fromhex(record)
    values = struct.unpack(notation, record)
    packed = struct.pack(notation, *values)
    return [
        "=" if packed == record else packed.hex(),
        " ".join(map(write_value, values)),
        repr(values),
    ]


def answer_pack(notation, values):
    return [struct.pack(notation, *map(read_value, values.split())).hex()]


ANSWERS = {"size": answer_size, "unpack": answer_unpack, "pack": answer_pack}


def answer(question):
    kind, notation, *rest = question
    try:
        return ANSWERS[kind](unquote(notation), *rest)
    except (struct.error, OverflowError, UnicodeError):
        return ["!"]


class Questions:
    """Questions, each asked once, in the order in which they were first asked."""

    def __init__(self):
        self.random = random.Random(SEED)
        self.asked = {}

    def ask(self, kind, notation, *rest):
        self.asked[(kind, quote(notation, safe="@=<>!?"), *rest)] = None

    def size(self, notation):
        self.ask("size", notation)

    def unpack(self, notation, record):
        self.ask("unpack", notation, record.hex())

    def pack(self, notation, *values):
        self.ask("pack", notation, " ".join(v if isinstance(v, str) else write_value(v) for v in values))

    def pick(self, choices):
        return choices[self.random.getrandbits(32) % len(choices)]

    def bytes(self, length):
        """Random bytes, with more of the bytes that mean something than chance would have."""
        special = b"\x00\x01\x02\x7f\x7c\x7e\x80\xf0\xff'\"\\\n"
        kind = self.random.getrandbits(2)
        return bytes(
            self.pick(special) if kind == 0 or kind == 1 and self.random.getrandbits(1) else self.random.getrandbits(8)
            for _ in range(length)
        )

    def item(self):
        code = self.pick(CODES)
        count = self.pick(["", "", "", "1", "2", "03", "9"] + ([] if code == "p" else ["0", "00"]))
        return count + code

    def notation(self):
        space = self.pick(["", "", "", " ", "\t", " \n ", "\r\v\f"])
        return self.pick(ORDERS) + space + space.join(self.item() for _ in range(self.pick(range(1, 6)))) + space


def calcsize(notation):
    try:
        return struct.calcsize(notation)
    except (struct.error, UnicodeError):
        return None


def ask_sizes(questions):
    for order in ORDERS:
        for code in CODES:
            for count in ["", "0", "1", "2", "7", "300"]:
                if count + code != "0p":
                    questions.size(order + count + code)
                    questions.size(f"{order}b{count}{code}h")
    for notation in [
        "", " ", "@", "< ", " <h", "<>h", "@@", "< h", "2 h", "2", "h2", "h 2", "0", "h\t\n\v\f\rh", "h\x1ch", "h\x1fh",
        "h\x85", "h\xa0h", "\xe9", "\u0660h", "\uff21", "h\0", "\0", "-1h", "+1h", "1.h", "1e3h", "1_0h", "FF", "D", "u",
        "Z", "O", "X", "S", "^h", "|h", "h,h", "h;", "(h)", "[h]", "b0h", "b0i", "b0q", "b0n0P", "bh0i", "0h", "0xh",
        "xh", "<b0q", "b0xq", "b0sq", "<n", "=N", ">P", "!n", "!hP", "0n", "<0n", "1000000000000000000000x",
        f"{LARGEST}x", f"{LARGEST + 1}x", f"{LARGEST}xx", f"{LARGEST}B", f"{LARGEST}s", f"0s{LARGEST}s", f"b{LARGEST}s",
        f"<{LARGEST // 8}q", f"<{LARGEST // 8 + 1}q", f"<{LARGEST // 8}q7x", f"<{LARGEST // 8}q8x", f"{LARGEST - 1}x0h",
        f"{LARGEST}x0h", f"{LARGEST}x0B", f"{2**32}h", f"{2**32 + 1}h", f"{2**61}q", f"{2**61 + 1}q", f"{2**63 - 1}x",
        f"{2**63}x", f"{2**63 - 1}xx", f"{2**63 - 1}x0h", f"{2**64}x", f"{2**64 + 1}h", "0" * 40 + "3h", "0" * 40 + "h",
    ]:
        questions.size(notation)
    for _ in range(600):
        length = questions.pick(range(1, 7))
        notation = "".join(questions.pick(CODES + "@=<>! \n0123456789%+#\xe9") for _ in range(length))
        questions.size(questions.pick(ORDERS) + notation)


def ask_unpacks(questions):
    for order in ORDERS:
        for code in CODES:
            for count in ["", "3"]:
                notation = order + count + code
                size = calcsize(notation)
                if size is None:
                    continue
                for record in [bytes(size), b"\xff" * size, b"\x80" + bytes(size - 1), bytes(size - 1) + b"\x80"]:
                    questions.unpack(notation, record)
                for _ in range(3):
                    questions.unpack(notation, questions.bytes(size))
                questions.unpack(notation, bytes(size + 1))
                questions.unpack(notation, bytes(size - 1))
    for record in [b"\x05abc", b"\x04abcd", b"\x03abcd", b"\xffabcd", b"\x00abcd", b"\x01'bcd", b"\x02'\"cd"]:
        questions.unpack(f"{len(record)}p", record)
    questions.unpack("1p", b"\xff")
    questions.unpack("300p", b"\xff" + b"y" * 299)
    questions.unpack("257p", b"\xff" + b"y" * 256)
    questions.unpack("256p", b"\xff" + b"y" * 255)
    for start in range(0, 256, 32):
        questions.unpack("32s", bytes(range(start, start + 32)))
        questions.unpack("40s", bytes(range(start, start + 32)) + b"''''''''")
        questions.unpack("40s", bytes(range(start, start + 32)) + b"'\"\"'\\\\''")
    questions.unpack("", b"")
    questions.unpack("", b"a")
    for _ in range(1000):
        notation = questions.notation()
        size = calcsize(notation)
        if size is not None:
            questions.unpack(notation, questions.bytes(size))


def ask_floats(questions):
    nans = ["7f800001", "7fbfffff", "7fc00000", "7fc00001", "7fffffff", "ff800001", "ffc00000", "ffffffff", "7faaaaaa"]
    singles = nans + ["7f800000", "ff800000", "00000000", "80000000", "00000001", "80000001", "007fffff", "00800000"]
    for record in map(bytes.fromhex, singles + ["7f7fffff", "ff7fffff", "3dcccccd", "4b800000", "5a0e1bca"]):
        for order in ORDERS:
            questions.unpack(order + "f", record if order in (">", "!") else record[::-1])
    halves = ["7c00", "fc00", "7c01", "fc01", "7dff", "7e00", "7e01", "7fff", "fe00", "ffff", "0000", "8000", "0001"]
    for record in map(bytes.fromhex, halves + ["8001", "03ff", "0400", "7bff", "fbff", "3c00", "3c01", "2e66"]):
        for order in ORDERS:
            questions.unpack(order + "e", record if order in (">", "!") else record[::-1])
    doubles = ["7ff0000000000001", "7ff8000000000000", "7ff8000000000001", "7fffffffffffffff", "fff0000000000001",
               "fff8000000000000", "ffffffffffffffff", "7ff7ffffffffffff", "7ff8000020000001", "7ff0000010000000"]
    values = [read_value("f" + double) for double in doubles]
    values += [0.0, 1.0, 65504.0, 65519.99999999999, 65520.0, 65536.0, 1e5, 1e300, 1e-300, 5e-324, 2.0**-24, 2.0**-25]
    values += [2.0**-25 + 2.0**-60, 1.5 * 2.0**-24, 2.5 * 2.0**-24, 2.0**-14, 2.0**-14 - 2.0**-25, 2.0**-15]
    values += [1 + 2.0**-11, 1 + 2.0**-11 + 2.0**-40, 1 + 3 * 2.0**-11, 2.0 - 2.0**-11, 2.0 - 2.0**-12, 0.1, 1e-7]
    values += [1 + 2.0**-24, 1 + 2.0**-24 + 2.0**-50, 1 + 3 * 2.0**-24, 2.0**-149, 2.0**-150, 2.0**-150 + 2.0**-190]
    values += [3.4028234663852886e38, 3.4028235677973362e38, 3.4028235677973366e38, 1.7976931348623157e308]
    values += [float("inf"), 2.0**-126, 2.0**-126 - 2.0**-150, 16777217.0, 33554435.0]
    for value in values + [-value for value in values]:
        for order in ["@", "<", ">"]:
            for code in "efd":
                questions.pack(order + code, value)
    for _ in range(300):
        exponent = questions.pick(range(-27, 18))
        value = (1 + questions.random.getrandbits(12) / 4096) * 2.0**exponent
        questions.pack(questions.pick(["<e", ">e", "e"]), value)


def ask_float_reprs(questions):
    values = [1e16, 9999999999999998.0, 1e15, 1e-4, 1e-5, 9.999e-05, 0.00012345, 123456789012345680.0, 1e22, 1e23, 5e-324,
              1e-323, 1.5e-323, 2e-323, 2.5e-323, 3e-323, 4.4e-323, 1e-322, 2.2250738585072014e-308, 0.1, 0.3, 1 / 3,
              2e23, 1.0, 10.0, 100.0, 1e100, 1.2e-10, 9007199254740993.0, 2.0**-44, 9.5e-7, 4.35, 2.675, 1e21, 123e18]
    values += [2.0**n for n in range(-1074, 1024, 17)] + [10.0**n for n in range(-30, 31)]
    values += [n * 5e-324 for n in range(1, 40)]
    while len(values) < 1600:
        bits = questions.random.getrandbits(64)
        if len(values) % 3 == 0:
            bits &= -1 << 30 + questions.random.getrandbits(4)
        value = struct.unpack("<d", struct.pack("<Q", bits))[0]
        if value == value:
            values.append(value)
    for start in range(0, len(values), 8):
        group = values[start:start + 8]
        questions.unpack(f">{len(group)}d", struct.pack(f">{len(group)}d", *group))
    for start in range(0, 240, 8):
        questions.unpack("<8f", questions.bytes(32))
        questions.unpack("<8e", questions.bytes(16))


def ask_packs(questions):
    limits = sorted({sign * 2**bits + d for bits in (0, 7, 8, 15, 16, 31, 32, 63, 64) for d in (-1, 0, 1) for sign in (1, -1)})
    for code in INTEGERS:
        for order in ["@", "=", "!"]:
            for value in limits:
                questions.pack(order + code, value)
            for value in [True, False, 1.0, b"a", "s", 10**40, -(10**40)]:
                questions.pack(order + code, value)
    big = [10**308, 10**309, 10**400, -(10**400), 2**1024 - 2**970, 2**1024 - 2**970 - 1, 2**53 + 1, 2**63 - 1, 2**64]
    for code in "efd":
        for order in ["@", "<"]:
            for value in [True, False, 0, 7, -65519, 65519, 65520, b"", b"a", "s", *big]:
                questions.pack(order + code, value)
    for value in [True, False, 0, 1, -1, 256, 10**30, 0.0, -0.0, 0.5, float("nan"), b"", b"\0"]:
        questions.pack("?", value)
        questions.pack("!2?", value, value)
    for code in ["c", "s", "p", "3s", "3p", "0s", "1p", "3c"]:
        for value in [b"", b"a", b"ab", b"abc", b"abcd", b"a\0", 97, 1.0, True, "s"]:
            questions.pack(code, *[value] * (3 if code == "3c" else 1))
    for length in [254, 255, 256, 257, 299, 300, 301]:
        questions.pack("300p", b"z" * length)
    for notation in ["", "x", "B", "2B", "Bx", "xB", "4s", "0s", "0B", "2s3p", "3x", "<bhq", "bhq0q", "? ?"]:
        for count in range(4):
            for value in [1, b"a"]:
                questions.pack(notation, *[value] * count)
    for _ in range(300):
        notation = questions.notation()
        size = calcsize(notation)
        if size is not None:
            values = list(struct.unpack(notation, questions.bytes(size)))
            questions.pack(notation, *values)
            questions.pack(notation, *values[1:])
            for i in range(min(len(values), 2)):
                values[questions.pick(range(len(values)))] = questions.pick([0, -1, 70000, 2**64, 0.5, b"abc", True])
            questions.pack(notation, *values)


def write_lines(questions):
    for question in questions:
        sys.stdout.write("\t".join([*question, *answer(question)]) + "\n")


def main(arguments):
    why = refusal()
    if why:
        sys.stderr.write(f"Python {sys.version.split()[0]} {why}\n")
        return 3
    sys.stdout.reconfigure(encoding="ascii", newline="\n")
    sys.stdin.reconfigure(encoding="ascii", newline="\n")
    if arguments == ["--answer"]:
        write_lines(line.rstrip("\n").split("\t") for line in sys.stdin)
    else:
        questions = Questions()
        for ask in [ask_sizes, ask_unpacks, ask_floats, ask_float_reprs, ask_packs]:
            ask(questions)
        write_lines(questions.asked)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
