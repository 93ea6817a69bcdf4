#!/usr/bin/python3
"""Turns every eighth picture of a table of faces, and its points, upside down.

    upside_down.py TABLE.csv OUT.csv

The pictures go into the folder OUT. Needs Debian's python3-opencv.
"""
import argparse
import csv
import pathlib

import cv2


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    settings = parser.parse_args()
    with settings.table.open(newline="") as stream:
        head, *rows = csv.reader(stream)
    columns = [i for i, name in enumerate(head) if name[0] in "xy" and name[1:].isdigit()]
    folder = settings.out.with_suffix("")
    folder.mkdir(exist_ok=True)
    with settings.out.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        for row in rows[::8]:
            picture = cv2.imread(str(settings.table.with_suffix("") / row[0]))
            height, width = picture.shape[:2]
            name = pathlib.Path(row[0]).with_suffix(".png").name
            cv2.imwrite(str(folder / name), cv2.rotate(picture, cv2.ROTATE_180))
            for i in columns:
                row[i] = (width if head[i][0] == "x" else height) - 1 - float(row[i])
            writer.writerow([name, *row[1:]])


if __name__ == "__main__":
    main()
