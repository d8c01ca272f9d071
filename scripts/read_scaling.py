#!/usr/bin/env python3
"""Prints the table of docs/read-scaling.md and draws its curve: reads a second by readers and regions.

    scripts/run.sh version && scripts/read_scaling.py                  half a minute
    scripts/read_scaling.py --program build/dev/cli/faultline
"""
import argparse
import os
import re

from variant_runs import ROOT, print_table, run_all

ONE_READER = 100.0  # reads a second: two processors, 20 ms of one a read
COLOURS = {"1 region": "#1f77b4", "2 regions": "#2ca02c", "3 regions": "#d62728", "1 region, in turn": "#9467bd"}


def is_reader(name):
    return re.search(r"orders/(.*/)?instance-\d+$", name) and name != "orders/instance-1"


def seen(result):
    """Readers, and the reads that they answered a second and the mean latency in s, over all replications."""
    readers, served, seconds, answered, latency = 0, 0, 0.0, 0, 0.0
    for replication in result["replications"]:
        queues = [queue for queue in replication["queues"] if is_reader(queue["name"])]
        readers = len(queues)
        served += sum(queue["served"] for queue in queues)
        seconds += (replication["end_ns"] - replication["warm_up_ns"]) * 1e-9
        for office in replication["classes"][0]["steady"]:
            answered += office["outcomes"]["answered"]
            latency += office["latency"]["sum_ns"] * 1e-9
    return readers, served / seconds, latency / answered


def curves(results):
    """By curve: readers in each region -> what was seen."""
    found = {name: {} for name in COLOURS}
    for variant, result in results.items():
        count, rest = re.match(r"(\d+) readers?, (.*)", variant or "1 reader, 1 region").groups()
        found["1 region, in turn" if rest == "in turn" else rest][int(count)] = seen(result)
    return found


def table(found):
    columns = list(found)
    rows = [["readers in each", *columns]]
    for count in found["1 region"]:
        row = [str(count)]
        for column in columns:
            readers, per_s, latency = found[column].get(count, (0, 0.0, 0.0))
            row.append(f"{per_s:,.0f}/s, {per_s / readers / ONE_READER:.0%}, {latency:.2f} s" if readers else "")
        rows.append(row)
    return rows


def svg(found):
    width, height, left, bottom = 720, 420, 70, 50
    points = {name: sorted((seen[0], seen[1]) for seen in curve.values()) for name, curve in found.items()}
    most = max(readers for curve in points.values() for readers, _ in curve)

    def x(readers):
        return left + (width - left - 20) * readers / most

    def y(per_s):
        return height - bottom - (height - bottom - 20) * per_s / (most * ONE_READER)

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
             'font-size="13">',
             f'<rect width="{width}" height="{height}" fill="white"/>']
    for readers in range(0, most + 1, 5):
        lines += [f'<line x1="{x(readers):.1f}" y1="{y(0):.1f}" x2="{x(readers):.1f}" y2="20" stroke="#e5e5e5"/>',
                  f'<text x="{x(readers):.1f}" y="{y(0) + 18:.1f}" text-anchor="middle">{readers}</text>']
    for per_s in range(0, int(most * ONE_READER) + 1, 1000):
        lines += [f'<line x1="{left}" y1="{y(per_s):.1f}" x2="{width - 20}" y2="{y(per_s):.1f}" stroke="#e5e5e5"/>',
                  f'<text x="{left - 8}" y="{y(per_s) + 4:.1f}" text-anchor="end">{per_s:,}</text>']
    lines += [f'<text x="{(left + width) / 2}" y="{height - 10}" text-anchor="middle">readers, all regions</text>',
              f'<text transform="rotate(-90 16 {height / 2})" x="16" y="{height / 2}" text-anchor="middle">'
              'reads answered a second</text>',
              f'<line x1="{x(0):.1f}" y1="{y(0):.1f}" x2="{x(most):.1f}" y2="{y(most * ONE_READER):.1f}" '
              'stroke="#888" stroke-dasharray="5 4"/>']
    legend = [("ideal: readers x 100/s", "#888", "5 4")] + [(name, colour, "none") for name, colour in COLOURS.items()]
    for name, curve in points.items():
        path = " ".join(f"{x(readers):.1f},{y(per_s):.1f}" for readers, per_s in curve)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>')
        lines += [f'<circle cx="{x(readers):.1f}" cy="{y(per_s):.1f}" r="3.5" fill="{COLOURS[name]}"/>'
                  for readers, per_s in curve]
    for number, (name, colour, dashes) in enumerate(legend):
        at = 36 + 20 * number
        lines += [f'<line x1="{left + 16}" y1="{at}" x2="{left + 46}" y2="{at}" stroke="{colour}" stroke-width="2" '
                  f'stroke-dasharray="{dashes}"/>', f'<text x="{left + 54}" y="{at + 4}">{name}</text>']
    return "\n".join([*lines, "</svg>", ""])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=os.path.join(ROOT, "build/release/cli/faultline"))
    parser.add_argument("--replications", type=int, default=0)
    parser.add_argument("--curve", default=os.path.join(ROOT, "docs/read-scaling.svg"))
    options = parser.parse_args()
    found = curves(run_all(options.program, os.path.join(ROOT, "scenarios/read-scaling.json"), options.replications))
    print(f"Reads answered a second, the share of the ideal of {ONE_READER:.0f}/s a reader, and the mean latency.\n")
    print_table(table(found))
    with open(options.curve, "w", encoding="utf-8") as file:
        file.write(svg(found))


main()
