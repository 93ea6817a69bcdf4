"""opencv_cascades.py LIST,…: OpenCV's frontal cascades on the pictures of WIDER FACE lists, scored as affekt eval
detector scores: faces from 24 pixels, overlap 0.4, ordered by the number of windows that agree. Prints JSON."""
import json
import sys
import time

import cv2

SMALLEST, OVERLAP = 24, 0.4
CASCADES = {"frontalface_default": "haarcascade_frontalface_default.xml", "frontalface_alt2": "haarcascade_frontalface_alt2.xml"}
FOLDER = "/usr/share/opencv4/haarcascades/"


def read(folder):
    lines = iter(open(f"{folder}/bbx_gt.txt").read().splitlines())
    for name in lines:
        boxes = []
        for _ in range(int(next(lines))):
            v = list(map(int, next(lines).split()))
            boxes.append((v[:4], v[7] == 1 or min(v[2], v[3]) < SMALLEST))
        yield f"{folder}/{name}", boxes


def overlap(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return w * h / (a[2] * a[3] + b[2] * b[3] - w * h) if w > 0 and h > 0 else 0


def judge(found, truth, marks):
    """Appends (score, right) for each box; boxes on ignored faces count neither way."""
    taken = set()
    for box, score in sorted(found, key=lambda f: -f[1]):
        free = [(overlap(box, t), i) for i, (t, ignored) in enumerate(truth) if not ignored and i not in taken]
        best = max(free, default=(0, -1))
        if best[0] >= OVERLAP:
            taken.add(best[1])
            marks.append((score, True))
        elif not any(ignored and overlap(box, t) >= OVERLAP for t, ignored in truth):
            marks.append((score, False))


def figures(marks, faces, pictures, seconds):
    marks.sort(key=lambda m: (-m[0], m[1]))
    right = wrong = 0
    curve, recalls = [], {0.1: 0, 0.5: 0, 1: 0}
    for i, (score, good) in enumerate(marks):
        right, wrong = right + good, wrong + (not good)
        curve.append((right / faces, right / (right + wrong)))
        if i + 1 == len(marks) or marks[i + 1][0] != score:
            for most in recalls:
                if wrong <= most * pictures:
                    recalls[most] = right / faces
    precision = area = 0
    for i in range(len(curve) - 1, -1, -1):
        precision = max(precision, curve[i][1])
        area += precision * (curve[i][0] - (curve[i - 1][0] if i else 0))
    return {"pictures": pictures, "faces": faces, "average_precision": area,
            "recall": [{"mistakes": m, "recall": r} for m, r in recalls.items()], "milliseconds": 1000 * seconds / pictures}


pictures = [(path, boxes, cv2.imread(path, cv2.IMREAD_GRAYSCALE)) for folder in sys.argv[1].split(",")
            for path, boxes in read(folder)]
faces = sum(not ignored for _, boxes, _ in pictures for _, ignored in boxes)
cv2.setNumThreads(1)
results = {}
for name, file in CASCADES.items():
    cascade, marks, seconds = cv2.CascadeClassifier(FOLDER + file), [], 0
    for _, boxes, grey in pictures:
        began = time.process_time()
        found, counts = cascade.detectMultiScale2(grey, 1.1, 1, minSize=(SMALLEST, SMALLEST))
        seconds += time.process_time() - began
        judge([(tuple(map(int, f)), int(c)) for f, c in zip(found, counts)], boxes, marks)
    results[name] = figures(marks, faces, len(pictures), seconds)
print(json.dumps(results))
