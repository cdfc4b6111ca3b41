"""Trains a random forest: /pfs/pre-process/{train,test}.csv -> /pfs/out/model.pkl and /pfs/out/metrics.json.

The forest is seeded and built by one thread, so that the same rows give the same model.
"""

import json
import os
import pickle

import pandas
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, confusion_matrix

FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


def main():
    train = pandas.read_csv("/pfs/pre-process/train.csv")
    test = pandas.read_csv("/pfs/pre-process/test.csv")

    model = RandomForestClassifier(n_estimators=int(os.environ.get("TREES", "50")), random_state=7)
    model.fit(train[FEATURES].to_numpy(), train["species"])

    predicted = model.predict(test[FEATURES].to_numpy())
    metrics = {
        "accuracy": round(float(accuracy_score(test["species"], predicted)), 4),
        "classes": list(model.classes_),
        "confusion": confusion_matrix(test["species"], predicted, labels=model.classes_).tolist(),
        "importance": {name: round(float(value), 3) for name, value in zip(FEATURES, model.feature_importances_)},
        "rows": {"train": len(train), "test": len(test)},
    }

    # Pickle writes the arrays as they are: no time, no name of a machine, so that equal models are equal bytes.
    with open("/pfs/out/model.pkl", "wb") as file:
        pickle.dump(model, file, protocol=4)
    with open("/pfs/out/metrics.json", "w", encoding="utf-8") as file:
        json.dump(metrics, file, indent=2, sort_keys=True)
        file.write("\n")
    print(f"accuracy {metrics['accuracy']} on {len(test)} rows that the model had not seen")


if __name__ == "__main__":
    main()
