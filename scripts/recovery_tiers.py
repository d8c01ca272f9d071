#!/usr/bin/env python3
"""Prints the table of docs/recovery-tiers.md: the tiers of disaster recovery side by side.

    scripts/run.sh version && scripts/recovery_tiers.py                20 replications of each tier, some minutes
    scripts/recovery_tiers.py --replications 8 --program build/dev/cli/faultline
"""
import argparse
import os

from variant_runs import ROOT, print_table, run_all

NEVER = (1 << 63) - 1


def duration(ns):
    if ns >= NEVER:
        return "never"
    for unit, size in (("d", 86400e9), ("h", 3600e9), ("min", 60e9), ("s", 1e9)):
        if ns >= 2 * size:
            return f"{ns / size:.3g} {unit}"
    return f"{ns / 1e6:.3g} ms"


def middle_and_worst(values):
    values = sorted(values)
    return f"{duration(values[len(values) // 2])}, {duration(values[-1])}"


def incidents_after(result, fault):
    for replication in result["replications"]:
        for incident in replication["incidents"]:
            if fault in incident["faults"]:
                yield incident


def away(result, fault, query_class):
    """RTO of a class at the worst office, of each incident."""
    return [max(one["rto_ns"] for one in incident["recoveries"] if one["of"] == query_class and not one["canary"])
            for incident in incidents_after(result, fault)]


def row(tier, result):
    lost = [incident["losses"][0]["gap_ns"] if incident["losses"] else 0
            for incident in incidents_after(result, "region lost")]
    return [tier,
            middle_and_worst(away(result, "zone lost", "lookup")),
            middle_and_worst(away(result, "zone lost", "update")),
            middle_and_worst(away(result, "region lost", "lookup")),
            middle_and_worst(away(result, "region lost", "update")),
            middle_and_worst(lost)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=os.path.join(ROOT, "build/release/cli/faultline"))
    parser.add_argument("--replications", type=int, default=20)
    options = parser.parse_args()
    results = run_all(options.program, os.path.join(ROOT, "scenarios/recovery-tiers.json"), options.replications)
    print("Of each: in the middle, and at worst.\n")
    print_table([["tier", "zone: reads away", "zone: writes away", "region: reads away", "region: writes away",
                  "region: lost"]] + [row(tier or "active-active", result) for tier, result in results.items()])


main()
