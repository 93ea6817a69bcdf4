#include "datasets/faces/face_load.h"

#include "datasets/faces/face_cache.h"
#include "datasets/faces/face_folder.h"
#include "datasets/faces/fer2013.h"
#include "datasets/faces/synthetic_faces.h"
#include "nn/base/text_list.h"
#include "nn/io/file.h"
#include "nn/io/file_lock.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static FaceSet *load_one(const char *source, FaceLoadOptions options, BadInputs *bad,
                         Error *error) {
    struct stat info;
    if (!strcmp(source, "synthetic"))
        return synthetic_faces_make(FACE_LOAD_SYNTHETIC_TRAINING, FACE_LOAD_SYNTHETIC_TEST,
                                    options.seed, error);
    if (stat(source, &info)) {
        error_errno(error, "cannot open %s", source);
        return NULL;
    }
    if (S_ISDIR(info.st_mode))
        return face_folder_load(source, options.unsplit, bad, error);
    return fer2013_load(source, options.unsplit, bad, error);
}

/* The sources in one set. */
static FaceSet *load_all(char *const *sources, int n, FaceLoadOptions options, BadInputs *bad,
                         Error *error) {
    FaceSet *set = load_one(sources[0], options, bad, error);
    for (int i = 1; i < n && set; i++) {
        FaceSet *next = load_one(sources[i], options, bad, error);
        if (!next || face_set_join(set, next, error)) {
            face_set_destroy(set);
            set = NULL;
        }
        face_set_destroy(next);
    }
    if (set)
        face_set_trim(set);
    return set;
}

static FaceSet *read_all(char *const *sources, int n, FaceLoadOptions options, Error *error) {
    BadInputs bad;
    if (bad_inputs_begin(&bad, options.skip_bad, options.list_bad, error))
        return NULL;
    FaceSet *set = load_all(sources, n, options, &bad, error);
    if (bad_inputs_end(&bad, set ? 0 : -1, error)) {
        face_set_destroy(set);
        set = NULL;
    }
    return set;
}

/* The cached faces; or NULL, with `*failed` or since there are none of this key yet. */
static FaceSet *find_cached(const char *cache, uint64_t key, bool *failed, Error *error) {
    FaceSet *cached = NULL;
    *failed = face_cache_open(cache, key, &cached, error) < 0;
    return cached;
}

static FaceSet *make_cached(char *const *sources, int n, FaceLoadOptions options, uint64_t key,
                            Error *error) {
    FaceSet *cached = NULL, *set = read_all(sources, n, options, error);
    if (set && !face_cache_write(options.cache, key, set, error) &&
        face_cache_open(options.cache, key, &cached, error) == 0)
        error_set(error, "%s changed while it was read", options.cache);
    face_set_destroy(set);
    return cached;
}

static FaceSet *load_cached(char *const *sources, int n, FaceLoadOptions options, Error *error) {
    uint64_t key;
    FaceSet *cached = NULL;
    FileLock lock;
    bool failed = face_cache_key(sources, n, options.skip_bad, options.unsplit, options.seed, &key,
                                 error) != 0;
    if (!failed && !options.list_bad)
        cached = find_cached(options.cache, key, &failed, error);
    if (failed || cached || file_lock_to_make(&lock, options.cache, error))
        return cached;
    if (!options.list_bad)
        cached = find_cached(options.cache, key, &failed, error);
    if (!failed && !cached)
        cached = make_cached(sources, n, options, key, error);
    file_unlock(&lock);
    return cached;
}

FaceSet *face_load(const char *sources, FaceLoadOptions options, Error *error) {
    char *one[] = {(char *)sources}, **list = NULL;
    int n = 1;
    if (strchr(sources, ',') && !file_exists(sources) &&
        !(list = text_list_split(sources, &n, error)))
        return NULL;
    FaceSet *set = (options.cache ? load_cached : read_all)(list ? list : one, n, options, error);
    free(list);
    return set;
}
