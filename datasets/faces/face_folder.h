/* face_folder.h: reads faces from folders of pictures named after splits and emotions:
 *
 *     DIR/train/happy/anything.png    DIR/PublicTest/Fear/1.jpg    DIR/test/6/a.png
 *     DIR/happy/anything.jpg          (no split folders)
 *
 * Names are those of face_split_from_name and emotion_from_name. Pictures may be in any format of
 * picture.h and of any size, grey or colour; each is one face and is converted to 48×48 grey. Names
 * that start with a dot, files beside the folders, and files beside a PNG of the same name (the
 * JPEG it was made from) are skipped. */
#ifndef DATASETS_FACES_FACE_FOLDER_H
#define DATASETS_FACES_FACE_FOLDER_H

#include "datasets/faces/face_set.h"
#include "datasets/media/bad_inputs.h"

/* Returns the faces in the order of their paths (caller destroys), or NULL. Faces outside split
 * folders get the split `unsplit`. A folder with another name, or an unreadable picture, fails with
 * its path or is skipped, depending on `bad` (NULL: fail at the first); for such a folder, each
 * picture in it. `skipped` counts the pictures. */
FaceSet *face_folder_load(const char *path, FaceSplit unsplit, BadInputs *bad, Error *error);

#endif
