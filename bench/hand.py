"""How data reaches a container: a folder of many files, one large file, and the large file's next version, beside `cp`."""

import json
import os
import shutil
import statistics
import subprocess
import time

from history import SLIPWAY, Server
from place import race, random_file, table


def scaled(place, scale, bytes_needed):
    """The scale, less where the disk has not the space for so many bytes."""
    free = shutil.disk_usage(place.folder).free
    return min(scale, scale * free * 0.8 / (bytes_needed * scale))


class Stage:
    """A repo and a pipeline over it whose command is `true`; each put hands what is put to one container."""

    def __init__(self, place, repo, glob):
        root = place.at("rootfs")
        if not os.path.exists(root + ".tar"):
            os.makedirs(os.path.join(root, "bin"))
            shutil.copy("/bin/busybox", os.path.join(root, "bin", "true"))
            place.run(f"tar -C {root} -cf {root}.tar .")
        place.run(f"{SLIPWAY} image import {root}.tar bench && {SLIPWAY} repo create {repo}")
        spec = {
            "pipeline": {"name": f"see-{repo}"},
            "transform": {"image": "bench", "cmd": ["true"]},
            "input": {"pfs": {"repo": repo, "glob": glob}},
        }
        with open(place.at("spec.json"), "w", encoding="utf-8") as file:
            json.dump(spec, file)
        place.run(f"{SLIPWAY} pipeline create -f {place.at('spec.json')}")
        self.place, self.repo = place, repo

    def hand(self, put):
        """Seconds that the last datum's inputs took to be prepared, after a put."""
        self.place.run(put)
        self.place.run(f"{SLIPWAY} wait {self.repo}@master")
        server = Server(self.place.at("home"))
        newest = server.call("GET", "jobs", pipeline=f"see-{self.repo}", limit=1)[1][0]
        datums = server.call("GET", "jobs/inspect", job=newest["id"])[1]["datums"]
        server.close()
        if [datum["state"] for datum in datums] != ["processed"]:
            raise SystemExit(f"bench: the datum did not run: {datums}")
        return datums[0]["prepareSeconds"]


def hand_folder(place, rounds, scale):
    scale = scaled(place, scale, 32 << 30)
    count = int(scale * 10_000)
    folder = place.at("ten")
    block = os.urandom(1 << 20)
    for number in range(count):
        below = os.path.join(folder, f"{number // 1000:03}")
        os.makedirs(below, exist_ok=True)
        with open(os.path.join(below, f"{number:05}"), "wb") as file:
            file.write(number.to_bytes(8, "little") + block[8:])
    place.fresh()
    stage = Stage(place, "ten", "/")
    stage.hand(f"{SLIPWAY} put ten@master:/ -f {folder}")
    taken = {"the inputs of a datum, links": [], "cp -r": []}
    for number in range(rounds):
        place.remove("copy")
        taken["cp -r"].append(place.run(f"cp -r {folder} {place.at('copy')}"))
        place.remove("copy")
        random_file(place.at("one"), 100)
        taken["the inputs of a datum, links"].append(stage.hand(f"{SLIPWAY} put ten@master:/000/more -f {place.at('one')}"))
    title = f"Hand {count:,} files ({count * 2**20 / 1e9:.1f} GB) to a container"
    table(title, {name: statistics.median(times) for name, times in taken.items()}, "cp -r", "≤ 0.05")
    place.stop()
    place.remove("ten", "home", "one")


def hand_file(place, rounds, scale):
    """On the disk that is there; then on XFS in a loop device, which shares blocks."""
    scale = scaled(place, scale, 33 << 30)
    size = int(scale * (10 << 30)) & ~0xFFFF
    hand_on(place, size, f"{size / 1e9:.1f} GB", "≤ 0.01 as first put; its next version ≤ 1.2, once, where blocks cannot be shared")
    image, mount = place.at("xfs.image"), place.at("xfs")
    if not shutil.which("mkfs.xfs") or os.geteuid() != 0:
        print("\nXFS in a loop device was not measured: it wants mkfs.xfs and root.")
        return
    place.run(f"truncate -s {3 * size + (2 << 30)} {image} && mkfs.xfs -q -m reflink=1 {image} && mkdir {mount} && mount -o loop {image} {mount}")
    home = place.environment["SLIPWAY_HOME"]
    place.environment["SLIPWAY_HOME"] = os.path.join(mount, "home")
    try:
        inner = type(place)(mount)
        hand_on(inner, size, f"{size / 1e9:.1f} GB on XFS, which shares blocks", "≤ 0.01, both")
        place.peak = max(place.peak, inner.peak)
    finally:
        place.environment["SLIPWAY_HOME"] = home
        subprocess.run(["umount", "-l", mount], check=False)
        place.remove("xfs.image", "xfs")


def hand_on(place, size, title, goal):
    """Each copy begins with its source in the page cache and nothing left to write: else it is the disk that is measured."""
    large = place.at("large")
    random_file(large, size)
    place.fresh()
    stage = Stage(place, "big", "/*")
    place.run("sync")
    copied = race([("cp", lambda: place.remove("copy"), lambda: place.run(f"cp --reflink=never {large} {place.at('copy')}"))], 1)["cp"]
    place.remove("copy")
    first = stage.hand(f"{SLIPWAY} put big@master:/log -f {large}")
    random_file(place.at("tail"), 1 << 20)
    place.remove("large")
    place.run(f"sync; cat {place.at('home', 'blobs', 'loose')}/*/* > /dev/null")
    grown = stage.hand(f"{SLIPWAY} put big@master:/log -f {place.at('tail')} --append")
    table(
        f"Hand one file of {title}, to a container",
        {"cp": copied, "the first version": first, "the next version, 1 MB appended": grown},
        "cp",
        goal,
    )
    place.stop()
    place.remove("large", "tail", "home")
