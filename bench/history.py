#!/usr/bin/env python3
"""Measures what a long history and a large repo cost: commits, revisions, merges, a rename. Prints a table in Markdown.

    bench/history.py [--commits N] [--files N]

Everything goes over the server's socket from one process, so that the start of a command line is in no figure. The figures are medians;
read the pairs as ratios: absolute times are this machine's.
"""

import argparse
import http.client
import io
import json
import os
import shutil
import socket
import statistics
import subprocess
import tarfile
import tempfile
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SLIPWAY = os.environ.get("SLIPWAY_BINARY", os.path.join(ROOT, "bin", "slipway"))


class Server(http.client.HTTPConnection):
    """One connection to a server's socket; a refused request ends the benchmark, because a wrong figure is worse than none."""

    def __init__(self, home):
        super().__init__("localhost")
        self.home = home

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(os.path.join(self.home, "slipway.sock"))

    def call(self, method, route, body=None, **query):
        """Milliseconds and the answer."""
        path = f"/api/v1/{route}?{urllib.parse.urlencode(query)}" if query else f"/api/v1/{route}"
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        began = time.perf_counter()
        self.request(method, path, data, {"Content-Type": "application/json" if isinstance(body, dict) else "application/octet-stream"})
        response = self.getresponse()
        answer = response.read()
        took = (time.perf_counter() - began) * 1000
        if response.status >= 300:
            raise SystemExit(f"bench: {method} {path}: {answer.decode()[:500]}")
        return took, json.loads(answer) if response.getheader("Content-Type", "").startswith("application/json") else answer


def median(times):
    return statistics.median(times)


def history(server, commits):
    """A commit on top of few and of many; revisions far away; the repo's rename."""
    server.call("POST", "repos", {"name": "long"})
    put = lambda number: server.call("PUT", "files", str(number).encode(), at=f"long@master:/f{number % 50}")[0]
    warm = 300
    for number in range(warm):
        put(number)
    server.call("POST", "branches", {"repo": "long", "name": "short", "from": "long@master.10"})
    for number in range(commits - warm):
        put(number)
    few, many = [], []
    for number in range(200):
        few.append(server.call("PUT", "files", str(number).encode(), at=f"long@short:/f{number % 50}")[0])
        many.append(put(number))
    yield f"a commit on top of 10 … 210, beside on top of {commits:,}", median(few), median(many)
    inspect = lambda revision: median([server.call("GET", "commits/inspect", at=f"long@{revision}")[0] for _ in range(50)])
    yield f"inspect master~1, beside master~{commits - 300}", inspect("master~1"), inspect(f"master~{commits - 300}")
    yield f"rename a repo of {commits:,} commits", None, server.call("POST", "repos/rename", {"repo": "long", "name": "renamed"})[0]


def merges(server, files):
    """A merge of ten changes on either side, in a repo of few files and of many."""
    medians = []
    for name, count in (("small", 1000), ("large", files)):
        server.call("POST", "repos", {"name": name})
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for number in range(count):
                entry = tarfile.TarInfo(f"{number // 1000:04}/{number % 1000:03}")
                entry.size = 8
                tar.addfile(entry, io.BytesIO(f"{number:8}".encode()))
        server.call("POST", "files/tar", buffer.getvalue(), at=f"{name}@master:/")
        times = []
        for turn in range(20):
            server.call("POST", "branches", {"repo": name, "name": f"b{turn}", "from": f"{name}@master"})
            for change in range(10):
                at = change * count // 10
                server.call("PUT", "files", f"theirs {turn}".encode(), at=f"{name}@b{turn}:/{at // 1000:04}/{at % 1000:03}")
                server.call("PUT", "files", f"ours {turn}".encode(), at=f"{name}@master:/{at // 1000:04}/{(at + 1) % 1000:03}")
            took, merged = server.call("POST", "merge", {"from": f"{name}@b{turn}", "into": f"{name}@master"})
            assert merged["outcome"] == "committed", merged
            times.append(took)
        medians.append(median(times))
    yield f"merge ten changes into ten others, of 1,000 files, beside of {files:,}", *medians


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commits", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=100_000)
    options = parser.parse_args()
    home = tempfile.mkdtemp(prefix="slipway-bench-")
    environment = dict(os.environ, SLIPWAY_HOME=home)
    try:
        subprocess.run([SLIPWAY, "repo", "ls"], env=environment, check=True, capture_output=True)
        server = Server(home)
        print("\n### Histories\n\n| | ms | ms | ratio |\n|---|--:|--:|--:|")
        for what, one, other in (*history(server, options.commits), *merges(server, options.files)):
            print(f"| {what} | {f'{one:.2f}' if one else '–'} | {other:.2f} | {f'{other / one:.2f}' if one else '–'} |", flush=True)
    finally:
        subprocess.run([SLIPWAY, "daemon", "stop"], env=environment, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
