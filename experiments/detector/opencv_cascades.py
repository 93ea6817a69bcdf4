"""opencv_cascades.py LIST,…: OpenCV's frontal cascades on the pictures of WIDER FACE lists, ordered by the number of
windows that agree. Prints JSON."""
import json
import sys
import time

import cv2

import scoring

CASCADES = {"frontalface_default": "haarcascade_frontalface_default.xml", "frontalface_alt2": "haarcascade_frontalface_alt2.xml"}
FOLDER = "/usr/share/opencv4/haarcascades/"

pictures, faces = scoring.read_all(sys.argv[1])
pictures = [(boxes, cv2.imread(path, cv2.IMREAD_GRAYSCALE)) for path, boxes in pictures]
cv2.setNumThreads(1)
results = {}
for name, file in CASCADES.items():
    cascade, marks, seconds = cv2.CascadeClassifier(FOLDER + file), [], 0
    for boxes, grey in pictures:
        began = time.process_time()
        found, counts = cascade.detectMultiScale2(grey, 1.1, 1, minSize=(scoring.SMALLEST, scoring.SMALLEST))
        seconds += time.process_time() - began
        scoring.judge([(tuple(map(int, f)), int(c)) for f, c in zip(found, counts)], boxes, marks)
    results[name] = scoring.figures(marks, faces, len(pictures), seconds)
print(json.dumps(results))
