"""Draws: /pfs/threats/<user>/<camera>.json over /pfs/validate/valid/<camera>/*.png -> /pfs/out/<user>/<camera>-<time>.png and <user>/summary.svg."""

import glob
import json
import os
from html import escape

from PIL import Image, ImageDraw

COLOURS = {"alarm": (255, 32, 32), "notice": (255, 196, 0)}
SCALE = 3


def draw(source, threats, target):
    with Image.open(source) as image:
        picture = image.convert("RGB").resize((image.width * SCALE, image.height * SCALE), Image.NEAREST)
    pen = ImageDraw.Draw(picture)
    for threat in threats:
        top, left, bottom, right = (value * SCALE for value in threat["box"])
        colour = COLOURS[threat["level"]]
        pen.rectangle((left - 4, top - 4, right + 4, bottom + 4), outline=colour, width=3)
        pen.text((max(left - 4, 4), max(top - 18, 2)), f"{threat['time']} {threat['rule']}", fill=colour)
    picture.save(target, optimize=True)


def summary(user, threats):
    lines = [
        f'<text x="12" y="{52 + 20 * number}" fill="{"#c00" if threat["level"] == "alarm" else "#a70"}">'
        f'{escape(camera)} {escape(threat["time"])} {escape(threat["rule"])}</text>'
        for number, (camera, threat) in enumerate(threats)
    ]
    head = f'<text x="12" y="26" font-weight="bold">{escape(user)}: {len(threats)} to look at</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="420" height="{64 + 20 * len(threats)}" font-family="sans-serif" font-size="14">'
        + "\n".join([head, *lines])
        + "</svg>\n"
    )


def main():
    for folder in sorted(glob.glob("/pfs/threats/*")):
        user = os.path.basename(folder)
        os.makedirs(os.path.join("/pfs/out", user), exist_ok=True)
        every = []
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                report = json.load(file)
            every += [(report["camera"], threat) for threat in report["threats"]]
            for frame in sorted({threat["frame"] for threat in report["threats"]}):
                draw(
                    os.path.join("/pfs/validate/valid", report["camera"], frame),
                    [threat for threat in report["threats"] if threat["frame"] == frame],
                    os.path.join("/pfs/out", user, f"{report['camera']}-{frame}"),
                )
        with open(os.path.join("/pfs/out", user, "summary.svg"), "w", encoding="utf-8") as file:
            file.write(summary(user, every))
        print(f"{user}: {len(every)} to look at")


if __name__ == "__main__":
    main()
