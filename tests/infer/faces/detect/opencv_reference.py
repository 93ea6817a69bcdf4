#!/usr/bin/python3
"""Records the faces that OpenCV finds, for tests/infer/faces/detect/test_opencv_agreement.c to compare with.

    tests/infer/faces/detect/opencv_reference.py ../shared/data/faces >tests/fixtures/opencv_faces.txt
    tests/infer/faces/detect/opencv_reference.py --all ../shared/data/faces >all.txt    # every picture

Needs Debian's python3-opencv and opencv-data. One line a picture: cascade, path below the folder, width,
height, CRC-32 of the grey pixels, and x,y,width,height of each face. No picture is recorded.
"""
import argparse
import glob
import os
import zlib

import cv2

CASCADES = "/usr/share/opencv4/haarcascades"
# Folders, how many of their pictures go into the short list (one in N), and the cascades tried on them.
FOLDERS = [
    ("stills", 1, ["frontalface_default", "frontalface_alt2", "profileface", "eye", "lefteye_2splits"]),
    ("yale", 4, ["frontalface_default"]),
    ("detection/dlib_faces", 2, ["frontalface_default"]),
    ("detection/wider_val_subset", 12, ["frontalface_default"]),
    ("landmarks", 32, ["frontalface_default"]),
]


def pictures(root, folder):
    paths = glob.glob(os.path.join(root, folder, "**", "*"), recursive=True)
    return sorted(path for path in paths if path.lower().endswith((".png", ".jpg", ".jpeg")))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", help="the folder of pictures")
    parser.add_argument("--all", action="store_true", help="every picture, with the default cascade only")
    settings = parser.parse_args()
    print(f"# detectMultiScale of OpenCV {cv2.__version__}: scale 1.1, 5 neighbours, at least 30 pixels")
    for folder, one_in, names in FOLDERS:
        paths = pictures(settings.data, folder)
        for name in names[:1] if settings.all else names:
            cascade = cv2.CascadeClassifier(f"{CASCADES}/haarcascade_{name}.xml")
            for path in paths if settings.all else paths[::one_in]:
                grey = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
                boxes = sorted(tuple(map(int, box)) for box in cascade.detectMultiScale(grey, 1.1, 5, minSize=(30, 30)))
                height, width = grey.shape
                print(name, os.path.relpath(path, settings.data), width, height, f"{zlib.crc32(grey.tobytes()):08x}",
                      *(",".join(map(str, box)) for box in boxes))


if __name__ == "__main__":
    main()
