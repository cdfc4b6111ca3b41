"""Puts and gets through the S3 gateway, beside rclone's server of a plain folder.

The peer that the goal names, `rclone serve s3`, came with rclone 1.65; Debian has 1.60. So the peer is `rclone serve webdav`, which checks and hashes
nothing, and keeps no promise of durability: its puts end with `sync -f`. One large file is raced with curl, which costs next to nothing, so that the
servers are compared. rclone as a client of S3 hashes what it puts up to three times. What a client costs alone is measured with a server that forgets what
it is sent, and calls sendfile for what it gives. Many files are raced with rclone, for which curl would start once a file.
"""

import json
import os
import subprocess
import sys

from history import SLIPWAY
from place import race, random_file, table
from servers import free_port, start_server

PEER, GATEWAY, SINK = "rclone serve webdav", "slipway", "as good as no server"


class Gateway:
    """A slipway with a port and rclone's server of a folder, and a remote of rclone's for each: `slip:` and `peer:`."""

    def __init__(self, place):
        self.place, self.served, self.server, self.sink = place, place.at("served"), None, None
        self.port = self.sink_port = 0
        os.makedirs(self.served)
        self.peer_port = port = free_port()
        place.environment.pop("AWS_CA_BUNDLE", None)  # Debian's rclone gives up where it is set.
        place.environment.update(RCLONE_CONFIG="", RCLONE_CONFIG_PEER_TYPE="webdav", RCLONE_CONFIG_PEER_URL=f"http://127.0.0.1:{port}")
        self.peer = start_server(["rclone", "serve", "webdav", "--addr", f"127.0.0.1:{port}", self.served], port, self.place.environment)

    def fresh(self):
        """A new home with an empty bucket; its server is this process's child, so that the port is known."""
        self.stop_slipway()
        self.place.run(f"rm -rf {self.place.at('home')}")
        self.port = port = free_port()
        self.server = start_server([SLIPWAY, "serve", "--listen", f"127.0.0.1:{port}"], port, self.place.environment)
        key = json.loads(subprocess.check_output([SLIPWAY, "key", "create", "--name", "bench", "-o", "json"], env=self.place.environment))
        for name, value in (
            ("TYPE", "s3"), ("PROVIDER", "Other"), ("ENDPOINT", f"http://127.0.0.1:{port}"), ("ACCESS_KEY_ID", key["id"]), ("SECRET_ACCESS_KEY", key["secret"]),
        ):
            self.place.environment[f"RCLONE_CONFIG_SLIP_{name}"] = value
        with open(self.place.at("curlrc"), "w", encoding="utf-8") as file:
            file.write(f'user = "{key["id"]}:{key["secret"]}"\naws-sigv4 = "aws:amz:us-east-1:s3"\nheader = "x-amz-content-sha256: UNSIGNED-PAYLOAD"\n')
        self.place.run(f"{SLIPWAY} repo create data && {SLIPWAY} branch create data@master && sync")

    def fresh_peer(self):
        """Empties the peer through its own door: it remembers what it served, and a file removed behind its back would not be put again."""
        self.place.run("rclone delete peer: && sync")

    def forget(self):
        """A new server that costs next to nothing, behind the remote `sink:`."""
        self.stop_sink()
        self.sink_port = port = free_port()
        self.sink = start_server([sys.executable, os.path.join(os.path.dirname(__file__), "sink.py"), str(port), self.place.at("large")], port, self.place.environment)
        for name, value in (("TYPE", "s3"), ("PROVIDER", "Other"), ("ENDPOINT", f"http://127.0.0.1:{port}"), ("ACCESS_KEY_ID", "any"), ("SECRET_ACCESS_KEY", "any")):
            self.place.environment[f"RCLONE_CONFIG_SINK_{name}"] = value

    def stop_sink(self):
        if self.sink:
            self.sink.kill()
            self.sink.wait()
            self.sink = None

    def stop_slipway(self):
        if self.server:
            self.place.note_memory()
            self.server.terminate()
            self.server.wait(timeout=60)
            self.server = None

    def stop(self):
        self.stop_slipway()
        self.stop_sink()
        self.peer.terminate()
        self.peer.wait(timeout=60)


def one_file(place, rounds, gateway):
    """With curl; and rclone's way of putting it, in parts."""
    run, large, got = place.run, place.at("large"), place.at("got")
    curl = f"curl -sSf -K {place.at('curlrc')}"
    ours = lambda: f"http://127.0.0.1:{gateway.port}/master.data/it"
    peers = f"http://127.0.0.1:{gateway.peer_port}/it"
    times = race(
        [
            (PEER, gateway.fresh_peer, lambda: run(f"curl -sSf -T {large} {peers} && sync -f {gateway.served}")),
            (SINK, gateway.forget, lambda: run(f"curl -sSf -T {large} http://127.0.0.1:{gateway.sink_port}/it")),
            (GATEWAY, gateway.fresh, lambda: run(f"{curl} -T {large} {ours()}")),
        ],
        rounds,
    )
    table("Put 2 GB in one file through the S3 gateway, with curl", times, PEER, "≤ 0.5")
    times = race(
        [
            (PEER, lambda: place.remove("got"), lambda: run(f"curl -sSf -o {got} {peers}")),
            (SINK, lambda: place.remove("got"), lambda: run(f"curl -sSf -o {got} http://127.0.0.1:{gateway.sink_port}/it")),
            (GATEWAY, lambda: place.remove("got"), lambda: run(f"{curl} -o {got} {ours()}")),
        ],
        rounds,
    )
    run(f"cmp {large} {got}")
    table("Get 2 GB in one file through the S3 gateway, with curl", times, PEER, "≤ 0.5")
    place.remove("got")
    times = race(
        [
            (SINK, gateway.forget, lambda: run(f"rclone copyto --s3-disable-checksum {large} sink:master.data/it")),
            (GATEWAY, gateway.fresh, lambda: run(f"rclone copyto --s3-disable-checksum {large} slip:master.data/it")),
        ],
        rounds,
    )
    table("The same put with rclone, in parts", times, SINK, "none: it is what rclone costs that is to be seen")


def many_files(place, rounds, gateway):
    run, many, got = place.run, place.at("many"), place.at("got")
    times = race(
        [
            (PEER, gateway.fresh_peer, lambda: run(f"rclone copy {many} peer:it && sync -f {gateway.served}")),
            (GATEWAY, gateway.fresh, lambda: run(f"rclone copy {many} slip:master.data/it")),
        ],
        rounds,
    )
    table("Put 2,000 files of 1 MB through the S3 gateway, with rclone", times, PEER, "≤ 0.5")
    times = race(
        [
            (PEER, lambda: place.remove("got"), lambda: run(f"rclone copy peer:it {got}")),
            (GATEWAY, lambda: place.remove("got"), lambda: run(f"rclone copy slip:master.data/it {got}")),
        ],
        rounds,
    )
    run(f"diff -r {many} {got}")
    table("Get 2,000 files of 1 MB through the S3 gateway, with rclone", times, PEER, "≤ 0.5")
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
        one_file(place, rounds, doors)
        many_files(place, rounds, doors)
    finally:
        doors.stop()
    place.remove("large", "many", "served", "curlrc")
