#include "datasets/faces/face_cache.h"

#include "nn/base/checksum.h"
#include "nn/io/file.h"
#include "nn/io/path_list.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char magic[8] = "AFFACES";

/* Rises when pictures are decoded or cropped otherwise than before. */
enum { DECODING = 1 };

typedef struct CacheHeader {
    char magic[8];
    uint64_t key;
    uint64_t checksum; /* of all that follows */
    uint32_t count, skipped, unsplit, unused;
} CacheHeader;

enum { CHECKED = offsetof(CacheHeader, count) };

/* ------------------------------------------------------------------ key */

static int add_file(Checksum *checksum, const char *path, Error *error) {
    struct stat info;
    if (stat(path, &info))
        return error_errno(error, "cannot open %s", path);
    const int64_t facts[] = {info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
    checksum_add(checksum, path, strlen(path) + 1);
    checksum_add(checksum, facts, sizeof facts);
    return 0;
}

static int add_source(Checksum *checksum, const char *source, uint64_t seed, Error *error) {
    if (!strcmp(source, "synthetic")) {
        checksum_add(checksum, source, strlen(source) + 1);
        checksum_add(checksum, &seed, sizeof seed);
        return 0;
    }
    if (!path_is_folder(source))
        return add_file(checksum, source, error);
    PathList files = {0};
    int status = path_list_add_folder(&files, source, NULL, error);
    for (int i = 0; i < files.count && !status; i++)
        status = add_file(checksum, files.paths[i], error);
    path_list_free(&files);
    return status;
}

int face_cache_key(char *const *sources, int n, bool skip_bad, FaceSplit unsplit, uint64_t seed,
                   uint64_t *key, Error *error) {
    const uint64_t choices[] = {skip_bad, unsplit};
    Checksum checksum = {.sum = DECODING};
    checksum_add(&checksum, choices, sizeof choices);
    int status = 0;
    for (int i = 0; i < n && !status; i++)
        status = add_source(&checksum, sources[i], seed, error);
    *key = checksum_end(&checksum);
    return status;
}

/* ------------------------------------------------------------------ reading */

static size_t file_size(uint32_t count) {
    return sizeof(CacheHeader) + (size_t)count * (2 + FACE_PIXELS);
}

static bool holds(const void *map, size_t size, uint64_t key) {
    const CacheHeader *header = map;
    if (size < sizeof *header || memcmp(header->magic, magic, sizeof magic) != 0 ||
        header->key != key || file_size(header->count) != size)
        return false;
    Checksum checksum = {0};
    checksum_add(&checksum, (const uint8_t *)map + CHECKED, size - CHECKED);
    const uint8_t *labels = (const uint8_t *)map + sizeof *header, *splits = labels + header->count;
    bool sound = checksum_end(&checksum) == header->checksum;
    for (uint32_t i = 0; i < header->count && sound; i++) /* a checksum is no proof */
        sound = labels[i] < EMOTION_COUNT && splits[i] < FACE_SPLIT_COUNT;
    return sound;
}

int face_cache_open(const char *path, uint64_t key, FaceSet **set, Error *error) {
    FileMap map;
    *set = NULL;
    if (file_map_open(&map, path, error))
        return -1;
    if (!holds(map.bytes, map.size, key)) {
        file_map_close(&map);
        return 0;
    }
    if (!(*set = face_set_create(error))) {
        file_map_close(&map);
        return -1;
    }
    const CacheHeader *header = map.bytes;
    uint8_t *bytes = (uint8_t *)map.bytes + sizeof *header;
    **set = (FaceSet){.count = header->count,
                      .capacity = header->count,
                      .labels = bytes,
                      .splits = bytes + header->count,
                      .pixels = bytes + 2 * (size_t)header->count,
                      .skipped = header->skipped,
                      .unsplit = header->unsplit,
                      .map = map};
    return 1;
}

/* ------------------------------------------------------------------ writing */

int face_cache_write(const char *path, uint64_t key, const FaceSet *set, Error *error) {
    CacheHeader header = {
        .key = key, .count = set->count, .skipped = set->skipped, .unsplit = set->unsplit};
    const struct {
        const uint8_t *bytes;
        size_t size;
    } parts[] = {{set->labels, set->count},
                 {set->splits, set->count},
                 {set->pixels, (size_t)set->count * FACE_PIXELS}};
    enum { PARTS = sizeof parts / sizeof *parts };
    memcpy(header.magic, magic, sizeof magic);
    Checksum checksum = {0};
    checksum_add(&checksum, (const uint8_t *)&header + CHECKED, sizeof header - CHECKED);
    for (int i = 0; i < PARTS; i++)
        checksum_add(&checksum, parts[i].bytes, parts[i].size);
    header.checksum = checksum_end(&checksum);
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    bool whole = fwrite(&header, sizeof header, 1, writer.stream) == 1;
    for (int i = 0; i < PARTS && whole; i++)
        whole = fwrite(parts[i].bytes, 1, parts[i].size, writer.stream) == parts[i].size;
    if (whole)
        return file_commit(&writer, error);
    error_errno(error, "cannot write %s", path);
    file_abandon(&writer);
    return -1;
}
