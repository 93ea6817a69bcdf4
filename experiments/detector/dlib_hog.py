"""dlib_hog.py PROGRAM LIST,…: dlib's HOG detector on the pictures of WIDER FACE lists, as they are (faces from 80 pixels)
and at twice their size (from 40). PROGRAM is dlib_hog.cpp, compiled. Prints JSON."""
import json
import subprocess
import sys

import scoring

pictures, faces = scoring.read_all(sys.argv[2])
results = {}
for scale, name in ((1, "HOG"), (2, "HOG, pictures enlarged twice")):
    marks, seconds = [], 0
    output = subprocess.run([sys.argv[1], str(scale)], input="\n".join(path for path, _ in pictures), text=True,
                            check=True, stdout=subprocess.PIPE).stdout
    lines = iter(output.splitlines())
    for _, boxes in pictures:
        count, took = next(lines).split()
        seconds += float(took)
        found = [tuple(map(float, next(lines).split())) for _ in range(int(count))]
        scoring.judge([(box[:4], box[4]) for box in found], boxes, marks)
    results[name] = scoring.figures(marks, faces, len(pictures), seconds)
print(json.dumps(results))
