#!/usr/bin/env python3
"""What the flagship's queries cost at two commits of this repository, in pairs.

    scripts/compare_revisions.py 680214c HEAD                  five pairs of 5 simulated minutes
    scripts/compare_revisions.py 680214c HEAD --pairs 9 --measured 10min

Each commit is built (preset release) in a worktree of its own under build/revisions/, which stays for the next time,
and runs a short copy of its own scenarios/xyz-corporation.json, of the variant "one-region" where that is there (what
the flagship was before it had other regions and a warehouse): one replication without faults, 1 min of warm-up. The
two take turns, and each pair begins with the other one. Printed is user time for each due query of the measured part,
by pair, since machines differ by a quarter from one minute to the next; the start of the program is included.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

repository = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def text_of(*command, folder=repository):
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def built(revision):
    """The folder of a commit with its program in it."""
    commit = text_of("git", "rev-parse", "--short=10", revision + "^{commit}")
    folder = os.path.join(repository, "build", "revisions", commit)
    if not os.path.isdir(folder):
        text_of("git", "worktree", "add", "--detach", folder, commit)
    for command in (["cmake", "--preset", "release"],
                    ["cmake", "--build", "--preset", "release", "--target", "faultline"]):
        done = subprocess.run(command, cwd=folder, stdout=sys.stderr, stderr=sys.stderr, check=False)
        if done.returncode != 0:
            sys.exit(f"compare_revisions.py: {commit} cannot be built; see above")
    return commit, folder


def patched(document, patch):
    """A JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        result.pop(key, None) if value is None else result.update({key: patched(result.get(key), value)})
    return result


def short_copy(folder, measured, path):
    with open(os.path.join(folder, "scenarios", "xyz-corporation.json"), encoding="utf-8") as file:
        scenario = json.load(file)
    scenario = patched(scenario, scenario.get("variants", {}).get("one-region", {}))
    scenario["run"].update(warm_up="1min", measured=measured, replications=1)
    for key in ("$schema", "faults", "variants"):
        scenario.pop(key, None)
    scenario["requirements"] = {name: one for name, one in scenario["requirements"].items() if "after" not in one}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(scenario, file)


def due_queries(result_path):
    with open(result_path, encoding="utf-8") as file:
        classes = json.load(file)["replications"][0]["classes"]
    return sum(at_office["outcomes"]["due"] for of_class in classes
               for phase in ("steady", "degraded", "recovering") for at_office in of_class[phase])


def microseconds_a_query(folder, measured):
    with tempfile.TemporaryDirectory() as scratch:
        scenario, result = (os.path.join(scratch, name) for name in ("scenario.json", "result.json"))
        short_copy(folder, measured, scenario)
        program = os.path.join(folder, "build", "release", "cli", "faultline")
        child = subprocess.Popen([program, "run", scenario, "--replications", "1", "--jobs", "1", "--progress", "none",
                                  "--result", result], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        if os.waitstatus_to_exitcode(status) not in (0, 1, 3):
            sys.exit(f"compare_revisions.py: {program} ended with {os.waitstatus_to_exitcode(status)}")
        return 1e6 * usage.ru_utime / due_queries(result)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--measured", default="5min", help="simulated time of a run")
    arguments = parser.parse_args()
    contenders = [built(arguments.before), built(arguments.after)]
    print(f"User time for a due query, {arguments.measured} of each commit's own flagship\n")
    print("| pair | {}, µs | {}, µs | queries a second, of what they were |".format(*(c for c, _ in contenders)))
    print("| --- | --- | --- | --- |")
    shares = []
    for pair in range(arguments.pairs):
        order = (0, 1) if pair % 2 == 0 else (1, 0)
        cost = {which: microseconds_a_query(contenders[which][1], arguments.measured) for which in order}
        shares.append(cost[0] / cost[1])
        print(f"| {pair + 1} | {cost[0]:.3f} | {cost[1]:.3f} | {shares[-1]:.0%} |", flush=True)
    print(f"\nMedian: {statistics.median(shares):.0%}")


main()
