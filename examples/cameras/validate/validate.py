"""Sorts frames: /pfs/frames/<camera>/<time>.png -> /pfs/out/valid/<camera>/<time>.png or /pfs/out/invalid/<camera>/<time>.txt (the reason)."""

import glob
import os
import shutil

from PIL import Image, ImageStat

SMALLEST = (64, 48)
DARKEST = 2.0  # the standard deviation of a covered lens is below this


def fault(path):
    """Why the file is no usable frame, or None."""
    try:
        with Image.open(path) as image:
            image.load()
            if image.width < SMALLEST[0] or image.height < SMALLEST[1]:
                return f"{image.width}x{image.height} is smaller than {SMALLEST[0]}x{SMALLEST[1]}"
            if max(ImageStat.Stat(image.convert("L")).stddev) < DARKEST:
                return "the picture is of one shade: is the lens covered?"
    except (OSError, SyntaxError, ValueError) as error:
        return f"not a whole image: {str(error).replace(path, os.path.basename(path))}"
    return None


def main():
    for path in sorted(glob.glob("/pfs/frames/*/*")):
        camera, name = path.split("/")[-2:]
        reason = fault(path)
        folder = os.path.join("/pfs/out", "invalid" if reason else "valid", camera)
        os.makedirs(folder, exist_ok=True)
        if reason:
            with open(os.path.join(folder, os.path.splitext(name)[0] + ".txt"), "w", encoding="utf-8") as file:
                file.write(reason + "\n")
        else:
            shutil.copyfile(path, os.path.join(folder, name))
        print(f"{camera}/{name}: {reason or 'valid'}")


if __name__ == "__main__":
    main()
