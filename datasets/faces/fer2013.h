/* fer2013.h: reads FER2013 (Goodfellow et al., "Challenges in representation learning", 2013) as
 * distributed on Kaggle: a CSV file, plain or gzip, whose header names the columns `emotion` (0 …
 * 6), `pixels` (48·48 numbers 0 … 255 separated by spaces) and `Usage` (Training, PublicTest,
 * PrivateTest) in any order, with or without spaces after the commas: fer2013.csv and
 * icml_face_data.csv alike. `Usage` may be missing, as in the challenge's train.csv; other columns
 * (an index) are ignored. An emotion may also be a name ("happy") or "3.0", as some programs write
 * it. */
#ifndef DATASETS_FACES_FER2013_H
#define DATASETS_FACES_FER2013_H

#include "datasets/faces/face_set.h"
#include "datasets/media/bad_inputs.h"

/* Returns the file's faces in file order (caller destroys), or NULL. Without a column `Usage` all
 * get the split `unsplit`. Rows are parsed on all OpenMP threads while the next part of the file is
 * read or inflated; memory use is the pixels plus a few megabytes. A bad row fails with its line
 * number ("fer2013.csv:1204: 2303 pixels, expected 2304") or is skipped, counted in `skipped` and
 * listed, depending on `bad` (NULL: fail at the first). Blank lines are ignored. A truncated gzip
 * file always fails. */
FaceSet *fer2013_load(const char *path, FaceSplit unsplit, BadInputs *bad, Error *error);

#endif
