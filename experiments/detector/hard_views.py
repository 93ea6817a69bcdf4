"""hard_views.py OUT PICTURE…: views of photographs that are hard to detect faces in: turned by 30°, 45° and 90°
(nothing is cut off, what is beyond the edge is black), and at a tenth of the brightness. Each view is a folder in OUT."""
import pathlib
import sys

import cv2
import numpy


def turned(picture, degrees):
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    cosine, sine = numpy.abs(matrix[0, :2])
    size = int(height * sine + width * cosine), int(height * cosine + width * sine)
    matrix[:, 2] += numpy.array(size) / 2 - (width / 2, height / 2)
    return cv2.warpAffine(picture, matrix, size)


VIEWS = {
    "as it is": lambda picture: picture,
    "turned by 30°": lambda picture: turned(picture, 30),
    "turned by 45°": lambda picture: turned(picture, 45),
    "turned by 90°": lambda picture: turned(picture, 90),
    "at a tenth of the brightness": lambda picture: (picture / 10).astype(numpy.uint8),
}

out = pathlib.Path(sys.argv[1])
for name, view in VIEWS.items():
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    for path in map(pathlib.Path, sys.argv[2:]):
        cv2.imwrite(str(folder / path.with_suffix(".png").name), view(cv2.imread(str(path))))
