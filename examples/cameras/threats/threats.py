"""Applies rules: /pfs/rules/<user>.json to /pfs/detect/<camera>/*.json -> /pfs/out/<user>/<camera>.json.

A datum is one user and one camera, so a new frame concerns one camera, and a new rule one user.
"""

import glob
import json
import os


def applies(rule, seen):
    if seen["camera"] not in rule["cameras"]:
        return False
    start, end = rule.get("from", "00:00"), rule.get("to", "24:00")
    return start <= seen["time"] < end if start <= end else seen["time"] >= start or seen["time"] < end


def main():
    for path in sorted(glob.glob("/pfs/rules/*.json")):
        with open(path, encoding="utf-8") as file:
            wishes = json.load(file)
        for folder in sorted(glob.glob("/pfs/detect/*")):
            camera = os.path.basename(folder)
            threats = []
            for name in sorted(os.listdir(folder)):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    seen = json.load(file)
                threats += [
                    {"frame": name.replace(".json", ".png"), "time": seen["time"], "rule": rule["name"], "level": rule["level"], "box": thing["box"]}
                    for rule in wishes["rules"]
                    if applies(rule, seen)
                    for thing in seen["things"]
                    if thing["kind"] == rule["kind"]
                ]
            os.makedirs(os.path.join("/pfs/out", wishes["user"]), exist_ok=True)
            with open(os.path.join("/pfs/out", wishes["user"], camera + ".json"), "w", encoding="utf-8") as file:
                json.dump({"user": wishes["user"], "camera": camera, "threats": threats}, file, indent=1)
                file.write("\n")
            print(f"{wishes['user']} at {camera}: {len(threats)}")


if __name__ == "__main__":
    main()
