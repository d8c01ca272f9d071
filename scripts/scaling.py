#!/usr/bin/env python3
"""What several workers, ranks and shards of one machine make of the same replications.

    scripts/scaling.py [--program build/release/cli/faultline] [--rounds 5] [--replications 4 24]

Every way runs a short job and a long one. What the long one takes more, divided by how many replications it has more,
is the cost of a replication; what is left of the short one is the start and the end of the job. So what mpirun takes to
begin stands apart and is not spread over replications. Printed are medians over rounds, in turn forwards and backwards,
and of ratios within a round. Processor time (user and system, of all processes of the job) holds on a busy machine,
roughly; wall time wants a quiet one with two cores. All results must be the same, byte by byte.
"""
import argparse
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")


# A status other than 0, which a violated requirement is, makes mpirun clear the job away, and wait a second twice.
MPIRUN = ["--oversubscribe", "--mca", "odls_base_sigkill_timeout", "0"]


def run(command):
    ended = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if ended.returncode not in (0, 1, 3):  # verdicts are no matter here
        sys.exit(f"{' '.join(command)}\n{ended.stdout[-500:]}{ended.stderr[-2000:]}")


def ways(program, scenario, folder):
    """(name, the way it is compared with, what runs so many replications)"""
    mpirun = shutil.which("mpirun")

    def base(replications):
        return [program, "run", scenario, "--replications", str(replications), "--progress", "none"]

    def plain(name, other, more, launcher=()):
        return name, other, lambda count: run([*launcher, *base(count), *more, "--result",
                                               f"{folder}/{name}-{count}.json"])

    def shards(count):
        parts = [f"{folder}/part-{i}.json" for i in (1, 2)]
        for i, part in enumerate(parts, 1):
            run([*base(count), "--jobs", "2", "--shard", f"{i}/2", "--result", part])
        run([program, "merge", *parts, "--result", f"{folder}/2 shards in turn-{count}.json"])

    every = [plain("1 worker", "1 worker", ["--jobs", "1"]), plain("2 workers", "1 worker", ["--jobs", "2"])]
    if mpirun and "MPI: not built" not in subprocess.run([program, "--version"], capture_output=True, text=True,
                                                         check=True).stdout:
        every += [plain("1 rank", "1 worker", [], [mpirun, *MPIRUN, "-n", "1"]),
                  plain("2 ranks", "2 workers", [], [mpirun, *MPIRUN, "-n", "2"])]
    return every + [("2 shards in turn", "2 workers", shards)]


def timed(way, count):
    """Wall and processor seconds."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    way(count)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - begun
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(way, few, many):
    """{start, replication: wall seconds; work_of_start, work: processor seconds}"""
    short, long = timed(way, few), timed(way, many)
    wall, work = ((late - early) / (many - few) for early, late in zip(short, long))
    return {"start": short[0] - few * wall, "replication": wall, "work_of_start": short[1] - few * work, "work": work}


def table(every, measured):
    def middle(name, what):
        return statistics.median(one[what] for one in measured[name])

    def ratio(name, other, what):
        return statistics.median(one[what] / base[what] for one, base in zip(measured[name], measured[other]))

    print("| way | a replication: processor s | more than that way | wall s | a second | of one worker "
          "| the job besides: processor s | wall s |\n| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, other, _ in every:
        more = "" if name == other else f"{100 * (ratio(name, other, 'work') - 1):+.1f} % ({other})"
        wall = middle(name, "replication")
        print(f"| {name} | {middle(name, 'work'):.4f} | {more} | {wall:.4f} | {1 / wall:.2f} | "
              f"{1 / ratio(name, '1 worker', 'replication'):.2f} | {middle(name, 'work_of_start'):.2f} | "
              f"{middle(name, 'start'):.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/cli/faultline"))
    parser.add_argument("--scenario", default="scenarios/region-loss.json")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--replications", type=int, nargs=2, default=[4, 24], metavar=("FEW", "MANY"))
    options = parser.parse_args()
    few, many = options.replications
    if not 2 <= few < many:
        sys.exit("--replications: two numbers, the first one 2 or more and below the second")
    measured = {}
    with tempfile.TemporaryDirectory() as folder:
        every = ways(options.program, options.scenario, folder)
        for number in range(options.rounds):
            for name, _, way in every if number % 2 == 0 else reversed(every):
                measured.setdefault(name, []).append(measure(way, few, many))
        results = [pathlib.Path(f"{folder}/{name}-{many}.json").read_bytes() for name, _, _ in every]
        size = len(results[0]) / many / 1024
    print(f"{options.scenario}, {few} and {many} replications, {options.rounds} rounds, {os.cpu_count()} cores, "
          f"{size:.0f} KiB of result a replication\n")
    table(every, measured)
    if any(result != results[0] for result in results):
        sys.exit("the results differ")
    print("\nAll results are the same, byte by byte.")


if __name__ == "__main__":
    main()
