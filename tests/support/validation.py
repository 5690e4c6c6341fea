"""The parts of docs/validation.md that scripts write: each lies between two markers of its own, its first and its last line."""
import os

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "validation.md")


def write_part(path, heading, lines):
    """Puts `lines` in place of what is between the same markers; a part that is not there yet goes to the end, under its heading."""
    text = open(path).read() if os.path.exists(path) else "# Validation\n\nHow far forecasts are from what servers do.\n"
    begin, end = lines[0], lines[-1]
    if begin not in text:
        text = f"{text.rstrip()}\n\n## {heading}\n\n{begin}\n{end}\n"
    head, rest = text.split(begin, 1)
    with open(path, "w") as f:
        f.write(head + "\n".join(lines) + rest.split(end, 1)[1])
