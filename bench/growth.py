"""How the cost of puts, commits, differences and pages grows with the number of files; drawn into docs/growth.svg."""

import math
import os
import statistics

from history import SLIPWAY, Server
from place import small_files

SERIES = ["first put", "put again, 1 changed", "commit of one file", "difference, 10 changed", "page of 100"]
COLOURS = ["#0b6e99", "#d9730d", "#448361", "#9065b0", "#787774"]
DRAWING = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs", "growth.svg")


def growth(place, rounds, scale):
    """Put, commit of one file, difference and a page, at 10^3 … 10^6 files of 100 bytes."""
    print("\n### Growth\n\n| files | " + ", ms | ".join(SERIES) + ", ms |\n|--:|" + "--:|" * len(SERIES))
    measured = []
    for exponent in range(3, 7):
        count = int(scale * 10**exponent)
        figures = measure(place, count)
        measured.append((count, figures))
        print(f"| {count:,} | " + " | ".join(f"{figure:.{0 if figure >= 100 else 1}f}" for figure in figures) + " |", flush=True)
    if scale == 1:
        with open(DRAWING, "w", encoding="utf-8") as file:
            file.write(draw(measured))


def measure(place, count):
    """Milliseconds, in the order of SERIES."""
    folder = place.at("grow")
    small_files(folder, count, 100)
    place.fresh()
    first = place.run(f"{SLIPWAY} put data@master:/ -f {folder}") * 1000
    place.run(f"{SLIPWAY} put data@master:/ -f {folder}")
    with open(os.path.join(folder, "0000", "0000007"), "wb") as file:
        file.write(b"changed")
    again = place.run(f"{SLIPWAY} put data@master:/ -f {folder}") * 1000
    server = Server(place.at("home"))
    for number in range(10):
        server.call("PUT", "files", f"changed {number}".encode(), at=f"data@master:/0000/{number:07}")
    diff = [server.call("GET", "diff", **{"from": "data@master~10", "to": "data@master"})[0] for _ in range(11)]
    page = [server.call("GET", "files/list", at="data@master:/0000", limit=100)[0] for _ in range(11)]
    commit = [server.call("PUT", "files", str(number).encode(), at=f"data@master:/0000/{number:07}")[0] for number in range(20)]
    place.remove("grow")
    return [first, again, statistics.median(commit), statistics.median(diff), statistics.median(page)]


def draw(measured):
    """An SVG of the curves, both axes logarithmic. measured: (files, milliseconds in the order of SERIES), ascending."""
    width, height, left, right, top, bottom = 760, 420, 70, 190, 20, 50
    low, high = 0.1, 10 ** math.ceil(math.log10(max(max(figures) for _, figures in measured)))
    first, last = measured[0][0], measured[-1][0]

    def across(count):
        return left + (width - left - right) * math.log(count / first) / math.log(last / first)

    def up(milliseconds):
        return height - bottom - (height - top - bottom) * math.log(max(milliseconds, low) / low) / math.log(high / low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        "<title>Milliseconds by the number of files</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    value = low
    while value <= high * 1.001:
        parts.append(f'<line x1="{left}" y1="{up(value):.1f}" x2="{width - right}" y2="{up(value):.1f}" stroke="#e0e0e0"/>')
        parts.append(f'<text x="{left - 8}" y="{up(value) + 4:.1f}" text-anchor="end" fill="#333333">{value:g} ms</text>')
        value *= 10
    for count, _ in measured:
        parts.append(f'<text x="{across(count):.1f}" y="{height - bottom + 20}" text-anchor="middle" fill="#333333">{count:,}</text>')
    parts.append(f'<text x="{(left + width - right) / 2}" y="{height - 8}" text-anchor="middle" fill="#333333">files</text>')
    labels = []
    for index in sorted(range(len(SERIES)), key=lambda series: -measured[-1][1][series]):
        points = " ".join(f"{across(count):.1f},{up(figures[index]):.1f}" for count, figures in measured)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[index]}" stroke-width="2"/>')
        parts += [f'<circle cx="{across(count):.1f}" cy="{up(figures[index]):.1f}" r="3" fill="{COLOURS[index]}"/>' for count, figures in measured]
        at = max([up(measured[-1][1][index])] + [label + 16 for label in labels[-1:]])
        labels.append(at)
        parts.append(f'<text x="{width - right + 10}" y="{at + 4:.1f}" fill="{COLOURS[index]}">{SERIES[index]}</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"
