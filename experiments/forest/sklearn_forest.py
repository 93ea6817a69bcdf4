"""sklearn_forest.py TABLES TREES LEAF THREADS: scikit-learn's forest on the tables that fusion left; prints JSON."""
import json
import sys
import time

import numpy
from sklearn.ensemble import RandomForestClassifier

folder, trees, leaf, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])


def read(name):
    labels = numpy.fromfile(f"{folder}/{name}.labels", numpy.uint8)
    return numpy.fromfile(f"{folder}/{name}.f32", numpy.float32).reshape(len(labels), -1), labels


x, y = read("train")
test_x, test_y = read("test")
forest = RandomForestClassifier(trees, min_samples_leaf=leaf, n_jobs=threads or -1, random_state=1, oob_score=True)
began = time.process_time()
forest.fit(x, y)
fitted = time.process_time() - began
began = time.process_time()
right = (forest.predict(test_x) == test_y).mean()
print(json.dumps({"accuracy": float(right), "out_of_bag": float(forest.oob_score_), "fit_cpu_seconds": fitted,
                  "ask_cpu_seconds": time.process_time() - began}))
