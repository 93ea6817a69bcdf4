#include "infer/models/shipped.h"

#include "nn/io/file.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

static const struct {
    const char *file, *source_directory;
} models[] = {
    [SHIPPED_FACE] = {"face.safetensors", "infer/models"},
    [SHIPPED_FACE_VOTED] = {"face-voted.safetensors", "infer/models"},
    [SHIPPED_MINI] = {"mini.safetensors", "infer/models"},
    [SHIPPED_VGG] = {"vgg.safetensors", "infer/models"},
    [SHIPPED_DETECTOR] = {"detector.safetensors", "infer/models"},
    [SHIPPED_LANDMARKS] = {"landmarks.safetensors", "infer/models"},
    [SHIPPED_MUSIC] = {"music.safetensors", "compose/models"},
    [SHIPPED_LEAD] = {"lead.safetensors", "compose/models"},
    [SHIPPED_MOOD] = {"mood.safetensors", "compose/models"},
};

static const char shipped_directory[] = "share/affekt/models";

/* build/affekt lies one directory under the source tree, the programs of the tests and of a
 * sanitizer build up to three; PREFIX/bin/affekt one under PREFIX, PREFIX/lib/MACHINE/libaffekt.so
 * two. */
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

/* Where this code was loaded from: the shared library, or the program that it is linked into. */
static bool own_path(char path[PATH_MAX]) {
    Dl_info info;
    const char *file = dladdr(shipped_directory, &info) ? info.dli_fname : NULL;
    bool library = file && strstr(file, ".so");
    if (library)
        return realpath(file, path) != NULL;
    /* Not every chroot has /proc; then, what the program was called by. */
    const char *called = (const char *)getauxval(AT_EXECFN); /* NOLINT(performance-no-int-to-ptr) */
    return realpath("/proc/self/exe", path) || (called && realpath(called, path));
}

int shipped_find(ShippedModel model, char path[SHIPPED_PATH], Error *error) {
    const char *file = models[model].file, *chosen = getenv("AFFEKT_MODELS");
    if (chosen && *chosen) {
        if (exists(path, chosen, "", file))
            return 0;
        return error_set(error, "AFFEKT_MODELS names %s, which holds no %s", chosen, file);
    }
    char program[PATH_MAX], directory[PATH_MAX];
    bool known = own_path(program);
    snprintf(directory, sizeof directory, "%s", known ? program : "");
    if (known)
        parent(directory);
    for (int level = 0; level < LEVELS && parent(directory); level++)
        if (exists(path, directory, models[model].source_directory, file) ||
            exists(path, directory, shipped_directory, file))
            return 0;
    if (exists(path, "/usr/local", shipped_directory, file) ||
        exists(path, "/usr", shipped_directory, file))
        return 0;
    return error_set(error,
                     "no %s above %s (in %s or %s) nor under /usr/local or /usr; name a model with "
                     "--model, or the directory of the shipped ones in AFFEKT_MODELS",
                     file, known ? program : "the program", models[model].source_directory,
                     shipped_directory);
}

const char *shipped_or(const char *path, ShippedModel model, char found[SHIPPED_PATH],
                       Error *error) {
    if (path)
        return path;
    return shipped_find(model, found, error) ? NULL : found;
}
