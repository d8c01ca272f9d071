#!/usr/bin/env python3
"""Prints what the documents say of runs of ready scenarios: of each run its estimates, and its recoveries.

    scripts/run.sh version && scripts/document_figures.py                  all of them, half an hour on two cores
    scripts/document_figures.py --only standby --program build/dev/cli/faultline
    scripts/document_figures.py --list                                     which documents, scenarios and counts

Whoever changes a model prints those of its document again, and puts what has changed into it. README, docs/flagship.md,
docs/recovery-tiers.md and docs/read-scaling.md have scripts and tests of their own.
"""
import argparse
import os

from variant_runs import ROOT, run_variant, variants_of

# document, scenario, replications (none: the scenario's), variants (none: the base and all of them)
RUNS = [
    ("models/backups.md", "region-loss-backups", None, None),
    ("models/cluster.md", "stuck-failover", None, [""]),
    ("models/cluster.md", "custom-endpoints", None, None),
    ("models/evacuation.md", "evacuation", None, None),
    ("models/faults.md", "xyz-corporation", 3, ["outage-2016-06-04", "outage-2018-11-22", "outage-2021-12-07"]),
    ("models/faults.md", "gray-zone", None, None),
    ("models/faults.md", "gray-machine", None, None),
    ("models/faults.md", "zone-cut", None, None),
    ("models/flows.md", "nightly-load", None, None),
    ("models/global.md", "region-loss", None, None),
    ("models/global.md", "region-loss-logical", None, None),
    ("models/global.md", "partition", None, None),
    ("models/global.md", "switchover", None, None),
    ("models/global.md", "write-forwarding", None, None),
    ("models/instances.md", "elastic", None, None),
    ("models/services.md", "drivers", 3, None),
    ("models/sessions.md", "sessions", None, None),
    ("models/standby.md", "postgres-standby", None, None),
    ("models/warehouse.md", "near-real-time-analytics", None, None),
    ("verdicts.md", "each-zone", None, None),
]
NEVER = (1 << 63) - 1


def figure(value):
    return "none" if value is None else f"{value:.4g}" if isinstance(value, (int, float)) else str(value)


def requirement_lines(result):
    for one in result["requirements"]:
        yield (f"    {one['name']}: {figure(one.get('estimate'))} "
               f"[{figure(one.get('low'))}, {figure(one.get('high'))}], {one['verdict']}")


def recovery_lines(result):
    """RTO by class and canary at the worst office of each incident: in the middle, and at worst."""
    seen, lost = {}, {}
    for replication in result["replications"]:
        for incident in replication["incidents"]:
            fault = ", ".join(incident["faults"])
            worst = {}
            for one in incident["recoveries"]:
                name = one["of"] + (" (canary)" if one["canary"] else "")
                rto = one["rto_ns"] if one["recovered"] else NEVER
                worst[name] = max(worst.get(name, 0), rto)
            for name, rto in worst.items():
                seen.setdefault((fault, name), []).append(rto)
            for one in incident["losses"]:
                lost.setdefault((fault, one["database"]), []).append(one["gap_ns"])
    for label, times in (("RTO", seen), ("RPO", lost)):
        for (fault, name), values in sorted(times.items()):
            values.sort()
            text = ["never" if value >= NEVER else f"{value / 1e9:.4g} s"
                    for value in (values[len(values) // 2], values[-1])]
            yield f"    {fault}, {label} of {name}: {text[0]}, at worst {text[1]}, of {len(values)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", default=os.path.join(ROOT, "build/release/cli/faultline"))
    parser.add_argument("--only", default="", help="of documents and scenarios whose names hold this")
    parser.add_argument("--list", action="store_true", help="say what would be run")
    options = parser.parse_args()
    for document, scenario, replications, variants in RUNS:
        if options.only not in document and options.only not in scenario:
            continue
        path = os.path.join(ROOT, "scenarios", scenario + ".json")
        for variant in variants_of(path) if variants is None else variants:
            print(f"docs/{document}: {scenario}{' ' + variant if variant else ''}", flush=True)
            if options.list:
                continue
            result = run_variant(options.program, path, variant, replications)
            for line in [*requirement_lines(result), *recovery_lines(result)]:
                print(line, flush=True)


if __name__ == "__main__":
    main()
