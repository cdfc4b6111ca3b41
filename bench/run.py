#!/usr/bin/env python3
"""Measures slipway beside its peers in one run, and prints a table in Markdown.

    bench/run.py [--runs N] [--only start,build,model,datums,put] [--peers-only]

Each group takes turns: one run of each contestant, then the next round, so that what else the machine does falls on all alike.
The first round warms up and is not counted; the figures are medians. Read them as ratios: absolute times are this machine's.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SLIPWAY = os.environ.get("SLIPWAY_BINARY") or os.path.join(ROOT, "bin", "slipway")
DOCKER = "/usr/bin/docker"
DATUMS = 200


class Place:
    """A folder of its own for everything that the benchmark makes, and the commands that run in it."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = dict(
            os.environ,
            SLIPWAY_HOME=self.path("home"),
            DOCKER_HOST="unix://" + self.path("docker", "docker.sock"),
            DOCKER_CONFIG=self.path("docker-config"),
        )

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def run(self, command, **more):
        """Runs a shell command; a failure ends the benchmark, because a wrong figure is worse than none."""
        done = subprocess.run(command, shell=True, env=dict(self.environment, **more), capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise SystemExit(f"bench: exit code {done.returncode} from: {command}\n{(done.stdout + done.stderr)[-1500:]}")
        return done.stdout


class Contestant:
    """One way to do a thing: a name, the timed command, and what is done untimed before each run (a command or a function)."""

    def __init__(self, name, command, before=None, environment=None):
        self.name, self.command, self.before, self.environment = name, command, before, environment or {}


def race(place, contestants, runs):
    """Median seconds of each contestant by name, taking turns."""
    times = {contestant.name: [] for contestant in contestants}
    for turn in range(runs + 1):
        for contestant in contestants:
            if callable(contestant.before):
                contestant.before()
            elif contestant.before:
                place.run(contestant.before, **contestant.environment)
            began = time.perf_counter()
            place.run(contestant.command, **contestant.environment)
            took = time.perf_counter() - began
            if turn:
                times[contestant.name].append(took)
        sys.stderr.write(".")
        sys.stderr.flush()
    sys.stderr.write("\n")
    return {name: statistics.median(taken) for name, taken in times.items()}


def table(title, times, ours, divide=1, unit="ms"):
    """A table of medians, each beside ours (or beside the first, when ours did not take part)."""
    print(f"\n### {title}\n\n| | median {unit} | ÷ slipway |\n|---|--:|--:|")
    base = times.get(ours)
    for name, seconds in times.items():
        value = seconds * (1000 if unit == "ms" else 1) / divide
        print(f"| {name} | {value:.{1 if value < 100 else 0}f} | {f'{seconds / base:.2f}' if base else '–'} |")
    sys.stdout.flush()


def root_file_system(place):
    """A root file system of Debian's static busybox: the same one for everybody."""
    root = place.path("rootfs")
    for folder in ("bin", "dev", "proc", "sys", "tmp", "etc", "root"):
        os.makedirs(os.path.join(root, folder))
    shutil.copy("/bin/busybox", os.path.join(root, "bin", "busybox"))
    for applet in place.run("/bin/busybox --list").split():
        if applet != "busybox":
            os.symlink("busybox", os.path.join(root, "bin", applet))
    with open(os.path.join(root, "etc", "passwd"), "w", encoding="utf-8") as file:
        file.write("root:x:0:0:root:/root:/bin/sh\n")
    place.run(f"tar -C {root} --sort=name --numeric-owner --owner=0 --group=0 -cf {place.path('rootfs.tar')} .")


def bundle(place):
    """An OCI bundle for the bare runtimes: `true` in that root file system, on the host's network as ours."""
    folder = place.path("bundle")
    os.makedirs(folder)
    place.run(f"cd {folder} && runc spec")
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    config["process"].update(terminal=False, args=["true"])
    config["root"] = {"path": place.path("rootfs"), "readonly": True}
    config["linux"]["namespaces"] = [space for space in config["linux"]["namespaces"] if space["type"] != "network"]
    # An unnamed path lets the runtime place each container in a cgroup of its own.
    config["linux"].pop("cgroupsPath", None)
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file)
    return folder


def runtimes(place, folder):
    """The bare runtimes that work on this machine: by name, a script that runs the bundle under the id it is given."""
    lines = {
        "runc run": f"exec runc --root {place.path('runc')} run -b {folder} \"$1\"",
        # crun refuses a hybrid of cgroups, unless it runs where the unified half is not mounted.
        "crun run": f"umount /sys/fs/cgroup/unified 2>/dev/null; exec crun --root {place.path('crun')} run -b {folder} \"$1\"",
    }
    found = {}
    for name, line in lines.items():
        script = place.path(name.replace(" ", "-"))
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{line}\n")
        os.chmod(script, 0o755)
        command = script if name.startswith("runc") else f"unshare -m {script}"
        if shutil.which(name.split()[0]) and subprocess.run(f"{command} probe", shell=True, capture_output=True, check=False).returncode == 0:
            found[name] = command
    return found


def bench_start(place, options, bare):
    contestants = [Contestant(f"`{name}` alone, same root", f"{command} bench-$$") for name, command in bare.items()]
    contestants += [
        Contestant("`docker run --rm --network host`", f"{DOCKER} run --rm --network host bench true"),
        Contestant("`docker run --rm` (bridge)", f"{DOCKER} run --rm bench true"),
    ]
    if options.slipway:
        contestants.append(Contestant("`slipway run --rm`", f"{SLIPWAY} run --rm bench true"))
    table("Start a container: `IMAGE true`", race(place, contestants, options.runs), "`slipway run --rm`")


def builders_of(place, options, context):
    """Who builds that folder: a name, a command and what its environment needs."""
    builders = [("`docker build` (classic)", f"{DOCKER} build --network host -q -t bench-built {context}", {"DOCKER_BUILDKIT": "0"})]
    buildkit = {"DOCKER_BUILDKIT": "1"}
    command = f"{DOCKER} build --network host -q -t bench-built {context}"
    if subprocess.run(command, shell=True, env=dict(place.environment, **buildkit), capture_output=True, check=False).returncode == 0:
        builders.append(("`docker build` (BuildKit)", command, buildkit))
    if buildah := buildah_command(place):
        builders.append(("`buildah build --layers`", f"{buildah} build --isolation chroot --pull-never --layers -q -t bench-built {context}", {}))
    if options.slipway:
        builders.append(("`slipway build`", f"{SLIPWAY} build -q -t bench-built {context}", {}))
    return builders


def bench_build(place, options):
    context = place.path("context")
    os.makedirs(context)
    with open(os.path.join(context, "Dockerfile"), "w", encoding="utf-8") as file:
        file.write("FROM bench\nENV A=1\nWORKDIR /app\nCOPY a.txt .\nRUN cat a.txt > b.txt\nRUN echo done >> b.txt\nCMD [\"cat\", \"b.txt\"]\n")
    with open(os.path.join(context, "a.txt"), "w", encoding="utf-8") as file:
        file.write("a\n")
    change = f"date +%s.%N > {context}/a.txt"
    builders = builders_of(place, options, context)
    cached = [Contestant(name, command, environment=env) for name, command, env in builders]
    table("Build, everything cached (6 steps)", race(place, cached, options.runs), "`slipway build`")
    changed = [Contestant(name, command, change, env) for name, command, env in builders]
    table("Build, one file changed (COPY and two RUN again)", race(place, changed, options.runs), "`slipway build`")
    fresh = [Contestant(name, command.replace(" -q ", " -q --no-cache "), environment=env) for name, command, env in builders]
    table("Build without cache (6 steps)", race(place, fresh, options.runs), "`slipway build`")


def buildah_command(place):
    """buildah with a store of its own and the base image in it; None where it is not installed."""
    if not shutil.which("buildah"):
        return None
    command = f"buildah --root {place.path('buildah')} --runroot {place.path('buildah-run')} --storage-driver overlay"
    if os.path.exists(place.path("buildah")):
        return command
    archive = place.path("bench.saved")

    # It refuses a docker configuration that is named and not there.
    with open(place.path("docker-config", "config.json"), "w", encoding="utf-8") as file:
        file.write("{}\n")
    place.run(f"{DOCKER} save -o {archive} bench && {command} pull -q docker-archive:{archive} && rm {archive}")
    return command


def bench_model(place, options):
    """A build that copies 2 GB of model files."""
    context = place.path("model")
    os.makedirs(context)
    place.run(f"head -c 1G /dev/urandom > {context}/a.weights && head -c 1G /dev/urandom > {context}/b.weights")
    with open(os.path.join(context, "Dockerfile"), "w", encoding="utf-8") as file:
        file.write("FROM bench\nCOPY a.weights b.weights /model/\n")
    contestants = [Contestant(name, command.replace(" -q ", " -q --no-cache "), "sync", env) for name, command, env in builders_of(place, options, context)]
    table("Build that copies 2 GB of model files, without cache", race(place, contestants, min(options.runs, 3)), "`slipway build`")
    contestants = [Contestant(name, command, "true", env) for name, command, env in builders_of(place, options, context)]
    table("The same build, everything cached", race(place, contestants, options.runs), "`slipway build`")
    shutil.rmtree(context)


def bench_datums(place, options, bare):
    contestants = [
        Contestant(f"`xargs -P2 {name}`", f"seq {DATUMS} | xargs -P2 -I@ {command} datum-$$-@") for name, command in bare.items()
    ]
    runs = max(1, min(options.runs, 3))
    times = race(place, contestants, runs)
    if options.slipway:
        times["`slipway` job"] = statistics.median(datum_job(place, number) for number in range(runs))
    table(f"One datum of a {DATUMS}-datum job of `true`, two at once", times, "`slipway` job", divide=DATUMS)


def datum_job(place, number):
    """Seconds from the commit to the end of a job whose datums nobody has answered before."""
    repo = f"numbers{number}"
    folder = place.path(repo)
    os.makedirs(folder)
    for datum in range(DATUMS):
        with open(os.path.join(folder, f"{datum:04}"), "w", encoding="utf-8") as file:
            file.write(f"{number} {datum}\n")
    spec = {
        "pipeline": {"name": f"true{number}"},
        "transform": {"image": "bench", "cmd": ["true"]},
        "parallelism_spec": {"constant": 2},
        "input": {"pfs": {"repo": repo, "glob": "/*"}},
    }
    with open(place.path(f"{repo}.json"), "w", encoding="utf-8") as file:
        json.dump(spec, file)
    place.run(f"{SLIPWAY} repo create {repo} && {SLIPWAY} pipeline create -f {place.path(repo + '.json')}")
    began = time.perf_counter()
    place.run(f"{SLIPWAY} put {repo}@master:/ -r -f {folder} && {SLIPWAY} wait {repo}@master")
    return time.perf_counter() - began


def bench_put(place, options):
    many = place.path("many")
    for number in range(20000):
        folder = os.path.join(many, f"{number // 200:03}")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"{number:05}"), "wb") as file:
            file.write(os.urandom(4096))
    place.run(f"mkdir -p {place.path('large')} && head -c 1G /dev/urandom > {place.path('large', 'one')} && sync")
    home = place.path("put-home")
    fresh = f"{SLIPWAY} daemon stop >/dev/null 2>&1; rm -rf {home} && {SLIPWAY} repo create r"
    for title, source in (("Put 1 GiB, one file", place.path("large")), ("Put 20,000 files of 4 KiB", many)):
        copy = place.path("copy")
        contestants = [Contestant("`cp -r`, then `sync -f`", f"cp -r {source} {copy} && sync -f {copy}", f"rm -rf {copy} && sync")]
        if options.slipway:
            ours = {"SLIPWAY_HOME": home}
            put = f"{SLIPWAY} put r@master:/ -r -f {source}"
            contestants.append(Contestant("`slipway put`", put, f"{fresh} && sync", ours))
            contestants.append(Contestant("`slipway put` of the same again", put, f"{SLIPWAY} ls r@master:/ >/dev/null", ours))
        table(title, race(place, contestants, options.runs), "`slipway put`")
    if options.slipway:
        place.run(f"{SLIPWAY} daemon stop", SLIPWAY_HOME=home)


def machine(place):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")), "?")
    docker = place.run(f"{DOCKER} version --format '{{{{.Server.Version}}}}'").strip()
    versions = " · ".join(place.run(f"{tool} --version").splitlines()[0] for tool in ("runc", "crun") if shutil.which(tool))
    print(f"{os.cpu_count()} × {model} · Linux {os.uname().release} · docker {docker} · {versions}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", default="start,build,model,datums,put")
    parser.add_argument("--peers-only", dest="slipway", action="store_false")
    options = parser.parse_args()
    groups = options.only.split(",")
    if options.slipway and not os.path.exists(SLIPWAY):
        raise SystemExit("bench: bin/slipway is missing. Run: make build")

    cache = os.path.join(ROOT, ".cache")
    os.makedirs(cache, exist_ok=True)
    place = Place(tempfile.mkdtemp(prefix="bench-", dir=cache))
    engine = os.path.join(ROOT, "bench", "docker-engine.sh")
    try:
        os.makedirs(place.path("docker-config"))
        place.run(f"{engine} start {place.path('docker')}")
        machine(place)
        root_file_system(place)
        place.run(f"{DOCKER} import -c 'CMD [\"sh\"]' {place.path('rootfs.tar')} bench")
        if options.slipway:
            place.run(f"{SLIPWAY} image import {place.path('rootfs.tar')} bench")
        bare = runtimes(place, bundle(place))
        if "start" in groups:
            bench_start(place, options, bare)
        if "build" in groups:
            bench_build(place, options)
        if "model" in groups:
            bench_model(place, options)
        if "datums" in groups:
            bench_datums(place, options, bare)
        if "put" in groups:
            bench_put(place, options)
    finally:
        if options.slipway:
            subprocess.run([SLIPWAY, "daemon", "stop"], env=place.environment, capture_output=True, check=False)
        subprocess.run([engine, "stop", place.path("docker")], check=False)
        shutil.rmtree(place.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
