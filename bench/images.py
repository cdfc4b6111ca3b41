#!/usr/bin/env python3
"""Moves images: load, pull, push and the first run, beside docker, skopeo and Debian's docker-registry; and both registries under 64 clients.

    bench/images.py [--rounds N] [--size MB[,MB]] [--only load,pull,push,clients]

The images are made of files of this machine's /usr, and of random bytes as a model's weights are. Contestants take turns; the first round is not counted; figures are
medians. docker's engine runs without its bridge on this machine's network, so that both reach both registries over loopback.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

from run import DOCKER, ROOT, SLIPWAY, Contestant, Place, machine, race, root_file_system, table
from servers import free_port, start_server

REGISTRY = "docker-registry"
GZIP = "`slipway push` to docker-registry, gzip"
PLAIN = "`slipway push --compression none` to docker-registry"


class Registries:
    """Debian's docker-registry and ours, each over an empty folder, on loopback."""

    def __init__(self, place):
        self.place, self.peer_port, self.port = place, free_port(), free_port()
        self.peer = self.server = None

    def start(self):
        config = self.place.path("registry.yml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(
                "version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n"
                f"storage: {{filesystem: {{rootdirectory: {self.place.path('registry')}}}, delete: {{enabled: true}}}}\n"
                f"http: {{addr: '127.0.0.1:{self.peer_port}'}}\n"
            )
        self.peer = start_server([REGISTRY, "serve", config], self.peer_port, self.place.environment)
        self.server = start_server([SLIPWAY, "serve", "--listen", f"127.0.0.1:{self.port}"], self.port, dict(self.place.environment, SLIPWAY_HOME=self.place.path("served")))

    def empty_peer(self):
        """Shell: no blob is known to docker-registry, which keeps what it knows in memory; so it starts anew."""
        self.peer.kill()
        self.peer.wait()
        shutil.rmtree(self.place.path("registry"), ignore_errors=True)
        self.peer = start_server([REGISTRY, "serve", self.place.path("registry.yml")], self.peer_port, self.place.environment)

    def empty_ours(self):
        self.server.terminate()
        self.server.wait(timeout=60)
        shutil.rmtree(self.place.path("served"), ignore_errors=True)
        self.server = start_server([SLIPWAY, "serve", "--listen", f"127.0.0.1:{self.port}"], self.port, dict(self.place.environment, SLIPWAY_HOME=self.place.path("served")))

    def stop(self):
        for process in (self.peer, self.server):
            if process:
                process.terminate()
                process.wait(timeout=60)


def make_image(place, megabytes):
    """A root file system of busybox with that much of /usr, or of random bytes where it is more than a system has; and `app:N` of docker's, saved."""
    name, root = f"app:{megabytes}", place.path("rootfs")
    content = os.path.join(root, "content")
    os.makedirs(content, exist_ok=True)
    if megabytes > 500:
        place.run(f"head -c {megabytes}M /dev/urandom > {content}/weights")
    else:
        left = megabytes << 20
        for folder, _, files in os.walk("/usr/lib"):
            for file in files:
                path = os.path.join(folder, file)
                if os.path.islink(path) or not os.path.isfile(path) or left <= 0:
                    continue
                target = content + path
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy(path, target)
                left -= os.path.getsize(path)
    tar = place.path(f"{megabytes}.tar")
    place.run(f"tar -C {root} --sort=name --numeric-owner --owner=0 --group=0 -cf {tar} . && rm -rf {content}")
    place.run(f"{DOCKER} import -c 'CMD [\"sh\"]' {tar} {name} && rm {tar}")
    place.run(f"{DOCKER} save -o {place.path(f'{megabytes}.saved')} {name}")
    place.run(f"{SLIPWAY} load -i {place.path(f'{megabytes}.saved')} && sync")
    return name


def forget(name):
    """Shell: the image and its files are gone from both, and the space is free."""
    docker = f"{DOCKER} rmi -f {name} >/dev/null 2>&1"
    ours = f"{SLIPWAY} rmi -f {name} >/dev/null 2>&1; {SLIPWAY} gc >/dev/null && sync"
    return f"{docker}; sync; true", ours


def bench_load(place, megabytes, rounds):
    name, saved = f"app:{megabytes}", place.path(f"{megabytes}.saved")
    docker, ours = forget(name)
    contestants = [
        Contestant("`docker load`, `docker run`", f"{DOCKER} load -i {saved} && {DOCKER} run --rm --network host {name} true", docker),
        Contestant("`slipway load`, `slipway run`", f"{SLIPWAY} load -i {saved} && {SLIPWAY} run --rm {name} true", ours),
    ]
    table(f"Load an image of {megabytes} MB and run it first (goal: a third of docker's)", race(place, contestants, rounds), "`slipway load`, `slipway run`")


def bench_pull(place, registries, megabytes, rounds):
    peers, own = f"127.0.0.1:{registries.peer_port}/app:{megabytes}", f"127.0.0.1:{registries.port}/app:{megabytes}"
    place.run(f"{DOCKER} tag app:{megabytes} {peers} && {DOCKER} push {peers} && {DOCKER} rmi {peers}")
    place.run(f"{DOCKER} rmi -f app:{megabytes}")
    docker, ours = forget(peers)
    contestants = [
        Contestant("`docker pull`, `docker run`, from docker-registry", f"{DOCKER} pull {peers} && {DOCKER} run --rm --network host {peers} true", docker),
        Contestant("`slipway pull`, `slipway run`, from docker-registry", f"{SLIPWAY} pull {peers} && {SLIPWAY} run --rm {peers} true", f"{ours}; {forget(f'app:{megabytes}')[1]}"),
    ]
    table(f"Pull an image of {megabytes} MB (gzip, as docker pushed it) and run it first (goal: a third of docker's)", race(place, contestants, rounds), contestants[-1].name)
    del own


def bench_push(place, registries, megabytes, rounds):
    saved = place.path(f"{megabytes}.saved")
    place.run(f"{DOCKER} load -i {saved} && {SLIPWAY} load -i {saved}")
    peers, own = f"127.0.0.1:{registries.peer_port}/app:{megabytes}", f"127.0.0.1:{registries.port}/app:{megabytes}"
    place.run(f"{DOCKER} tag app:{megabytes} {peers} && {SLIPWAY} tag app:{megabytes} {peers} && {SLIPWAY} tag app:{megabytes} {own}")
    layout = place.path("layout")
    place.run(f"rm -rf {layout} && skopeo copy -q docker-archive:{saved} oci:{layout}:app --dest-oci-accept-uncompressed-layers && sync")
    skopeo = f"skopeo copy -q --dest-tls-verify=false oci:{layout}:app docker://{peers}"

    def fresh():
        """Nothing is compressed yet either: a layer is compressed once, so another push would find it done."""
        registries.empty_peer()
        anew(place, saved, f"app:{megabytes}", [peers, own])

    contestants = [
        Contestant("`docker push` to docker-registry, gzip", f"{DOCKER} push {peers}", registries.empty_peer),
        Contestant("`skopeo copy` to docker-registry, plain", skopeo, registries.empty_peer),
        Contestant(GZIP, f"{SLIPWAY} push {peers}", fresh),
        Contestant(PLAIN, f"{SLIPWAY} push --compression none {peers}", registries.empty_peer),
        Contestant("`slipway push` to slipway, plain", f"{SLIPWAY} push {own}", registries.empty_ours),
    ]
    push_tables(f"Push an image of {megabytes} MB", contestants, race(place, contestants, rounds))
    again = [Contestant(contestant.name, contestant.command) for contestant in contestants]
    registries.empty_peer()
    push_tables(f"Push it again ({megabytes} MB, all there)", again, race(place, again, rounds))
    bench_push_changed(place, contestants, megabytes, rounds)


def anew(place, saved, name, names):
    """Shell: the image is loaded here as if it had never been, under all of its names."""
    place.run(f"{SLIPWAY} rmi -f {name} {' '.join(names)} && {SLIPWAY} gc >/dev/null && {SLIPWAY} load -i {saved}")
    for other in names:
        place.run(f"{SLIPWAY} tag {name} {other}")
    place.run("sync")


def push_tables(title, contestants, times):
    """What compresses beside docker, which does; what does not beside skopeo, which does not."""
    docker, skopeo, gzip, plain, own = [contestant.name for contestant in contestants]
    table(f"{title}, compressed (goal: a quarter of docker's)", {name: times[name] for name in (docker, gzip)}, gzip)
    table(f"{title}, as it is stored (goal: 1.3 × skopeo's)", {name: times[name] for name in (skopeo, plain, own)}, plain)


def bench_push_changed(place, contestants, megabytes, rounds):
    """The same image with one more layer, of a tenth of its size and new each time; the others are in the registry."""
    docker, skopeo, gzip, plain, own = contestants
    context, archive, layout = place.path("changed"), place.path("changed.tar"), place.path("layout")
    os.makedirs(context, exist_ok=True)
    with open(os.path.join(context, "Dockerfile"), "w", encoding="utf-8") as file:
        file.write(f"FROM app:{megabytes}\nCOPY part /content/part\n")
    def part():
        """A tenth of what the image holds, a megabyte of each ten, so that it compresses as that does, behind a line that is new."""
        made = os.path.join(context, "part")
        with open(place.path(f"{megabytes}.saved"), "rb") as source, open(made, "wb") as file:
            file.write(os.urandom(64))
            for piece in range(max(1, megabytes // 10)):
                source.seek(piece * 10 << 20)
                file.write(source.read(1 << 20))

    def before(command):
        def prepare():
            part()
            place.run(f"{command} && sync", DOCKER_BUILDKIT="0")
        return prepare

    def named(contestant, tool):
        return f"{tool} build -q -t {contestant.command.split()[-1]} {context}"

    to_layout = f"{SLIPWAY} build -q -o type=oci,dest={archive} {context} && rm -rf {layout} && mkdir {layout} && tar -C {layout} -xf {archive} && rm {archive}"
    skopeo_command = skopeo.command.replace(f"oci:{layout}:app", f"oci:{layout}")
    changed = [
        Contestant(docker.name, docker.command, before(named(docker, DOCKER))),
        Contestant(skopeo.name, skopeo_command, before(to_layout)),
        Contestant(gzip.name, gzip.command, before(named(gzip, SLIPWAY))),
        Contestant(plain.name, plain.command, before(named(plain, SLIPWAY))),
        Contestant(own.name, own.command, before(named(own, SLIPWAY))),
    ]
    push_tables(f"Push it with one layer changed ({max(1, megabytes // 10)} MB of {megabytes})", changed, race(place, changed, rounds))

    # No name is left that would keep the layers here for the pull that may follow.
    peers, ours = docker.command.split()[-1], own.command.split()[-1]
    place.run(f"{DOCKER} rmi -f {peers} && {SLIPWAY} rmi -f {peers} {ours} && {SLIPWAY} build prune >/dev/null && {SLIPWAY} gc >/dev/null")


def bench_clients(place, registries):
    """64 connections that ask for a manifest, and for a blob of 1 MB, for ten seconds each."""
    blob = os.urandom(1 << 20)
    with open(place.path("megabyte"), "wb") as file:
        file.write(blob)
    place.run(f"mkdir -p {place.path('small')} && cp {place.path('megabyte')} {place.path('small')}/m && tar -C {place.path('small')} -cf {place.path('small.tar')} m")
    place.run(f"{SLIPWAY} image import {place.path('small.tar')} small:1")
    print("\n### The registries under 64 clients\n\n| | docker-registry | slipway | ÷ peer |\n|---|--:|--:|--:|")
    figures = {}
    for name, port, process in ((REGISTRY, registries.peer_port, registries.peer), ("slipway", registries.port, registries.server)):
        base = f"127.0.0.1:{port}"
        place.run(f"{SLIPWAY} tag small:1 {base}/small:1 && {SLIPWAY} push {base}/small:1")
        manifest = json.loads(place.run(f"curl -sSf -H 'Accept: application/vnd.oci.image.manifest.v1+json' http://{base}/v2/small/manifests/1"))
        layer = manifest["layers"][0]["digest"]
        for what, path in (("manifests/1", "manifests/1"), ("a blob of 1 MB", f"blobs/{layer}")):
            figures[what, name] = requests(place, f"http://{base}/v2/small/{path}")
        figures["peak memory, MB", name] = peak(process.pid)
    for what in ("manifests/1", "a blob of 1 MB", "peak memory, MB"):
        peer, ours = figures[what, REGISTRY], figures[what, "slipway"]
        unit = "" if "memory" in what else ", requests/s"
        print(f"| {what}{unit} | {peer:.0f} | {ours:.0f} | {ours / peer:.2f} |")
    sys.stdout.flush()


def requests(place, address):
    """Requests a second."""
    said = place.run(f"wrk -t 1 -c 64 -d 10s -H 'Accept: application/vnd.oci.image.manifest.v1+json' {address}")
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"bench: {address} did not answer well:\n{said}")
    return float(next(line.split()[1] for line in said.splitlines() if line.startswith("Requests/sec")))


def peak(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return int(next(line.split()[1] for line in file if line.startswith("VmHWM"))) / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", default="170,2000")
    parser.add_argument("--only", default="load,pull,push,clients")
    options = parser.parse_args()
    groups = options.only.split(",")
    if not os.path.exists(SLIPWAY):
        raise SystemExit("bench: bin/slipway is missing. Run: make build")
    cache = os.path.join(ROOT, ".cache")
    os.makedirs(cache, exist_ok=True)
    place = Place(tempfile.mkdtemp(prefix="bench-", dir=cache))
    engine = os.path.join(ROOT, "bench", "docker-engine.sh")
    registries = Registries(place)
    try:
        os.makedirs(place.path("docker-config"))
        place.run(f"{engine} start {place.path('docker')}", DOCKER_ENGINE_NETWORK="host")
        machine(place)
        root_file_system(place)
        registries.start()
        for megabytes in [int(size) for size in options.size.split(",") if set(groups) & {"load", "pull", "push"}]:
            make_image(place, megabytes)
            if "load" in groups:
                bench_load(place, megabytes, options.rounds)
            if "push" in groups:
                bench_push(place, registries, megabytes, options.rounds)
            if "pull" in groups:
                bench_pull(place, registries, megabytes, options.rounds)
        if "clients" in groups:
            bench_clients(place, registries)
    finally:
        registries.stop()
        subprocess.run([SLIPWAY, "daemon", "stop"], env=place.environment, capture_output=True, check=False)
        subprocess.run([engine, "stop", place.path("docker")], check=False)
        shutil.rmtree(place.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
