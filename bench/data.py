#!/usr/bin/env python3
"""Measures puts, gets, listings, differences and the handing of data to containers beside the peers, in one run, and prints tables in Markdown.

    bench/data.py [--rounds N] [--scale X] [--only large,small,scan,append,get,gateway,hand,hand-large,wide,growth]

--scale 0.1 takes a tenth of the files and bytes, to see that it works. Contestants take turns; figures are medians; every put goes into an empty
store. Read the ratios: absolute times are this machine's.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from gateway import gateway
from growth import growth
from hand import hand_file, hand_folder
from history import SLIPWAY, Server
from place import Place, race, random_file, small_files, table


def large(place, rounds, scale):
    random_file(place.at("large"), int(scale * (2 << 30)))
    times = race(
        [
            ("cp, then fsync", lambda: place.remove("copy"), lambda: place.run(f"cp {place.at('large')} {place.at('copy')} && sync {place.at('copy')}")),
            ("slipway put", place.fresh, lambda: place.run(f"{SLIPWAY} put data@master:/large -f {place.at('large')}")),
        ],
        rounds,
    )
    table("Put 2 GB of new bytes in one file", times, "cp, then fsync", "≤ 1.5")
    place.remove("copy", "large")


def small(place, rounds, scale):
    folder = place.at("small")
    small_files(folder, int(scale * 100_000), 4096)
    git = f"git -C {folder} --git-dir={place.at('git')} --work-tree={folder}"
    times = race(
        [
            ("cp -r, then sync -f", lambda: place.remove("copy"), lambda: place.run(f"cp -r {folder} {place.at('copy')} && sync -f {place.at('copy')}")),
            ("git add, commit", lambda: (place.remove("git"), place.run(f"git init -q --bare {place.at('git')} && sync")), lambda: place.run(f"{git} add -A . && {git} commit -qm x && sync -f {place.at('git')}")),
            ("restic backup", lambda: (place.remove("restic"), place.run("restic init && sync")), lambda: place.run(f"restic backup -q {folder} && sync -f {place.at('restic')}")),
            ("slipway put", place.fresh, lambda: place.run(f"{SLIPWAY} put data@master:/ -f {folder}")),
        ],
        rounds,
    )
    table("Put 100,000 files of 4 KB", times, "cp -r, then sync -f", "≤ 1.5, and ≤ a third of the best other")
    place.remove("copy", "git", "restic", "small")


def scan(place, rounds, scale):
    folder = place.at("scan")
    small_files(folder, int(scale * 300_000), 200)
    changed = os.path.join(folder, "0000", "0000007")
    git = f"git -C {folder} --git-dir={place.at('git')} --work-tree={folder}"
    place.fresh()
    place.run(f"{SLIPWAY} put data@master:/ -f {folder} && git init -q --bare {place.at('git')} && {git} add -A . && {git} commit -qm x")
    place.run(f"restic init && restic backup -q {folder} && touch {place.at('mark')} && sleep 1 && {SLIPWAY} put data@master:/ -f {folder}")

    def change():
        with open(changed, "wb") as file:
            file.write(os.urandom(200))

    times = race(
        [
            ("find -newer", change, lambda: place.run(f"find {folder} -newer {place.at('mark')}")),
            ("git status", change, lambda: place.run(f"{git} status --porcelain")),
            ("restic backup", change, lambda: place.run(f"restic backup -q {folder}")),
            ("slipway put", change, lambda: place.run(f"{SLIPWAY} put data@master:/ -f {folder}")),
        ],
        rounds,
    )
    table("Put again, one file changed of 300,000", times, "find -newer", "≤ 1 s")
    place.remove("git", "restic", "scan", "mark")


def append(place, rounds, scale):
    random_file(place.at("large"), int(scale * (10 << 30)))
    place.fresh()
    place.run(f"{SLIPWAY} put data@master:/log -f {place.at('large')}")
    stored = lambda: int(subprocess.check_output(["du", "-sk", place.at("home", "blobs")]).split()[0])
    before, grown = [0], []

    def fresh_tail():
        random_file(place.at("tail"), 1 << 20)
        before[0] = stored()

    def timed():
        took = place.run(f"{SLIPWAY} put data@master:/log -f {place.at('tail')} --append")
        grown.append(stored() - before[0])
        return took

    times = race(
        [
            ("slipway put of the tail as a file", lambda: random_file(place.at("tail"), 1 << 20), lambda: place.run(f"{SLIPWAY} put data@master:/tail -f {place.at('tail')}")),
            ("slipway put --append", fresh_tail, timed),
        ],
        rounds,
    )
    table("Append 1 MB to a 10 GB file", times, "slipway put of the tail as a file", f"≤ 0.2 s beyond reading the tail; stores ≤ 8 MB: {max(grown)} KiB at most here")
    place.remove("large", "tail")


def get(place, rounds, scale):
    folder = place.at("many")
    os.makedirs(folder)
    for number in range(int(scale * 2000)):
        random_file(os.path.join(folder, f"{number:05}"), 1 << 20)
    place.fresh()
    place.run(f"{SLIPWAY} put data@master:/ -f {folder}")
    times = race(
        [
            ("cp -r", lambda: place.remove("copy"), lambda: place.run(f"cp -r {folder} {place.at('copy')}")),
            ("slipway get", lambda: place.remove("got"), lambda: place.run(f"{SLIPWAY} get data@master:/ -o {place.at('got')}")),
        ],
        rounds,
    )
    table("Get a folder of 2 GB", times, "cp -r", "≤ 1.5")
    place.remove("copy", "got", "many")


def wide(place, rounds, scale):
    """One folder of a million entries: put through the socket as hard links of one file would be, then listed and compared."""
    count = int(scale * 1_000_000)
    folder = place.at("wide")
    os.makedirs(folder)
    random_file(place.at("one"), 100)
    for number in range(count):
        if number % 50_000 == 0:
            random_file(place.at(f"one{number}"), 100)
        os.link(place.at(f"one{number - number % 50_000}"), os.path.join(folder, f"{number:08}"))
    place.fresh()
    first = place.run(f"{SLIPWAY} put data@master:/ -f {folder}")
    server = Server(place.at("home"))
    for number in range(10):
        server.call("PUT", "files", f"changed {number}".encode(), at=f"data@master:/{number * count // 10:08}")
    page = [server.call("GET", "files/list", at="data@master:/", after=f"{count * i // 50:08}", limit=100)[0] for i in range(50)]
    diff = [server.call("GET", "diff", **{"from": "data@master~10", "to": "data@master"})[0] for _ in range(11)]
    commit = [server.call("PUT", "files", str(i).encode(), at=f"data@master:/{i * 97 % count:08}")[0] for i in range(30)]
    print(f"\n### One folder of {count:,} files\n\n| | ms |\n|---|--:|")
    print(f"| the first put | {first * 1000:.0f} |\n| a page of 100 (goal: ≤ 20) | {statistics.median(page):.1f} |")
    print(f"| difference of two commits, 10 files changed (goal: ≤ 20) | {statistics.median(diff):.1f} |\n| a commit of one file | {statistics.median(commit):.1f} |")
    sys.stdout.flush()
    subprocess.run(f"rm -rf {folder} {place.at('one')}*", shell=True, check=True)


GROUPS = {
    "large": large, "small": small, "scan": scan, "append": append, "get": get, "gateway": gateway, "hand": hand_folder, "hand-large": hand_file, "wide": wide, "growth": growth,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", default=",".join(GROUPS))
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="slipway-bench-")
    place = Place(folder)
    try:
        for name in options.only.split(","):
            GROUPS[name](place, options.rounds, options.scale)
            place.stop()
            print(f"\nThe server's memory at its peak, so far: {place.peak} MB (goal: ≤ 300).")
            sys.stdout.flush()
    finally:
        place.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
