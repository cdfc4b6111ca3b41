"""What the benchmarks of data share: a place for their files, races between contestants, tables, files of random bytes."""

import os
import statistics
import subprocess
import sys
import time

from history import SLIPWAY

PEERS = dict(os.environ, RESTIC_PASSWORD="bench", GIT_CONFIG_GLOBAL="/dev/null", GIT_AUTHOR_NAME="b", GIT_AUTHOR_EMAIL="b", GIT_COMMITTER_NAME="b", GIT_COMMITTER_EMAIL="b")


class Place:
    """A folder for everything that the benchmark makes, and one home at a time in it."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = dict(PEERS, SLIPWAY_HOME=self.at("home"), RESTIC_REPOSITORY=self.at("restic"))
        self.peak = 0

    def at(self, *parts):
        return os.path.join(self.folder, *parts)

    def run(self, command):
        """Seconds; a failure ends the benchmark, because a wrong figure is worse than none."""
        began = time.perf_counter()
        done = subprocess.run(command, shell=True, env=self.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        took = time.perf_counter() - began
        if done.returncode:
            raise SystemExit(f"bench: exit code {done.returncode} from: {command}\n{(done.stdout + done.stderr)[-1500:]}")
        return took

    def fresh(self):
        """A new home with an empty repo, and a server that has put a file before: it runs for days, and code is compiled once."""
        self.stop()
        self.run(f"rm -rf {self.at('home')} && {SLIPWAY} repo create data && {SLIPWAY} repo create warm")
        self.run(f"{SLIPWAY} put warm@master:/program -f {SLIPWAY} && sync")

    def note_memory(self):
        """True while a server runs; how much memory it ever had is kept."""
        pid = self.at("home", "daemon.pid")
        if not os.path.exists(pid):
            return False
        with open(pid, encoding="ascii") as file:
            status = f"/proc/{file.read().strip()}/status"
        if os.path.exists(status):
            with open(status, encoding="ascii") as file:
                self.peak = max(self.peak, *(int(line.split()[1]) // 1024 for line in file if line.startswith("VmHWM")))
        return True

    def stop(self):
        """Stops the server, after noting how much memory it ever had."""
        if self.note_memory():
            self.run(f"{SLIPWAY} daemon stop")

    def remove(self, *names):
        for name in names:
            subprocess.run(["rm", "-rf", self.at(name)], check=True)


def race(contestants, rounds):
    """Median seconds by name of (name, before, timed) each, taking turns; the first round is not counted."""
    times = {name: [] for name, _, _ in contestants}
    for turn in range(rounds + 1):
        for name, before, timed in contestants:
            before()
            took = timed()
            if turn:
                times[name].append(took)
        sys.stderr.write(".")
        sys.stderr.flush()
    sys.stderr.write("\n")
    return {name: statistics.median(taken) for name, taken in times.items()}


def table(title, times, beside, goal):
    """Medians in ms, each divided by the peer's. The goal is for slipway."""
    print(f"\n### {title}\n\n| | median ms | ÷ {beside} |\n|---|--:|--:|")
    for name, seconds in times.items():
        print(f"| {name} | {seconds * 1000:.{1 if seconds < 0.1 else 0}f} | {seconds / times[beside]:.2f} |")
    print(f"\nGoal: {goal}.")
    sys.stdout.flush()


def random_file(path, size):
    """Bytes that no other file has, made as fast as the disk takes them: one random block, each time with another beginning."""
    block = bytearray(os.urandom(min(size, 1 << 24)))
    with open(path, "wb") as file:
        while size > 0:
            block[:32] = os.urandom(min(size, 32))
            size -= file.write(memoryview(block)[: min(size, len(block))])


def small_files(folder, count, size):
    """Files of random bytes, a thousand a folder; old enough that their times can be trusted."""
    for number in range(count):
        if number % 1000 == 0:
            below = os.path.join(folder, f"{number // 1000:04}")
            os.makedirs(below)
        with open(os.path.join(below, f"{number:07}"), "wb") as file:
            file.write(os.urandom(size))
