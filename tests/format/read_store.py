#!/usr/bin/env python3
"""Reads a Slipway home with nothing but docs/format.md: lists every file of a revision and proves all digests on the way.

    read_store.py HOME REPO@BRANCH[~N]          prints: digest size kind path, a line each
    read_store.py HOME REPO@BRANCH[~N] /PATH    prints the file's bytes

The standard library only, and none of Slipway's code: it is here to show that the format's description is enough. The home must be at rest
(no server): a part of the newest records may otherwise wait in a server's memory.
"""

import hashlib
import json
import os
import sqlite3
import sys

SEPARATOR = "\x1f"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class BlobStore:
    """Loose files, packs and recipes below one folder."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "format")) as text:
            name, version = text.read().split()
        if name != "slipway-content" or int(version) not in (1, 2):
            raise SystemExit(f"{folder} is {name} {version}, and this reader knows slipway-content 1 and 2")
        self.packed = {}
        packs = os.path.join(folder, "packs")
        for name in sorted(os.listdir(packs)):
            if name.endswith(".pack"):
                self.read_pack(os.path.join(packs, name))

    def read_pack(self, path):
        """Every record of a segment proves itself by its digest; burials remove what stands before them."""
        with open(path, "rb") as file:
            data = file.read()
        if data[:8] != b"slw-pack" or int.from_bytes(data[8:12], "little") != 1:
            raise SystemExit(f"{path} is no pack segment of version 1")
        number, at, found = data[16:24], 24, {}
        while at + 40 <= len(data):
            kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
            digest, payload = data[at + 8 : at + 40].hex(), data[at + 40 : at + 40 + length]
            if kind == b"blob" and length <= 65536 and sha256(payload) == digest:
                found[digest] = payload
            elif kind == b"dead" and payload == hashlib.sha256(b"dead" + number + at.to_bytes(8, "little") + data[at + 8 : at + 40]).digest()[:8]:
                found.pop(digest, None)
            else:
                candidates = [i for i in (data.find(b"blob", at + 1), data.find(b"dead", at + 1)) if i > 0]
                if not candidates:
                    break
                at = min(candidates)
                continue
            at += 40 + length
        burials = path[: -len(".pack")] + ".dead"
        if os.path.exists(burials):
            with open(burials, "rb") as file:
                data = file.read()
            for at in range(0, len(data) - 39, 40):
                digest = data[at : at + 32]
                if data[at + 32 : at + 40] == hashlib.sha256(b"dead" + number + bytes(8) + digest).digest()[:8]:
                    found.pop(digest.hex(), None)
        self.packed.update(found)

    def path(self, part, digest):
        return os.path.join(self.folder, part, digest[:2], digest)

    def read(self, digest):
        """A blob's bytes, proved."""
        data = self.packed.get(digest)
        if data is None and os.path.exists(self.path("loose", digest)):
            with open(self.path("loose", digest), "rb") as file:
                data = file.read()
        if data is None and os.path.exists(self.path("composed", digest)):
            with open(self.path("composed", digest)) as file:
                lines = file.read().split("\n")
            if lines[0] != "slipway-composed 1" or lines[-2] != "sum " + sha256(("\n".join(lines[:-2]) + "\n").encode()):
                raise SystemExit(f"the recipe of {digest} is damaged")
            parts = [line.split(" ") for line in lines if line.startswith("part ")]
            data = b"".join(self.read(source)[int(offset) : int(offset) + int(length)] for _, source, offset, length in parts)
        if data is None:
            raise SystemExit(f"blob {digest} is not in the store")
        if sha256(data) != digest:
            raise SystemExit(f"blob {digest} is corrupt")
        return data


class Reader:
    """Takes numbers and strings off the front of some bytes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self):
        """Unsigned LEB128."""
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def name(self):
        return self.take(self.number()).decode()


KINDS = {0: "file", 1: "executable", 2: "directory", 3: "symlink"}


def entries(blobs, node):
    """The entries of one directory, in order, over all of its nodes."""
    reader = Reader(blobs.read(node))
    if reader.take(4) != b"SWT\x01":
        raise SystemExit(f"{node} is no directory of version 1")
    level, count = reader.take(1)[0], reader.number()
    for _ in range(count):
        if level == 0:
            kind = KINDS[reader.take(1)[0]]
            yield kind, reader.name(), reader.number(), reader.take(32).hex()
        else:
            reader.name(), reader.number(), reader.number()
            yield from entries(blobs, reader.take(32).hex())


def walk(blobs, root, path=""):
    for kind, name, size, digest in entries(blobs, root):
        if kind == "directory":
            yield from walk(blobs, digest, f"{path}/{name}")
        else:
            yield kind, f"{path}/{name}", size, digest


class Metadata:
    """The records, each with its sum where the schema has one."""

    def __init__(self, path):
        self.database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.version = self.database.execute("PRAGMA user_version").fetchone()[0]
        if self.version not in (1, 2):
            raise SystemExit(f"{path} has schema {self.version}, and this reader knows 1 and 2")

    def get(self, table, *parts):
        key = SEPARATOR.join(parts)
        columns = "value, sum" if self.version > 1 else "value, NULL"
        row = self.database.execute(f"SELECT {columns} FROM records WHERE tab = ? AND key = ?", (table, key)).fetchone()
        if row is None:
            raise SystemExit(f"{table} has no record {parts}")
        value, total = row
        if total is not None:
            said = b"".join(len(text.encode()).to_bytes(4, "little") + text.encode() for text in (table, key)) + bytes(value)
            if hashlib.sha256(said).digest()[:16] != total:
                raise SystemExit(f"the record {parts} of {table} is damaged")
        return json.loads(value)


def counted(text):
    return f"{len(text.encode())}:{text}"


def prove_commit(metadata, repo, commit):
    """The id of a commit is the digest of what it says."""
    parents = [metadata.get("commits", repo, commit[name])["id"] for name in ("parent", "mergedFrom") if commit.get(name)]
    lines = ["slipway-commit 2" if commit.get("mergedFrom") else "slipway-commit 1"]
    lines += [f"parent {parent}" for parent in parents]
    lines.append("tree " + commit["tree"].removeprefix("sha256:"))
    links = sorted(commit["provenance"], key=lambda link: (link["input"], link["repo"], link["branch"], link["commit"]))
    lines += [f"input {counted(link['input'])} {link['repo']}@{link['branch']} {link['commit']}" for link in links]
    whole, _, fraction = commit["finished"].removesuffix("+00:00").partition(".")
    lines += [f"author {counted(commit['author'])}", f"finished {whole}.{fraction.ljust(7, '0')}Z", f"message {counted(commit['message'])}"]
    if sha256(("\n".join(lines) + "\n").encode()) != commit["id"]:
        raise SystemExit(f"commit {commit['globalId']} does not say what its id says")


def main():
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    home, reference = sys.argv[1:3]
    repo, _, revision = reference.partition("@")
    branch, _, steps = revision.partition("~")
    metadata = Metadata(os.path.join(home, "metadata.db"))
    blobs = BlobStore(os.path.join(home, "blobs"))
    commit = metadata.get("commits", repo, metadata.get("branches", repo, branch)["head"])
    for _ in range(int(steps or 0)):
        commit = metadata.get("commits", repo, commit["parent"])
    prove_commit(metadata, repo, commit)
    files = walk(blobs, commit["tree"].removeprefix("sha256:"))
    if len(sys.argv) == 4:
        for kind, path, size, digest in files:
            if path == sys.argv[3]:
                sys.stdout.buffer.write(blobs.read(digest))
                return
        raise SystemExit(f"{reference} has no {sys.argv[3]}")
    for kind, path, size, digest in files:
        blobs.read(digest)
        print(digest, size, kind, path)


main()
