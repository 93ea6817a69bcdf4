#!/usr/bin/python3
"""Compares the face detector with OpenCV's, in speed and in what is found, in one run.

    compare_opencv.py DETECTOR FACES [--all]

DETECTOR is build/experiments/live/detector, FACES the folder of pictures (../shared/data/faces). Needs
Debian's python3-opencv and opencv-data. Speed: pictures of 640×480, one thread, the least processor time
of several rounds that take turns. Agreement: the same grey pixels given to both; with --all over every picture.
"""
import argparse
import collections
import glob
import json
import os
import subprocess
import tempfile
import time

import cv2

CASCADE = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml"
ROUNDS, TURNS = 3, 4
NOT_HERE = 75  # the detector's exit status


def pictures(folder):
    paths = sorted(glob.glob(os.path.join(folder, "**", "*"), recursive=True))
    return [path for path in paths if path.lower().endswith((".png", ".jpg"))]


def affekt(detector, smallest, rounds, paths, isa=None):
    """A line for each picture; nothing where the instruction set is not here."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    if isa:
        environment["AFFEKT_ISA"] = isa
    run = subprocess.run([detector, CASCADE, str(smallest), str(rounds), *paths], env=environment,
                         capture_output=True, text=True)
    if not (isa and run.returncode == NOT_HERE):
        run.check_returncode()
    return [json.loads(line) for line in run.stdout.splitlines()]


def opencv(cascade, picture, smallest, rounds):
    least = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        boxes = cascade.detectMultiScale(picture, 1.1, 5, minSize=(smallest, smallest))
        least = min(least, time.process_time() - start)
    return least * 1000, boxes


def compare_speed(detector, cascade, folder, scratch):
    greys, paths = [], []
    for path in pictures(os.path.join(folder, "stills", "face")):
        grey = cv2.resize(cv2.imread(path, cv2.IMREAD_GRAYSCALE), (640, 480), interpolation=cv2.INTER_AREA)
        greys.append(grey)
        paths.append(os.path.join(scratch, f"{len(paths)}.pgm"))
        cv2.imwrite(paths[-1], grey)
    isas = ["portable", "avx2", "avx512"]
    print(f"one thread, {len(paths)} pictures of 640×480, mean milliseconds a picture")
    print(f"{'smallest face':>14} {'OpenCV ' + cv2.__version__:>14}", *(f"{isa:>16}" for isa in isas))
    for smallest in (30, 60):
        theirs = [float("inf")] * len(paths)
        ours = {isa: [float("inf")] * len(paths) for isa in isas}
        for _ in range(TURNS):
            theirs = [min(a, opencv(cascade, grey, smallest, ROUNDS)[0]) for a, grey in zip(theirs, greys)]
            for isa in isas:
                found = affekt(detector, smallest, ROUNDS, paths, isa)
                ours[isa] = [min(a, b["milliseconds"]) for a, b in zip(ours[isa], found)]
        mean = sum(theirs) / len(theirs)
        columns = [sum(ours[isa]) / len(paths) for isa in isas]
        print(f"{smallest:>11} px {mean:>14.1f}",
              *(f"{ms:>8.1f} ({mean / ms:.1f} ×)" if ms else f"{'–':>16}" for ms in columns))


def compare_boxes(detector, cascade, folder, everything, scratch):
    paths = pictures(folder) if everything else pictures(os.path.join(folder, "stills"))
    same = boxes = missing = extra = 0
    for start in range(0, len(paths), 50):
        greys, copies = [], []
        for path in paths[start:start + 50]:
            greys.append(cv2.imread(path, cv2.IMREAD_GRAYSCALE))
            copies.append(os.path.join(scratch, f"{len(copies)}.pgm"))
            cv2.imwrite(copies[-1], greys[-1])
        for grey, found in zip(greys, affekt(detector, 30, 1, copies)):
            theirs = collections.Counter(tuple(map(int, box)) for box in opencv(cascade, grey, 30, 1)[1])
            ours = collections.Counter(map(tuple, found["boxes"]))
            boxes += theirs.total()
            missing += (theirs - ours).total()
            extra += (ours - theirs).total()
            same += theirs == ours
    print(f"{len(paths)} pictures, {same} with exactly the same boxes; of OpenCV's {boxes} boxes {missing} are "
          f"missing, and {extra} are ours alone")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("detector")
    parser.add_argument("faces")
    parser.add_argument("--all", action="store_true", help="compare the boxes of every picture")
    settings = parser.parse_args()
    cv2.setNumThreads(1)
    cascade = cv2.CascadeClassifier(CASCADE)
    with tempfile.TemporaryDirectory() as scratch:
        compare_boxes(settings.detector, cascade, settings.faces, settings.all, scratch)
        compare_speed(settings.detector, cascade, settings.faces, scratch)


if __name__ == "__main__":
    main()
