"""sklearn_forest.py TABLES TREES LEAF THREADS: scikit-learn's forest and its boosted trees on the tables that fusion
left; prints JSON."""
import json
import sys
import time

import numpy
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

folder, trees, leaf, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])


def read(name):
    labels = numpy.fromfile(f"{folder}/{name}.labels", numpy.uint8)
    return numpy.fromfile(f"{folder}/{name}.f32", numpy.float32).reshape(len(labels), -1), labels


tables = {name: read(name) for name in ("train", "public", "private")}


def measure(model):
    began = time.process_time()
    model.fit(*tables["train"])
    fitted = time.process_time()
    right = {name: float((model.predict(tables[name][0]) == tables[name][1]).mean()) for name in ("public", "private")}
    return {"public": right["public"], "accuracy": right["private"], "fit_cpu_seconds": fitted - began,
            "ask_cpu_seconds": time.process_time() - fitted}


forest = RandomForestClassifier(trees, min_samples_leaf=leaf, n_jobs=threads or -1, random_state=1, oob_score=True)
boosted = HistGradientBoostingClassifier(learning_rate=0.05, max_iter=250, max_leaf_nodes=16, l2_regularization=5,
                                         early_stopping=True, n_iter_no_change=20, random_state=1)
result = measure(forest)
result["out_of_bag"] = float(forest.oob_score_)
result["boosting"] = {**measure(boosted), "rounds": boosted.n_iter_}
print(json.dumps(result))
