#!/usr/bin/env python3
"""Makes the test vectors of every format by docs/format.md alone, with none of Slipway's code.

    vectors.py              prints them as JSON: what stands in tests/vectors/vectors.json
    vectors.py --check      compares them with that file

Bytes are in hex; of what is long there is the SHA-256.
"""

import hashlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def sha(data):
    return hashlib.sha256(data).digest()


def le(value, size):
    return value.to_bytes(size, "little")


def leb(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def name(text):
    return leb(len(text.encode())) + text.encode()


def node(level, items):
    return b"SWT\x01" + bytes([level]) + leb(len(items)) + b"".join(items)


def entry(kind, text, size, digest):
    return bytes([kind]) + name(text) + leb(size) + digest


def ends(level, names):
    """How many names each node of a level takes."""
    count = size = 0
    for text in names:
        raw = text.encode()
        value = 0xCBF29CE484222325
        for byte in bytes([level]) + raw:
            value = (value ^ byte) * 0x100000001B3 % 2**64
        value ^= value >> 33
        value = value * 0xFF51AFD7ED558CCD % 2**64
        value ^= value >> 33
        count, size = count + 1, size + len(raw)
        if count == 1024 or size >= 65536 or count >= 64 and value % 192 == 0:
            yield count
            count = size = 0
    if count:
        yield count


def directory(files):
    """The root's digest and level of a directory of files: (name, content) each."""
    items = [(text, 1, len(content), entry(0, text, len(content), sha(content))) for text, content in sorted(files, key=lambda f: f[0].encode())]
    level = 0
    while True:
        above, at = [], 0
        for count in ends(level, [item[0] for item in items]):
            part = items[at : at + count]
            at += count
            below, size = sum(item[1] for item in part), sum(item[2] for item in part)
            digest = sha(node(level, [item[3] for item in part]))
            above.append((part[-1][0], below, size, name(part[-1][0]) + leb(below) + leb(size) + digest))
        if len(above) == 1:
            return above[0][3][-32:], level
        items, level = above, level + 1


def record(kind, digest, payload):
    return kind + le(len(payload), 4) + digest + payload


def burial(number, offset, digest):
    return sha(b"dead" + le(number, 8) + le(offset, 8) + digest)[:8]


def pack_vectors():
    number, first, second = 3, b"first blob", b"second"
    pack = b"slw-pack" + le(1, 4) + le(0, 4) + le(number, 8)
    pack += record(b"blob", sha(first), first)
    offset = len(pack) + 40
    pack += record(b"blob", sha(second), second)
    pack += record(b"dead", sha(first), burial(number, len(pack), sha(first)))
    digest = sha(second)
    fan = b"".join(le(1 if value >= digest[0] else 0, 4) for value in range(256))
    index = b"slw-pidx" + le(1, 4) + le(1, 4) + le(number, 8) + le(len(pack), 8) + le(40 + len(second), 8) + fan + digest + le(offset, 4) + le(len(second), 4)
    return {"number": number, "blobs": [first.decode(), second.decode()], "pack": pack.hex(), "index": (index + sha(index)).hex(), "dead": (digest + burial(number, 0, digest)).hex()}


def recipe():
    lines = f"slipway-composed 1\npart {sha(b'a').hex()} 0 100\npart {sha(b'b').hex()} 7 8388608\nsize 8388708\n"
    return lines + f"sum {sha(lines.encode()).hex()}\n"


def commit(version, parents, inputs):
    text = f"slipway-commit {version}\n" + "".join(f"parent {sha(parent).hex()}\n" for parent in parents)
    text += f"tree {sha(b'tree').hex()}\n{inputs}author 3:ann\nfinished 2026-11-21T12:00:00.1234567Z\nmessage {len('é'.encode()) + 6}:é\nlines\n"
    return sha(text.encode()).hex()


def row_sum(table, key, value):
    said = b"".join(le(len(text.encode()), 4) + text.encode() for text in (table, key)) + value
    return sha(said)[:16].hex()


def vectors():
    leaf = node(0, [entry(0, "a", 300, sha(b"a")), entry(1, "b.sh", 0, sha(b"")), entry(2, "d", 1 << 40, sha(b"d")), entry(3, "é", 4, sha(b"to"))])
    above = node(2, [name("m") + leb(70) + leb(12) + sha(b"m"), name("z") + leb(1 << 33) + leb(0) + sha(b"z")])
    trees = []
    for count in (1, 63, 5000, 30000):
        digest, level = directory([(f"file-{i}-é", str(i).encode()) for i in range(count)])
        trees.append({"files": count, "root": digest.hex(), "level": level})
    return {
        "nodes": {"empty": node(0, []).hex(), "leaf": leaf.hex(), "above": above.hex()},
        "directories of files 'file-N-é' that hold N": trees,
        "segment": pack_vectors(),
        "recipe": recipe(),
        "commits": {
            "first": commit(1, [], ""),
            "next": commit(1, [b"parent"], f"input 1:a p/r@master {1:032x}\ninput 1:b r@side {2:032x}\n"),
            "merge": commit(2, [b"parent", b"other"], ""),
        },
        "sum of a record": {"table": "branches", "key": "data\x1fmaster", "value": '{"head":null}', "sum": row_sum("branches", "data\x1fmaster", b'{"head":null}')},
    }


def main():
    text = json.dumps(vectors(), indent=2, ensure_ascii=False) + "\n"
    if sys.argv[1:] == ["--check"]:
        with open(os.path.join(HERE, "..", "vectors", "vectors.json"), encoding="utf-8") as file:
            if file.read() != text:
                raise SystemExit("tests/vectors/vectors.json is not what docs/format.md says")
    else:
        sys.stdout.write(text)


main()
