"""Finds things: /pfs/validate/valid/<camera>/<time>.png -> /pfs/out/<camera>/<time>.json.

Backgrounds are grey and things are coloured. So saturated pixels are marked, marks that touch become one part, and a part is
named by its area, its proportions and how much of its box it fills.
"""

import glob
import json
import os

import numpy
from skimage.color import rgb2hsv
from skimage.io import imread
from skimage.measure import label, regionprops
from skimage.morphology import binary_closing

SATURATED = 0.35
SMALLEST = 80  # pixels


def kind_of(part):
    height, width = part.bbox[2] - part.bbox[0], part.bbox[3] - part.bbox[1]
    if height > 1.4 * width and part.area > 500:
        return "person"
    if width > 1.4 * height and part.area > 700:
        return "vehicle"
    return "package" if part.extent > 0.95 else "animal"


def detect(path):
    saturation = rgb2hsv(imread(path)[..., :3])[..., 1]
    parts = regionprops(label(binary_closing(saturation > SATURATED, numpy.ones((3, 3)))))
    return [
        {"kind": kind_of(part), "box": [int(value) for value in part.bbox], "area": int(part.area)}
        for part in sorted(parts, key=lambda part: part.bbox[1])
        if part.area >= SMALLEST
    ]


def main():
    for path in sorted(glob.glob("/pfs/validate/valid/*/*.png")):
        camera, name = path.split("/")[-2:]
        found = detect(path)
        os.makedirs(os.path.join("/pfs/out", camera), exist_ok=True)
        with open(os.path.join("/pfs/out", camera, name.replace(".png", ".json")), "w", encoding="utf-8") as file:
            json.dump({"camera": camera, "time": f"{name[:2]}:{name[2:4]}", "things": found}, file, indent=1)
            file.write("\n")
        print(f"{camera}/{name}: {', '.join(thing['kind'] for thing in found) or 'nothing'}")


if __name__ == "__main__":
    main()
