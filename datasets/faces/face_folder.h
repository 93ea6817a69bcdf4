/* face_folder.h: reads faces from folders of pictures named for splits and emotions:
 *
 *     DIR/train/happy/anything.png    DIR/PublicTest/Fear/1.jpg    DIR/test/6/a.png
 *     DIR/happy/anything.jpg          (no split folders)
 *
 * Names are those of face_split_from_name and emotion_from_name. Pictures may be of any kind that
 * picture.h reads and of any size, grey or colour; each is one face and becomes 48×48 grey. Names
 * that start with a dot, files beside the folders, and what stands beside a PNG of its name (the
 * JPEG that it was made of) are passed over. */
#ifndef DATASETS_FACES_FACE_FOLDER_H
#define DATASETS_FACES_FACE_FOLDER_H

#include "datasets/faces/face_set.h"
#include "datasets/media/bad_inputs.h"

/* Returns the faces in the order of their paths (caller destroys), or NULL. Faces outside of split
 * folders go to the split `unsplit`. A folder with another name, or a picture that cannot be read,
 * fails with its path, or as `bad` says (NULL: fail at the first) is left out; of such a
 * folder, each picture in it. `skipped` counts the pictures. */
FaceSet *face_folder_load(const char *path, FaceSplit unsplit, BadInputs *bad, Error *error);

#endif
