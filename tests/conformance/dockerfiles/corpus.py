#!/usr/bin/env python3
"""buildah's conformance corpus, built by us and compared with what BuildKit made of it: file by file (kind, mode, owner, size, content, link, xattrs) and
configuration by configuration, times left out.

  corpus.py check SLIPWAY [--cache FOLDER] [--only REGEX]     build each case, compare with buildkit.json.gz; its last line counts them
  corpus.py record DOCKER_HOST [--cache FOLDER]               build each case with that engine's BuildKit, and write buildkit.json.gz

The cases come from Debian's source package of buildah; the base images are all one root file system of this machine's static busybox, and only what a build changed in it is
compared. A case whose files are others than those that were recorded is not compared, and said to be so.
"""
import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import cases
import images
from expected import EXPECTED

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDED = os.path.join(HERE, "buildkit.json.gz")
LEAST = 100
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Failed(Exception):
    """A build ended in an error; its text."""


def run(command, environment=None):
    try:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=180)
    except subprocess.TimeoutExpired as late:
        raise Failed("it took longer than three minutes") from late
    if done.returncode:
        raise Failed(done.stdout.decode("utf8", "replace")[-600:])


class Slipway:
    """Our builder, over a home of its own."""

    def __init__(self, program):
        self.home = tempfile.mkdtemp(prefix="slipway-corpus-home-")
        self.program, self.environment = program, dict(os.environ, SLIPWAY_HOME=self.home, NO_COLOR="1")

    def add_base(self, tar, name):
        run([self.program, "image", "import", "--env", PATH, "--cmd", "sh", tar, name], self.environment)

    def build(self, context, dockerfile, args, archive):
        given = [word for name, value in args.items() for word in ("--build-arg", f"{name}={value}")]
        run([self.program, "build", "--no-cache", "--offline", "-q", "-f", dockerfile, *given, "-o", f"type=docker,dest={archive}", context], self.environment)

    def close(self):
        subprocess.run([self.program, "daemon", "stop"], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.home, ignore_errors=True)


class BuildKit:
    """An engine's BuildKit."""

    def __init__(self, host):
        self.environment = dict(os.environ, DOCKER_HOST=host, DOCKER_BUILDKIT="1")

    def add_base(self, tar, name):
        run(["docker", "import", "-c", 'CMD ["sh"]', "-c", "ENV " + PATH, tar, name], self.environment)

    def build(self, context, dockerfile, args, archive):
        given = [word for name, value in args.items() for word in ("--build-arg", f"{name}={value}")]
        run(["docker", "build", "-q", "--no-cache", "--provenance=false", "-t", "corpus:case", "-f", dockerfile, *given, context], self.environment)
        run(["docker", "save", "-o", archive, "corpus:case"], self.environment)
        run(["docker", "rmi", "-f", "corpus:case"], self.environment)

    def close(self):
        pass


def results(builder, cache, only):
    """Builds every case: its name, whether it may fail, its identity, and its result or the error's text; None where its context needs code to be made."""
    suite = cases.fetch(cache)
    every = list(cases.read(suite))
    folder = tempfile.mkdtemp(prefix="slipway-corpus-")
    try:
        tar = os.path.join(folder, "base.tar")
        images.base_tar(tar)
        base = images.read_tar(tar)
        for name in cases.bases(suite, every):
            builder.add_base(tar, name)
        for number, case in enumerate(every):
            if re.search(only, case["name"]):
                place = os.path.join(folder, str(number))
                os.makedirs(place)
                yield case, *one(builder, case, suite, place, base, number)
                shutil.rmtree(place)
    finally:
        builder.close()
        shutil.rmtree(folder, ignore_errors=True)


def one(builder, case, suite, place, base, number):
    prepared = cases.prepare(case, suite, place, number)
    if prepared is None:
        return None, None
    context, dockerfile = prepared
    identity = cases.identity(case, context, dockerfile)
    archive = os.path.join(place, "image.tar")
    try:
        builder.build(context, dockerfile, case["args"], archive)
    except Failed as fault:
        return identity, {"failed": str(fault)}
    config, tree = images.read_archive(archive)
    return identity, {"config": images.plain_config(config), "files": images.beside(tree, base)}


def record(options):
    recorded = {}
    for case, identity, result in results(BuildKit(options.builder), options.cache, options.only):
        if result is not None:
            recorded[case["name"]] = {"identity": identity, **({"failed": True} if "failed" in result else result)}
            print("failed" if "failed" in result else "built ", case["name"], flush=True)
    text = json.dumps(recorded, sort_keys=True, indent=0).encode()
    with open(RECORDED, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
        packed.write(text)
    print(f"{len(recorded)} recorded")
    return 0


def difference(ours, theirs):
    """The first few differences of two results, for people; empty where they are the same."""
    if "failed" in ours or "failed" in theirs:
        return [] if "failed" in ours and "failed" in theirs else ["only BuildKit builds it: " + ours["failed"].strip()[-300:] if "failed" in ours else "only we build it"]
    found = [f"{path}: {ours['files'].get(path, 'as in the base')} and {theirs['files'].get(path, 'as in the base')}"
             for path in sorted({*ours["files"], *theirs["files"]}) if ours["files"].get(path, "") != theirs["files"].get(path, "")]
    found += [f"config {key}: {ours['config'].get(key)} and {theirs['config'].get(key)}"
              for key in sorted({*ours["config"], *theirs["config"]}) if ours["config"].get(key) != theirs["config"].get(key)]
    return found


def check(options):
    with gzip.open(RECORDED) as packed:
        recorded = json.load(packed)
    same, known, failed, skipped, neither = 0, 0, 0, 0, 0
    for case, identity, result in results(Slipway(options.builder), options.cache, options.only):
        name = case["name"]
        if result is None or recorded.get(name, {}).get("identity") != identity:
            skipped += 1
            print(f"not compared: {name}: {'its context needs code to be made' if result is None else 'its files are not those that were recorded'}", flush=True)
            continue
        found = difference(json.loads(json.dumps(result)), recorded[name])
        if "failed" in result and "failed" in recorded[name] and not case["mayFail"]:
            neither += 1
            print(f"neither builds it: {name}: {result['failed'].strip().splitlines()[-1][:200]}", flush=True)
        elif not found and name not in EXPECTED:
            same += 1
        elif found and name in EXPECTED:
            known += 1
        else:
            failed += 1
            print(f"FAILED {name}: {'; '.join(found[:4]) if found else 'it is the same now: take it out of expected.py'}", flush=True)
    print(f"{same} the same, {known} known to differ, {neither} that neither builds here, {skipped} not compared, {failed} failed")
    return 1 if failed or (options.only == "." and same < LEAST) else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["check", "record"])
    parser.add_argument("builder", help="the program, or the engine's address")
    parser.add_argument("--cache", default=os.path.join(HERE, "../../../.cache/corpus"), help="where the source package is kept")
    parser.add_argument("--only", default=".", help="cases whose names match")
    options = parser.parse_args()
    options.cache = os.path.abspath(options.cache)
    os.makedirs(options.cache, exist_ok=True)
    return check(options) if options.verb == "check" else record(options)


sys.exit(main())
