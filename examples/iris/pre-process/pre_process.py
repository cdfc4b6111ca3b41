"""Cleans the iris measurements and splits them: /pfs/training/*.csv -> /pfs/out/train.csv and /pfs/out/test.csv.

Rows that are incomplete, that are no number, or that repeat an earlier row are dropped and counted. The split is stratified
and seeded, so that the same data gives the same files.
"""

import glob
import os

import pandas
from sklearn.model_selection import train_test_split

FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
TEST_SHARE = float(os.environ.get("TEST_SHARE", "0.2"))


def main():
    files = sorted(glob.glob("/pfs/training/**/*.csv", recursive=True))
    if not files:
        raise SystemExit("pre-process: there is no .csv file under /pfs/training")

    rows = pandas.concat([pandas.read_csv(file) for file in files], ignore_index=True)
    missing = [name for name in FEATURES + ["species"] if name not in rows.columns]
    if missing:
        raise SystemExit(f"pre-process: {files} lack the columns {missing}")

    rows[FEATURES] = rows[FEATURES].apply(pandas.to_numeric, errors="coerce")
    clean = rows.dropna().drop_duplicates().reset_index(drop=True)

    train, test = train_test_split(clean, test_size=TEST_SHARE, random_state=7, stratify=clean["species"])
    train.sort_index().to_csv("/pfs/out/train.csv", index=False)
    test.sort_index().to_csv("/pfs/out/test.csv", index=False)
    print(f"read {len(rows)} rows from {len(files)} file(s), dropped {len(rows) - len(clean)}; train {len(train)}, test {len(test)}")


if __name__ == "__main__":
    main()
