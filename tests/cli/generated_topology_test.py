"""Goal:   scripts/generate_topology.py writes what its arguments say, the same each time, and it loads and runs.
Method: through the command line a middle-sized one, 6 regions x 10 offices x 4 replicas, runs for 45 simulated seconds,
        and the largest one, 30 x 100 x 15, is checked whole: a limit of the reader that it breaks would go unseen else.

    tests/cli/generated_topology_test.py build/dev/cli/faultline
"""
import json
import os
import subprocess
import sys
import tempfile

GENERATOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "generate_topology.py")
SHORT = ["--rate", "200/s", "--warm-up", "5s", "--measured", "45s", "--fault-at", "8s"]


def generated(*arguments):
    return subprocess.run([sys.executable, GENERATOR, *arguments], check=False, capture_output=True, text=True)


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}: expected {wanted!r}, found {found!r}")


def largest_one_loads(program):
    text = generated("30", "100", "15").stdout
    databases = json.loads(text)["databases"].values()
    replicas = [len(of["replicas"]) for of in databases]
    replicas += [len(region["replicas"]) for of in databases for region in of["secondaries"].values()]
    # A global database of ten regions: 15 in each secondary, and 15 - 9 in the primary's.
    expect("clusters by their replicas", sorted(replicas), 3 * [6] + 27 * [15])
    expect("offices", len(json.loads(text)["offices"]), 3000)
    with tempfile.TemporaryDirectory() as folder:
        scenario = os.path.join(folder, "scenario.json")
        with open(scenario, "w", encoding="utf-8") as file:
            file.write(text)
        check = subprocess.run([program, "check", scenario], check=False, capture_output=True, text=True)
    if "nothing was run" in check.stdout + check.stderr or check.returncode not in (0, 1):
        sys.exit(f"the check ended with {check.returncode}\n{check.stdout}{check.stderr}")


def main():
    text = generated("6", "10", "4", *SHORT).stdout
    expect("a second time", generated("6", "10", "4", *SHORT).stdout, text)
    expect("too many regions", generated("99", "10", "4").returncode, 2)
    expect("too many replicas", generated("6", "10", "16").returncode, 2)
    expect("databases of 30 regions", len(json.loads(generated("30", "2", "1").stdout)["databases"]), 3)
    largest_one_loads(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        scenario, result = (os.path.join(folder, name) for name in ("scenario.json", "result.json"))
        with open(scenario, "w", encoding="utf-8") as file:
            file.write(text)
        run = subprocess.run([sys.argv[1], "run", scenario, "--progress", "none", "--result", result], check=False,
                             capture_output=True, text=True)
        if run.returncode not in (0, 1, 3):
            sys.exit(f"the run ended with {run.returncode}\n{run.stdout}{run.stderr}")
        with open(result, encoding="utf-8") as file:
            replication = json.load(file)["replications"][0]
    expect("instances", len(replication["instances"]), 1 + 6 * 4)
    expect("faults that hit something", [bool(fault["hit"]) for fault in replication["faults"]], [True])
    for of_class in replication["classes"]:
        expect(f"offices of {of_class['name']}", len(of_class["steady"]), 60)
    outcomes = [office["outcomes"] for of_class in replication["classes"] for office in of_class["steady"]]
    due, good = (sum(one[key] for one in outcomes) for key in ("due", "good"))
    if not 800 < due or good < 0.9 * due:
        sys.exit(f"{good} of {due} operations were good before the fault")


main()
