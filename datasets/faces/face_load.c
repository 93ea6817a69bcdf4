#include "datasets/faces/face_load.h"

#include "datasets/faces/face_folder.h"
#include "datasets/faces/fer2013.h"
#include "datasets/faces/synthetic_faces.h"

#include <string.h>
#include <sys/stat.h>

FaceSet *face_load(const char *source, FaceLoadOptions options, Error *error) {
    struct stat info;
    if (!strcmp(source, "synthetic"))
        return synthetic_faces_make(FACE_LOAD_SYNTHETIC_TRAINING, FACE_LOAD_SYNTHETIC_TEST,
                                    options.seed, error);
    if (stat(source, &info)) {
        error_errno(error, "cannot open %s", source);
        return NULL;
    }
    if (S_ISDIR(info.st_mode))
        return face_folder_load(source, options.unsplit, options.skip_bad, error);
    return fer2013_load(source, options.unsplit, options.skip_bad, error);
}
