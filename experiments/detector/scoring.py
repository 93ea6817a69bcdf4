"""Scores detectors on WIDER FACE lists as affekt eval detector does: faces from 24 pixels, overlap 0.4."""
SMALLEST, OVERLAP = 24, 0.4


def read(folder):
    lines = iter(open(f"{folder}/bbx_gt.txt").read().splitlines())
    for name in lines:
        if not name.strip("0 "):
            continue  # where a picture has no face, the official lists have a row of zeros all the same
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


def read_all(lists):
    """The pictures of LIST,… as (path, boxes), and the number of faces that count."""
    pictures = [picture for folder in lists.split(",") for picture in read(folder)]
    return pictures, sum(not ignored for _, boxes in pictures for _, ignored in boxes)
