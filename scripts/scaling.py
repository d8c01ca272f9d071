#!/usr/bin/env python3
"""What several workers, ranks and shards of one machine make of the same replications.

    scripts/scaling.py [--program build/release/cli/faultline] [--rounds 5] [--replications 16]

Each round runs all ways one after another, in turn forwards and backwards, so that a machine that grows slower hits
all of them. Printed is the median of wall time, and of its ratio to one worker within a round. All results must be the
same, byte by byte. Quiet machine, at least two cores.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")


def run(command):
    ended = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if ended.returncode not in (0, 1, 3):  # verdicts are no matter here
        sys.exit(f"{' '.join(command)}\n{ended.stdout[-500:]}{ended.stderr[-2000:]}")


def ways(program, scenario, replications, folder):
    base = [program, "run", scenario, "--replications", str(replications), "--progress", "none"]
    mpirun = shutil.which("mpirun")

    def plain(name, more, launcher=()):
        return name, lambda: run([*launcher, *base, *more, "--result", f"{folder}/{name}.json"])

    def shards():
        parts = [f"{folder}/part-{i}.json" for i in (1, 2)]
        for i, part in enumerate(parts, 1):
            run([*base, "--jobs", "2", "--shard", f"{i}/2", "--result", part])
        run([program, "merge", *parts, "--result", f"{folder}/2 shards in turn.json"])

    every = [plain("1 worker", ["--jobs", "1"]), plain("2 workers", ["--jobs", "2"])]
    if mpirun and "MPI: not built" not in subprocess.run([program, "--version"], capture_output=True, text=True,
                                                         check=True).stdout:
        every += [plain("1 rank", [], [mpirun, "--oversubscribe", "-n", "1"]),
                  plain("2 ranks", [], [mpirun, "--oversubscribe", "-n", "2"])]
    return every + [("2 shards in turn", shards)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/cli/faultline"))
    parser.add_argument("--scenario", default="scenarios/region-loss.json")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--replications", type=int, default=16)
    options = parser.parse_args()
    took = {}
    with tempfile.TemporaryDirectory() as folder:
        every = ways(options.program, options.scenario, options.replications, folder)
        for number in range(options.rounds):
            for name, way in every if number % 2 == 0 else reversed(every):
                begun = time.monotonic()
                way()
                took.setdefault(name, []).append(time.monotonic() - begun)
        results = {name: pathlib.Path(f"{folder}/{name}.json").read_bytes() for name, _ in every}
        size = len(results["1 worker"]) / options.replications / 1024
    print(f"{options.scenario}, {options.replications} replications, {options.rounds} rounds, {os.cpu_count()} cores, "
          f"{size:.0f} KiB of result a replication\n")
    print("| way | s | replications a second | of one worker |\n| --- | --- | --- | --- |")
    for name, _ in every:
        ratio = statistics.median(one / other for one, other in zip(took["1 worker"], took[name]))
        middle = statistics.median(took[name])
        print(f"| {name} | {middle:.2f} | {options.replications / middle:.2f} | {ratio:.2f} |")
    if any(result != results["1 worker"] for result in results.values()):
        sys.exit("the results differ")
    print("\nAll results are the same, byte by byte.")


if __name__ == "__main__":
    main()
