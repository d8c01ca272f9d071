"""From samples (perf script --fields ip,sym,dso, on standard input) to shares of CPU time by part of the source.

A sample counts for the innermost function of the project that it lies in, inlined or not: a comparison in std::vector
counts for whoever asked for it. addr2line names the chain of inlined functions of each address.
"""
import collections
import re
import subprocess
import sys

PARTS = [
    ("calendar and dispatch", r"engine/(calendar|ready_queue|simulation|fingerprint|process|component)\.[ch]pp"),
    ("waits and calls", r"engine/(call|waits|tokens|frame_pool)\.[ch]pp"),
    ("server pools", r"engine/(queueing/|ring)"),
    ("random numbers", r"engine/random/|Random123|boost/random"),
    ("statistics and measures", r"engine/statistics/|models/measures/"),
    ("clock, checks", r"engine/(time|check)\."),
    ("models: network", r"models/network/|models/topology"),
    ("models: clients", r"models/clients/"),
    ("models: services", r"models/services/"),
    ("models: cache", r"models/cache/"),
    ("models: cluster", r"models/cluster/"),
    ("models: the rest", r"models/"),
    ("planning, scenarios, cli", r"(planning|scenarios|reports|cli)/"),
]


def part_of(paths):
    for path in paths:
        for name, pattern in PARTS:
            if re.search(pattern, path):
                return name
    return "the rest"


def parts_of_addresses(program, addresses):
    """The part of each address, from the files of its chain of inlined functions, innermost first."""
    output = subprocess.run(["addr2line", "--addresses", "--inlines", "--exe", program], text=True, check=True,
                            input="\n".join(addresses), capture_output=True).stdout
    chains = {}
    for line in output.splitlines():
        if line.startswith("0x"):
            chain = chains.setdefault(int(line, 16), [])
        else:
            chain.append(line)
    return {address: part_of(chain) for address, chain in chains.items()}


def main():
    program = sys.argv[1]
    inside, counts = collections.Counter(), collections.Counter()
    for line in sys.stdin:
        match = re.match(r"\s*([0-9a-f]+) (.*) \((.*)\)\s*$", line)
        if not match:
            continue
        address, symbol, place = match.groups()
        if place.endswith("/faultline"):
            inside[int(address, 16)] += 1
        elif "libm" in place:
            counts["libm: log, exp, pow"] += 1
        elif "libsimgrid" in place:
            counts["SimGrid"] += 1
        elif "kernel" in place:
            counts["kernel"] += 1
        else:
            counts["libc and others" if "libc" in place or symbol else "the rest"] += 1
    parts = parts_of_addresses(program, [f"{address:x}" for address in inside])
    for address, samples in inside.items():
        counts[parts.get(address, "the rest")] += samples
    total = sum(counts.values())
    if total == 0:
        sys.exit("profile: no samples")
    print(f"| part ({total:,} samples) | share |\n| --- | --- |")
    for name, samples in counts.most_common():
        print(f"| {name} | {100 * samples / total:.1f} % |")


main()
