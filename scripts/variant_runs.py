"""Runs variants of a scenario, and reads what they leave behind: for the scripts that print tables of docs/."""
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def variants_of(scenario):
    """That of the file itself, "", first."""
    with open(scenario, encoding="utf-8") as file:
        return ["", *json.load(file).get("variants", {})]


def run_variant(program, scenario, variant, replications):
    """Its result. A run that breaks down ends the program."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "result.json")
        command = [program, "run", scenario, "--result", path, "--progress", "none"]
        command += ["--replications", str(replications)] if replications else []
        command += ["--variant", variant] if variant else []
        run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if run.returncode not in (0, 1, 3):
            sys.exit(f"{' '.join(command)}: exit status {run.returncode}\n{run.stderr}")
        with open(path, encoding="utf-8") as file:
            return json.load(file)


def run_all(program, scenario, replications):
    """Results by variant."""
    return {variant: run_variant(program, scenario, variant, replications) for variant in variants_of(scenario)}


def print_table(rows):
    """A Markdown table; the first row is its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
        if number == 0:
            print("| " + " | ".join("-" * width for width in widths) + " |")
