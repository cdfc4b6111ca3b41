"""Puts and gets through the S3 gateway, beside the same client's own server of a plain folder.

The peer that the goal names, `rclone serve s3`, came with rclone 1.65; Debian has 1.60. So the peer is `rclone serve webdav`, and rclone is the
client of both. WebDAV has no checksums: rclone hashes nothing for it. For S3 it takes an MD5 of each part, and first one of the whole file unless
told otherwise; so the gateway is raced with and without that. The server of the peer keeps no promise of durability: its puts end with `sync -f`.
"""

import json
import os
import socket
import subprocess
import time

from history import SLIPWAY
from place import race, random_file, table

PEER, GATEWAY, PLAIN = "rclone serve webdav", "slipway", "slipway, no MD5 of the whole file"


class Gateway:
    """A slipway with a port and rclone's server of a folder, and a remote of rclone's for each: `slip:` and `peer:`."""

    def __init__(self, place):
        self.place, self.served, self.server = place, place.at("served"), None
        os.makedirs(self.served)
        port = free_port()
        place.environment.pop("AWS_CA_BUNDLE", None)  # Debian's rclone gives up where it is set.
        place.environment.update(RCLONE_CONFIG="", RCLONE_CONFIG_PEER_TYPE="webdav", RCLONE_CONFIG_PEER_URL=f"http://127.0.0.1:{port}")
        self.peer = self.start(["rclone", "serve", "webdav", "--addr", f"127.0.0.1:{port}", self.served], port)

    def start(self, command, port):
        process = subprocess.Popen(command, env=self.place.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return process
            if process.poll() is not None:
                break
            time.sleep(0.1)
        process.kill()
        raise SystemExit(f"bench: {' '.join(command)} did not open its port")

    def fresh(self):
        """A new home with an empty bucket; its server is this process's child, so that the port is known."""
        self.stop_slipway()
        self.place.run(f"rm -rf {self.place.at('home')}")
        port = free_port()
        self.server = self.start([SLIPWAY, "serve", "--listen", f"127.0.0.1:{port}"], port)
        key = json.loads(subprocess.check_output([SLIPWAY, "key", "create", "--name", "bench", "-o", "json"], env=self.place.environment))
        for name, value in (
            ("TYPE", "s3"), ("PROVIDER", "Other"), ("ENDPOINT", f"http://127.0.0.1:{port}"), ("ACCESS_KEY_ID", key["id"]), ("SECRET_ACCESS_KEY", key["secret"]),
        ):
            self.place.environment[f"RCLONE_CONFIG_SLIP_{name}"] = value
        self.place.run(f"{SLIPWAY} repo create data && sync")

    def fresh_peer(self):
        """Empties the peer through its own door: it remembers what it served, and a file removed behind its back would not be put again."""
        self.place.run("rclone delete peer: && sync")

    def stop_slipway(self):
        if self.server:
            self.place.note_memory()
            self.server.terminate()
            self.server.wait(timeout=60)
            self.server = None

    def stop(self):
        self.stop_slipway()
        self.peer.terminate()
        self.peer.wait(timeout=60)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def both_ways(place, rounds, gateway, title, source, verb):
    """Races the put of what stands at source, then its get; the bytes that came back are compared."""
    run, got = place.run, place.at("got")
    remote = lambda name: f"slip:master.data/{name}"
    times = race(
        [
            (PEER, gateway.fresh_peer, lambda: run(f"rclone {verb} {source} peer:it && sync -f {gateway.served}")),
            (PLAIN, gateway.fresh, lambda: run(f"rclone {verb} --s3-disable-checksum {source} {remote('it')}")),
            (GATEWAY, gateway.fresh, lambda: run(f"rclone {verb} {source} {remote('it')}")),
        ],
        rounds,
    )
    table(f"Put {title} through the S3 gateway", times, PEER, "≤ 0.5")
    times = race(
        [
            (PEER, lambda: place.remove("got"), lambda: run(f"rclone {verb} peer:it {got}")),
            (GATEWAY, lambda: place.remove("got"), lambda: run(f"rclone {verb} {remote('it')} {got}")),
        ],
        rounds,
    )
    run(f"diff -r {source} {got}")
    table(f"Get {title} through the S3 gateway", times, PEER, "≤ 0.5")
    place.remove("got")


def gateway(place, rounds, scale):
    place.stop()
    place.remove("home")
    random_file(place.at("large"), int(scale * (2 << 30)))
    os.makedirs(place.at("many"))
    for number in range(int(scale * 2000)):
        random_file(place.at("many", f"{number:05}"), 1 << 20)
    doors = Gateway(place)
    try:
        both_ways(place, rounds, doors, "2 GB in one file", place.at("large"), "copyto")
        both_ways(place, rounds, doors, "2,000 files of 1 MB", place.at("many"), "copy")
    finally:
        doors.stop()
    place.remove("large", "many", "served")
