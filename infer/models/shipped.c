#include "infer/models/shipped.h"

#include "nn/base/file.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *file, *source_directory;
} models[] = {
    [SHIPPED_FACE] = {"face.safetensors", "infer/models"},
    [SHIPPED_MUSIC] = {"music.safetensors", "compose/models"},
    [SHIPPED_LEAD] = {"lead.safetensors", "compose/models"},
};

static const char installed_directory[] = "share/affekt/models";

/* build/affekt lies one directory under the source tree, the programs of the tests and of a
 * sanitizer build up to three; PREFIX/bin/affekt one under PREFIX. */
enum { LEVELS = 3 };

/* Joins the three parts; false when they are too long or name no file. */
static bool exists(char path[SHIPPED_PATH], const char *base, const char *directory,
                   const char *file) {
    int used =
        snprintf(path, SHIPPED_PATH, "%s%s%s/%s", base, directory[0] ? "/" : "", directory, file);
    return used > 0 && used < SHIPPED_PATH && file_exists(path);
}

/* Cuts the last component off; false when there is none left. */
static bool parent(char *path) {
    char *slash = strrchr(path, '/');
    if (!slash)
        return false;
    *slash = 0;
    return true;
}

int shipped_find(ShippedModel model, char path[SHIPPED_PATH], Error *error) {
    const char *file = models[model].file, *chosen = getenv("AFFEKT_MODELS");
    if (chosen && *chosen) {
        if (exists(path, chosen, "", file))
            return 0;
        return error_set(error, "AFFEKT_MODELS names %s, which holds no %s", chosen, file);
    }
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0)
        return error_errno(error,
                           "cannot tell where the program lies, to find %s beside it "
                           "(AFFEKT_MODELS can name the directory)",
                           file);
    program[length] = 0;
    parent(program);
    char directory[PATH_MAX];
    strcpy(directory, program);
    for (int level = 0; level < LEVELS && parent(directory); level++)
        if (exists(path, directory, models[model].source_directory, file) ||
            exists(path, directory, installed_directory, file))
            return 0;
    return error_set(error,
                     "no %s above %s (in %s or %s); name a model with --model, or the directory "
                     "of the shipped ones in AFFEKT_MODELS",
                     file, program, models[model].source_directory, installed_directory);
}
