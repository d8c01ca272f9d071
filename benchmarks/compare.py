"""Runs the benchmarks and prints the tables of docs/benchmarks.md. Called by scripts/benchmark.sh.

Contenders run in turn, round after round, and each ratio is taken within a round: the machine may be busy, and its
speed may drift. Times are user and system time. A contender whose result differs from the others' is an error, not a
row.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

CALENDARS = {
    "hold": ("Faultline", "Binary", "FourAry"),
    "timeout_mix": ("Faultline", "LazyBinary", "LazyFourAry"),
}
SYSTEM_PYTHON = "/usr/bin/python3"  # the one that Debian's python3-simpy3 belongs to


def fail(text):
    sys.exit(f"benchmark: {text}")


def per_second(rate):
    return f"{rate / 1e6:.2f} M" if rate >= 1e6 else f"{rate / 1e3:.0f} k"


def calendar(folder, rounds):
    """Medians by contender and model; the checksum of each model must agree."""
    rates, checksums = {}, {}
    for _ in range(rounds):
        run = subprocess.run([f"{folder}/calendar_benchmark", "--benchmark_format=json"],
                             check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for row in json.loads(run.stdout)["benchmarks"]:
            model, rest = row["name"].split("<")
            contender, arguments = rest.split(">")
            size = arguments.split("/")[1]
            case = (model, int(size) if size.isdigit() else 0)
            rates.setdefault(case, {}).setdefault(contender, []).append(row["items_per_second"])
            checksums.setdefault(case, set()).add(row["checksum"])
    print(f"Calendar: events (hold) or queries (timeouts) a second, median of {rounds} rounds\n")
    print("| model | pending | Faultline | std::priority_queue | 4-ary heap | Faultline / best | target |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for case, of in sorted(rates.items()):
        if len(checksums[case]) != 1:
            fail(f"the contenders of {case} did not run the same events")
        ours, binary, four_ary = (of[name] for name in CALENDARS[case[0]])
        best = binary if statistics.median(binary) > statistics.median(four_ary) else four_ary
        ratio = statistics.median(a / b for a, b in zip(ours, best))
        name, target = ("hold", 0.7) if case[0] == "hold" else ("timeouts", 2.0)
        verdict = "met" if ratio >= target else "missed"
        cells = [per_second(statistics.median(rate)) for rate in (ours, binary, four_ary)]
        print(f"| {name} | {case[1] or 'a mix'} | {' | '.join(cells)} | {ratio:.2f} | >= {target:g}: {verdict} |")
    print()


def tandem_contenders(folder, scale):
    """Name, command and number of customers; slow ones run fewer."""
    slow = max(1000, scale // 50)
    contenders = [
        ("Faultline processes", [f"{folder}/tandem_faultline"], scale, []),
        ("Faultline, a timer a customer, cancelled", [f"{folder}/tandem_faultline"], scale, ["--patience"]),
        ("plain loop, std::priority_queue", [f"{folder}/tandem_plain_loop"], scale, []),
    ]
    if os.path.exists(f"{folder}/tandem_ns3"):
        contenders.append(("ns-3 scheduler", [f"{folder}/tandem_ns3"], max(1000, scale // 4), []))
    contenders.append(("SimGrid s4u actors", [f"{folder}/tandem_simgrid"], slow, []))
    has_simpy = subprocess.run([SYSTEM_PYTHON, "-c", "import simpy"], capture_output=True).returncode == 0
    if has_simpy:
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tandem", "simpy_processes.py")
        contenders.append(("SimPy processes", [SYSTEM_PYTHON, script], slow, []))
    absent = [name for name, there in (("ns-3", os.path.exists(f"{folder}/tandem_ns3")), ("SimPy", has_simpy))
              if not there]
    return contenders, absent


def run_tandem(command, customers, servers, options):
    run = subprocess.run([*command, str(customers), str(servers), *options], check=True, capture_output=True, text=True)
    return dict(field.split("=") for field in run.stdout.split())


def tandem(folder, rounds, scale, servers):
    contenders, absent = tandem_contenders(folder, scale)
    expected = {n: run_tandem([f"{folder}/tandem_plain_loop"], n, servers, [])["total_response_ns"]
                for n in {contender[2] for contender in contenders}}
    rates, means = {}, {}
    for _ in range(rounds):
        for name, command, customers, options in contenders:
            outcome = run_tandem(command, customers, servers, options)
            if outcome["total_response_ns"] != expected[customers]:
                fail(f"{name}: another sum of response times than the plain loop's over {customers} customers")
            rates.setdefault(name, []).append(customers / max(float(outcome["cpu_s"]), 1e-6))
            means[name] = outcome["mean_response_ms"]
    print(f"Tandem of four stations with {servers} servers each, median of {rounds} rounds\n")
    print("| contender | customers | mean response, ms | customers/s | Faultline is faster by |")
    print("| --- | --- | --- | --- | --- |")
    ours = rates["Faultline processes"]
    for name, _, customers, _ in contenders:
        ratio = statistics.median(a / b for a, b in zip(ours, rates[name]))
        print(f"| {name} | {customers:,} | {means[name]} | {per_second(statistics.median(rates[name]))} "
              f"| {ratio:.2f} x |")
    for name in absent:
        print(f"| {name} | not installed | | | |")
    print()


def whole(result_path):
    with open(result_path, encoding="utf-8") as file:
        return json.load(file)["replications"][0]


def events_only(result_path):
    """Read by a process of its own: memory of this one would count as that of the next child (getrusage(2))."""
    read = "import json, sys; print(json.load(open(sys.argv[1]))['replications'][0]['events'])"
    output = subprocess.run([sys.executable, "-c", read, result_path], check=True, stdout=subprocess.PIPE, text=True)
    return {"events": int(output.stdout)}


def one_replication(program, scenario, *more, read=whole):
    """Its result and what the child took: CPU time and memory, those of its worker included."""
    with tempfile.TemporaryDirectory() as folder:
        result_path = os.path.join(folder, "result.json")
        child = subprocess.Popen([program, "run", scenario, "--replications", "1", "--jobs", "1", "--progress", "none",
                                  "--result", result_path, *more], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        if os.waitstatus_to_exitcode(status) not in (0, 1, 3):
            fail(f"faultline ended with {os.waitstatus_to_exitcode(status)}")
        return read(result_path), usage


def by_the_formula(memory):
    return (memory["fixed_bytes"] + memory["in_flight_peak"] * memory["bytes_per_query"]
            + memory["resident_keys"] * memory["bytes_per_key"])


def hours(program, scenario):
    """What more hours of one steady state need: the flagship at a tenth of its load, the same all day, unbroken."""
    with open(scenario, encoding="utf-8") as file:
        described = json.load(file)
    del described["variants"]
    described["faults"] = {}
    described["requirements"] = {name: one for name, one in described["requirements"].items() if "after" not in one}
    described["workload"]["arrivals"] = {"rate": "540/s"}
    print("Hours: the flagship at 540 queries a second all day, without its fault, one replication\n")
    print("| measured | queries in flight at most | fixed | in flight | resident keys | by the formula | process |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for measured in ("1h", "4h"):
        described["run"]["measured"] = measured
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "hours.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(described, file)
            replication, usage = one_replication(program, path)
        memory = replication["memory"]
        parts = [memory["fixed_bytes"], memory["in_flight_peak"] * memory["bytes_per_query"],
                 memory["resident_keys"] * memory["bytes_per_key"], by_the_formula(memory), usage.ru_maxrss * 1024]
        print(f"| {measured} | {memory['in_flight_peak']:,} | "
              + " | ".join(f"{part / 1e6:.1f} MB" for part in parts) + " |")
    print()


def flagship(program, scenario, rounds):
    """One replication, one worker at a time; the same one in each round."""
    runs = [one_replication(program, scenario) for _ in range(rounds)]
    replication, usage = runs[0]
    if len({run["fingerprint"] for run, _ in runs}) != 1:
        fail("the rounds did not run the same events")
    times_s = [used.ru_utime + used.ru_stime for _, used in runs]
    cpu_s = statistics.median(times_s)
    queries = sum(at_office["outcomes"]["due"] for of_class in replication["classes"]
                  for phase in ("steady", "degraded", "recovering") for at_office in of_class[phase])
    memory = replication["memory"]
    print(f"Flagship: scenarios/xyz-corporation.json, one replication on one core, median of {rounds} rounds\n")
    print("| what | figure | target |")
    print("| --- | --- | --- |")
    print(f"| due queries of the measured hour | {queries:,} | about 18 million |")
    print(f"| ... and of the warm-up | {replication['queries'] - queries:,} | |")
    print(f"| events of both | {replication['events']:,} | |")
    spread = f"{min(times_s):.1f} to {max(times_s):.1f}"
    print(f"| CPU time of both, start and result included | {cpu_s:.1f} s ({spread}) | |")
    print(f"| queries simulated a second of CPU time | {per_second(replication['queries'] / cpu_s)} | >= 1.00 M |")
    print(f"| ... those of the measured hour alone | {per_second(queries / cpu_s)} | |")
    print(f"| events a second of CPU time | {per_second(replication['events'] / cpu_s)} | |")
    print(f"| peak memory of a process | {usage.ru_maxrss / 1024:.0f} MB | |")
    print(f"| memory by the formula | {by_the_formula(memory) / 2**20:.0f} MB | < 200 MB |")
    print(f"| ... bytes a query in flight | {memory['bytes_per_query']:,} | <= 1,200 |")
    print(f"| ... bytes a resident key | {memory['bytes_per_key']:,} | <= 32 |\n")


def large(program, scenario, rounds):
    """What an event costs in 30 regions of 100 offices with 15 replicas, and in the flagship, for an hour each."""
    generate = [sys.executable, os.path.join("scripts", "generate_topology.py"), "30", "100", "15"]
    with tempfile.TemporaryDirectory() as folder:
        runs = {}
        for minutes in (2, 60):
            path = os.path.join(folder, f"{minutes}.json")
            subprocess.run([*generate, "--measured", f"{minutes}min", "--output", path], check=True)
            runs[f"30 x 100 x 15, {minutes + 1} minutes"] = [path]
        short, long = list(runs)
        flagship_hour = "the flagship, 61 minutes"
        runs[flagship_hour] = [scenario]
        found = {name: [] for name in runs}
        for _ in range(rounds):
            for name, command in runs.items():
                replication, usage = one_replication(program, *command, read=events_only)
                found[name].append((usage.ru_utime + usage.ru_stime, replication["events"], usage.ru_maxrss / 1024))
    print(f"Large topology: one replication each, in turn, median of {rounds} rounds; start and result included\n")
    print("| run | events | CPU time | an event | memory at most |")
    print("| --- | --- | --- | --- | --- |")
    for name, of in found.items():
        cpu_s, events, memory = statistics.median(one[0] for one in of), of[0][1], max(one[2] for one in of)
        print(f"| {name} | {events:,} | {cpu_s:.1f} s | {cpu_s / events * 1e6:.3f} us | {memory:.0f} MB |")

    def ratios(cost):
        all_ = [cost(a, b) / (c[0] / c[1]) for a, b, c in zip(found[short], found[long], found[flagship_hour])]
        return f"{statistics.median(all_):.2f} ({min(all_):.2f} to {max(all_):.2f})", statistics.median(all_)

    print("\n| an event of the large one / of the flagship | ratio | target |")
    print("| --- | --- | --- |")
    for name, cost in ((f"{short}", lambda a, b: a[0] / a[1]), (f"{long}", lambda a, b: b[0] / b[1]),
                       ("the minutes between them", lambda a, b: (b[0] - a[0]) / (b[1] - a[1]))):
        text, ratio = ratios(cost)
        verdict = "" if name == short else f"<= 2: {'met' if ratio <= 2 else 'missed'}"
        print(f"| {name} | {text} | {verdict} |")
    print()


def main():
    flagship_rounds_most = 5  # of 20 s each
    large_rounds_most = 3  # of a minute each
    parser = argparse.ArgumentParser()
    parser.add_argument("tables", nargs="+", choices=["calendar", "tandem", "flagship", "hours", "large"])
    parser.add_argument("--folder", required=True, help="where the benchmarks were built")
    parser.add_argument("--program", help="faultline, for the flagship")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--customers", type=int, default=1_000_000)
    arguments = parser.parse_args()
    if "calendar" in arguments.tables:
        calendar(arguments.folder, arguments.rounds)
    if "tandem" in arguments.tables:
        for servers in (4, 32):
            tandem(arguments.folder, arguments.rounds, arguments.customers, servers)
    if "flagship" in arguments.tables:
        flagship(arguments.program, "scenarios/xyz-corporation.json", min(arguments.rounds, flagship_rounds_most))
    if "large" in arguments.tables:
        large(arguments.program, "scenarios/xyz-corporation.json", min(arguments.rounds, large_rounds_most))
    if "hours" in arguments.tables:
        hours(arguments.program, "scenarios/xyz-corporation.json")


main()
