/* fer2013.h: reads FER2013 (Goodfellow et al., "Challenges in representation learning", 2013) as
 * Kaggle gives it out: a CSV file, plain or gzip, whose header names the columns `emotion` (0 … 6),
 * `pixels` (48·48 numbers 0 … 255 with spaces between) and `Usage` (Training, PublicTest,
 * PrivateTest) in any order, with or without spaces after the commas: fer2013.csv and
 * icml_face_data.csv alike. `Usage` may be missing, as in the challenge's train.csv; other columns
 * (an index) are passed over. An emotion may also be a name ("happy") or "3.0", as other programs
 * write a table back. */
#ifndef DATASETS_FACES_FER2013_H
#define DATASETS_FACES_FER2013_H

#include "datasets/faces/face_set.h"
#include "datasets/media/bad_inputs.h"

/* Returns the file's faces in file order (caller destroys), or NULL. Without a column `Usage` all
 * of them go to the split `unsplit`. Rows are parsed on all OpenMP
 * threads while the next part of the file is read or inflated; the memory held is the pixels and a
 * few megabytes. A bad row fails with its line number ("fer2013.csv:1204: 2303 pixels, expected
 * 2304"), or as `bad` says (NULL: fail at the first) is left out, counted in `skipped` and listed.
 * Blank lines do not count. A gzip file that ends early fails always. */
FaceSet *fer2013_load(const char *path, FaceSplit unsplit, BadInputs *bad, Error *error);

#endif
