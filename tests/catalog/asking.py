"""Asks the probe (tests/catalog/probe.c) many questions at once."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))


def ask(bin_path, lines):
    """The answers to the lines, in order. bin_path is lockcast's own; the probe lies in tests/ beside it."""
    probe = os.path.join(os.path.dirname(bin_path), "tests", "catalog_probe")
    if not os.path.exists(probe):
        from pgserver import skip
        skip("the probe is not built (tests/catalog_probe beside lockcast)")
    p = subprocess.run([probe], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True)
    answers = p.stdout.split("\n")[:-1]
    if len(answers) != len(lines):
        raise RuntimeError(f"{len(lines)} questions, {len(answers)} answers; the last: {answers[-1:]}")
    return answers
