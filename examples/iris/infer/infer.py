"""Predicts: every /pfs/attributes/*.csv with the model in /pfs/train/model.pkl -> /pfs/out/<the same name>.

One datum holds one attributes file, so a new file costs one run.
"""

import glob
import os
import pickle

import pandas

FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


def main():
    with open("/pfs/train/model.pkl", "rb") as file:
        model = pickle.load(file)

    for path in sorted(glob.glob("/pfs/attributes/**/*.csv", recursive=True)):
        rows = pandas.read_csv(path)
        values = rows[FEATURES].to_numpy()
        rows["species"] = model.predict(values)
        rows["confidence"] = model.predict_proba(values).max(axis=1).round(2)
        out = os.path.join("/pfs/out", os.path.relpath(path, "/pfs/attributes"))
        os.makedirs(os.path.dirname(out), exist_ok=True)
        rows.to_csv(out, index=False)
        print(f"{os.path.basename(path)}: {len(rows)} predictions")


if __name__ == "__main__":
    main()
