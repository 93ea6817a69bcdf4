#!/usr/bin/python3
"""Measures how FER2013's faces are framed: the face detector's boxes on FER2013's own pictures.

    framing.py fer2013.csv[.gz] [--every 20]

Each picture is enlarged and surrounded by its repeated border, so that a box may be larger than it. Needs
Debian's python3-opencv and opencv-data. infer/faces/face_framing.h is set by what this prints.
"""
import argparse
import csv
import gzip

import cv2
import numpy

CASCADE = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml"
SIDE, BORDER = 192, 96


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data")
    parser.add_argument("--every", type=int, default=20, help="look at one face in so many")
    settings = parser.parse_args()
    cascade = cv2.CascadeClassifier(CASCADE)
    boxes, looked_at = [], 0
    with (gzip.open if settings.data.endswith(".gz") else open)(settings.data, "rt") as stream:
        rows = list(csv.reader(stream))
        pixels = [name.strip() for name in rows[0]].index("pixels")
        for row in rows[1::settings.every]:
            face = numpy.array(row[pixels].split(), numpy.uint8).reshape(48, 48)
            face = cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
            face = cv2.copyMakeBorder(face, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_REPLICATE)
            found = cascade.detectMultiScale(face, 1.05, 4, minSize=(80, 80))
            looked_at += 1
            if len(found) == 1:
                x, y, width, _ = found[0]
                centre = BORDER + SIDE / 2
                boxes.append((width / SIDE, (x + width / 2 - centre) / SIDE, (y + width / 2 - centre) / SIDE))
    boxes = numpy.array(boxes)
    print(f"{looked_at} faces, {len(boxes)} found once; in units of the picture's side:")
    for i, what in enumerate(("side of the box", "its centre, to the right", "its centre, down")):
        low, middle, high = numpy.percentile(boxes[:, i], (25, 50, 75))
        print(f"  {what:26} median {middle:6.3f}, half of them {low:6.3f} … {high:6.3f}")


if __name__ == "__main__":
    main()
