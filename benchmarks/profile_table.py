"""From samples (perf script --show-mmap-events --fields pid,ip,sym,dso, on standard input) to shares of CPU time by
part of the source.

A sample counts for the innermost function of the project that it lies in, inlined or not: a comparison in std::vector
counts for whoever asked for it. addr2line names the chain of inlined functions of each address. Where a process had the
program in its memory, the events of its maps tell.
"""
import collections
import re
import subprocess
import sys

PARTS = [
    ("calendar and dispatch", r"engine/(calendar|bit_ring|ready_queue|simulation|fingerprint|component|roster)\."),
    ("processes and their frames", r"engine/(process|frame_pool|large_pages)\.|/coroutine"),
    ("waits and calls", r"engine/(call|waits|tokens)\."),
    ("server pools", r"engine/(queueing/|ring)"),
    ("random numbers", r"engine/random/|Random123|boost/random"),
    ("statistics and measures", r"engine/statistics/|models/measures/"),
    ("clock, checks", r"engine/(time|check)\."),
    ("models: network", r"models/network/|models/topology"),
    ("models: clients", r"models/clients/"),
    ("models: services", r"models/services/"),
    ("models: cache", r"models/cache/"),
    ("models: databases", r"models/(cluster|global|standby)/"),
    ("models: the query itself", r"models/(request|class_plan)"),
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


MAPPED = re.compile(r"MMAP2 (\d+)/\d+: \[(0x[0-9a-f]+)\(.*\) @ (0x[0-9a-f]+|0) .*\]: r-xp .*/faultline$")


def main():
    program = sys.argv[1]
    inside, counts = collections.Counter(), collections.Counter()
    loaded_at = {}
    for line in sys.stdin:
        mapped = MAPPED.search(line)
        if mapped:
            process, start, offset = (int(text, 0) for text in mapped.groups())
            loaded_at[process] = start - offset
            continue
        match = re.match(r"\s*(\d+)\s+([0-9a-f]+) (.*) \((.*)\)\s*$", line)
        if not match:
            continue
        process, address, symbol, place = match.groups()
        if place.endswith("/faultline"):
            inside[int(address, 16) - loaded_at[int(process)]] += 1
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
