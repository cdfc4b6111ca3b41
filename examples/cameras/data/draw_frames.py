"""Draws the frames of this example, valid and not, into data/frames. Run once by the author: python3 draw_frames.py

Every frame is drawn from shapes and a seed, so that the example needs no photograph of anybody.
"""

import os
import random
import zlib

from PIL import Image, ImageDraw

SIZE = (160, 120)
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "frames")
SCENES = {
    "front-door": {
        "0730": ["person"],
        "1215": ["person", "package"],
        "1216": ["package"],
        "2340": ["person"],
    },
    "driveway": {
        "0845": ["vehicle"],
        "1410": ["vehicle", "animal"],
        "0215": ["vehicle", "person"],
    },
    "garden": {
        "0900": ["animal"],
        "0330": ["person", "animal"],
        "1500": [],
    },
}


def shape(draw, rng, kind, slot):
    left = 12 + slot * 74 + rng.randint(0, 8)
    ground = 104 + rng.randint(-3, 3)
    if kind == "person":
        draw.ellipse((left + 6, ground - 62, left + 20, ground - 48), fill=(214, 120, 60))
        draw.rectangle((left + 2, ground - 48, left + 24, ground - 20), fill=(200, 36, 40))
        draw.rectangle((left + 5, ground - 20, left + 21, ground), fill=(150, 28, 70))
    elif kind == "vehicle":
        draw.rectangle((left + 12, ground - 32, left + 46, ground - 18), fill=(40, 100, 200))
        draw.rectangle((left, ground - 20, left + 60, ground - 4), fill=(30, 70, 180))
        for wheel in (left + 8, left + 42):
            draw.ellipse((wheel, ground - 10, wheel + 11, ground + 1), fill=(20, 30, 90))
    elif kind == "animal":
        draw.ellipse((left, ground - 12, left + 20, ground), fill=(220, 150, 30))
        draw.ellipse((left + 15, ground - 18, left + 25, ground - 8), fill=(210, 130, 20))
    elif kind == "package":
        draw.rectangle((left, ground - 16, left + 17, ground), fill=(150, 90, 30))


def frame(camera, time, things):
    rng = random.Random(f"{camera} {time}")
    night = not 6 <= int(time[:2]) < 21
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    for y in range(SIZE[1]):
        level = (70 if night else 190) - y // 3 if y < 84 else (50 if night else 120) - (y - 84) // 4
        draw.line((0, y, SIZE[0], y), fill=(level, level, level + 4))
    for _ in range(40):
        x, y = rng.randrange(SIZE[0]), rng.randrange(SIZE[1])
        draw.point((x, y), fill=(level + 12,) * 3)
    for slot, kind in enumerate(things):
        shape(draw, rng, kind, slot)
    return image


def main():
    for camera, scenes in SCENES.items():
        os.makedirs(os.path.join(HERE, camera), exist_ok=True)
        for time, things in scenes.items():
            frame(camera, time, things).save(os.path.join(HERE, camera, f"{time}.png"), optimize=True)

    # What cameras really send at times: half a file, no image at all, a covered lens, a thumbnail.
    whole = os.path.join(HERE, "front-door", "0730.png")
    with open(whole, "rb") as file:
        data = file.read()
    with open(os.path.join(HERE, "front-door", "0731.png"), "wb") as file:
        file.write(data[: len(data) // 2])
    with open(os.path.join(HERE, "driveway", "0846.png"), "w", encoding="utf-8") as file:
        file.write("<html><body>503 the camera is busy</body></html>\n")
    Image.new("RGB", SIZE, (3, 3, 4)).save(os.path.join(HERE, "garden", "0331.png"), optimize=True)
    Image.new("RGB", (16, 12), (90, 120, 90)).save(os.path.join(HERE, "garden", "0901.png"), optimize=True)
    print(sum(len(scenes) for scenes in SCENES.values()), "frames and 4 that are no frame; crc of one:", zlib.crc32(data))


if __name__ == "__main__":
    main()
