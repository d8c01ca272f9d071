"""Goal:   what README.md and docs/flagship.md show as output is what the program prints, digit for digit.
Method: each fenced block that begins with "$ scripts/run.sh" is run again (the flagship once, 25 s of processor
        time). Lines must be those of the output, in one piece; a line "..." stands for any that are left out. The
        flagship's row in the table of variants is what its run printed, rounded to the digits of the table.

    tests/docs/printed_output_test.py build/dev/cli/faultline

Results are the same to the digit on machines of one numeric fingerprint (docs/architecture.md), so that elsewhere
nothing is compared: exit status 77, "skipped".
"""
import csv
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FLAGSHIP = "scenarios/xyz-corporation.json"
SKIPPED = 77
# Columns of the table of variants, and the requirements that they show.
COLUMNS = [["writes recover"], ["fast lookups"], ["fast updates"], ["fresh hits"],
           ["lookups answered", "updates answered"], ["fresh figures"]]


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def blocks(text):
    """(command line, lines shown) of each fenced block that shows a run."""
    for block in re.findall(r"^```\n\$ scripts/run\.sh(.*?)\n```$", text, re.MULTILINE | re.DOTALL):
        first, *lines = block.split("\n")
        yield shlex.split(first), lines


def program_words(words):
    """As scripts/run.sh calls it."""
    if not words or words[0].startswith("--"):
        return ["run", FLAGSHIP, *words]
    return ["run", *words] if words[0].endswith(".json") else words


def printed_by(program, words, folder):
    run = subprocess.run([program, *program_words(words)], check=False, capture_output=True, text=True, cwd=folder)
    if run.returncode not in (0, 1, 3):
        sys.exit(f"{words}: ended with {run.returncode}\n{run.stdout}{run.stderr}")
    return run.stdout.strip("\n").split("\n")


def pieces(lines):
    """Between the lines "..."; of a block without one, all of it."""
    piece = []
    for line in lines:
        if line.strip() == "...":
            yield piece
            piece = []
        else:
            piece.append(line)
    yield piece


def missing_line(shown, printed):
    """The first line shown that is not printed where it should be; None: all are."""
    at = 0
    for piece in pieces(shown):
        if not piece:
            continue
        starts = [i for i in range(at, len(printed)) if printed[i:i + len(piece)] == piece]
        if not starts:
            return next((line for line in piece if line not in printed), piece[0])
        at = starts[0] + len(piece)
    return None


def estimates(printed):
    """Of each requirement, "40 s", "99.841 %"."""
    rows = (re.match(r" [+x?-] (.+?)  +([\d.]+ \S+)  ", line) for line in printed)
    return {row.group(1): row.group(2) for row in rows if row}


def rounded_alike(cell, printed):
    number, unit = cell.split()
    value, unit_printed = printed.split()
    decimals = len(number.partition(".")[2])
    return unit == unit_printed and f"{float(value):.{decimals}f}" == number


def check_table(printed):
    """What differs in the flagship's row of docs/flagship.md."""
    found = estimates(printed)
    row = re.search(r"^\| the flagship \|(.*)\|$", text_of("docs/flagship.md"), re.MULTILINE)
    cells = [cell.strip() for cell in row.group(1).split("|")]
    if len(cells) != len(COLUMNS):
        return [f"docs/flagship.md: {len(cells)} cells in the flagship's row, expected {len(COLUMNS)}"]
    differing = []
    for cell, requirements in zip(cells, COLUMNS):
        for shown, requirement in zip(cell.split(", "), requirements, strict=True):
            if not rounded_alike(shown, found[requirement]):
                differing.append(f"docs/flagship.md: {requirement}: shown {shown}, printed {found[requirement]}")
    return differing


def same_machine(folder):
    """Was the golden file written where log, exp, pow and sin give the same?"""
    with open(os.path.join(ROOT, "tests/golden/fingerprints.csv"), encoding="utf-8", newline="") as file:
        golden = {row["numeric_fingerprint"] for row in csv.DictReader(file)}
    results = os.path.join(folder, "results")
    with open(os.path.join(results, os.listdir(results)[0]), encoding="utf-8") as file:
        here = json.load(file)["numeric_fingerprint"]
    return f"{here:016x}" in golden if isinstance(here, int) else here in golden


def main():
    program = os.path.abspath(sys.argv[1])
    problems, flagship_seen = [], False
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.join(os.path.abspath(ROOT), "scenarios"), os.path.join(folder, "scenarios"))
        shown_runs = [(path, *block) for path in ("README.md", "docs/flagship.md") for block in blocks(text_of(path))]
        # The short one first: it tells whether this machine can be compared.
        for path, words, shown in sorted(shown_runs, key=lambda run: FLAGSHIP in program_words(run[1])):
            printed = printed_by(program, words, folder)
            if not same_machine(folder):
                print("log, exp, pow or sin give other values here: runs cannot be compared")
                sys.exit(SKIPPED)
            line = missing_line(shown, printed)
            if line is not None:
                problems.append(f"{path}: scripts/run.sh {' '.join(words)} does not print there: {line!r}")
            if program_words(words) == ["run", FLAGSHIP, "--replications", "1"]:
                flagship_seen = True
                problems += check_table(printed)
    if len(shown_runs) < 2 or not flagship_seen:
        problems.append("README.md: the run of a queue and that of the flagship are no longer shown")
    sys.exit("\n".join(problems) if problems else 0)


main()
