#include "datasets/faces/face_set.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const split_names[FACE_SPLIT_COUNT] = {"Training", "PublicTest", "PrivateTest"};

const char *face_split_name(FaceSplit split) {
    return split_names[split];
}

int face_split_from_name(const char *name) {
    static const struct {
        const char *name;
        FaceSplit split;
    } known[] = {
        {"Training", FACE_TRAINING},        {"train", FACE_TRAINING},
        {"PublicTest", FACE_PUBLIC_TEST},   {"public", FACE_PUBLIC_TEST},
        {"validation", FACE_PUBLIC_TEST},   {"valid", FACE_PUBLIC_TEST},
        {"val", FACE_PUBLIC_TEST},          {"dev", FACE_PUBLIC_TEST},
        {"PrivateTest", FACE_PRIVATE_TEST}, {"private", FACE_PRIVATE_TEST},
        {"test", FACE_PRIVATE_TEST},        {"testing", FACE_PRIVATE_TEST},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcasecmp(known[i].name, name))
            return (int)known[i].split;
    return -1;
}

FaceSet *face_set_create(Error *error) {
    FaceSet *set = calloc(1, sizeof *set);
    if (!set)
        error_memory(error, "a face set", sizeof *set);
    return set;
}

void face_set_destroy(FaceSet *set) {
    if (!set)
        return;
    if (set->map.bytes) {
        file_map_close(&set->map);
    } else {
        free(set->pixels);
        free(set->labels);
        free(set->splits);
    }
    free(set);
}

/* Returns 0 when the array holds `count` elements of `size` bytes afterwards. */
static int resize_array(uint8_t **array, uint32_t count, size_t size) {
    uint8_t *moved = realloc(*array, (size_t)count * size);
    if (!moved)
        return -1;
    *array = moved;
    return 0;
}

static int resize_set(FaceSet *set, uint32_t capacity) {
    if (resize_array(&set->pixels, capacity, FACE_PIXELS) ||
        resize_array(&set->labels, capacity, 1) || resize_array(&set->splits, capacity, 1))
        return -1;
    set->capacity = capacity;
    return 0;
}

int face_set_reserve(FaceSet *set, uint32_t extra, Error *error) {
    enum { MOST = INT32_MAX / 2 };
    if (extra > MOST - set->count)
        return error_set(error, "more than %d faces", (int)MOST);
    uint32_t needed = set->count + extra;
    if (needed <= set->capacity)
        return 0;
    if (set->map.bytes)
        return error_set(error, "faces in a cache file cannot be added to");
    /* Growing by half keeps appending linear; pages that no face fills never become resident. */
    uint32_t roomy = set->capacity + set->capacity / 2;
    uint32_t capacity = needed > roomy ? needed : roomy;
    if (resize_set(set, capacity))
        return error_memory(error, "a face set", (unsigned long long)capacity * FACE_PIXELS);
    return 0;
}

void face_set_take(FaceSet *set, uint32_t filled, const bool *bad) {
    uint32_t first = set->count;
    for (uint32_t i = 0; i < filled; i++) {
        uint32_t from = first + i, to = set->count;
        if (bad[i]) {
            set->skipped++;
            continue;
        }
        if (from != to) {
            memcpy(set->pixels + (size_t)to * FACE_PIXELS, face_set_face(set, from), FACE_PIXELS);
            set->labels[to] = set->labels[from];
            set->splits[to] = set->splits[from];
        }
        set->count++;
    }
}

int face_set_append(FaceSet *set, const uint8_t *pixels, Emotion label, FaceSplit split,
                    Error *error) {
    if (face_set_reserve(set, 1, error))
        return -1;
    memcpy(set->pixels + (size_t)set->count * FACE_PIXELS, pixels, FACE_PIXELS);
    set->labels[set->count] = (uint8_t)label;
    set->splits[set->count] = (uint8_t)split;
    set->count++;
    return 0;
}

int face_set_join(FaceSet *set, const FaceSet *other, Error *error) {
    if (face_set_reserve(set, other->count, error))
        return -1;
    memcpy(set->pixels + (size_t)set->count * FACE_PIXELS, other->pixels,
           (size_t)other->count * FACE_PIXELS);
    memcpy(set->labels + set->count, other->labels, other->count);
    memcpy(set->splits + set->count, other->splits, other->count);
    set->unsplit = other->unsplit && (set->unsplit || !set->count);
    set->count += other->count;
    set->skipped += other->skipped;
    return 0;
}

void face_set_trim(FaceSet *set) {
    if (set->count && set->count < set->capacity)
        (void)resize_set(set, set->count); /* a refusal to shrink leaves a set as good as before */
}

uint32_t *face_set_indices(const FaceSet *set, FaceSplit split, FaceSelection selection,
                           uint32_t *count, Error *error) {
    uint8_t *occurrence = malloc(set->count + 1);
    uint32_t *indices = malloc(((size_t)set->count + 1) * sizeof *indices);
    if (!occurrence || !indices) {
        error_memory(error, "the list of a split's faces",
                     (unsigned long long)set->count * sizeof *indices);
        goto failed;
    }
    if (selection == FACE_UNSHARED && face_set_occurrence(set, occurrence, error))
        goto failed;
    *count = 0;
    for (uint32_t i = 0; i < set->count; i++)
        if (set->splits[i] == split && (selection == FACE_ALL || occurrence[i] == 1 << split))
            indices[(*count)++] = i;
    free(occurrence);
    return indices;
failed:
    free(occurrence);
    free(indices);
    return NULL;
}

/* Multiply, fold the high half down: each bit of the input reaches all of the result. */
static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

static uint64_t hash_face(const uint8_t *pixels) {
    uint64_t hash = FACE_PIXELS;
    for (int i = 0; i < FACE_PIXELS; i += 8) {
        uint64_t word = 0;
        for (int byte = 0; byte < 8;
             byte++) /* little-endian on every machine; compiles to one load */
            word |= (uint64_t)pixels[i + byte] << 8 * byte;
        hash = mix(hash, word);
    }
    return hash;
}

int face_set_occurrence(const FaceSet *set, uint8_t *occurrence, Error *error) {
    /* Open addressing: a slot holds 1 + the index of the first face with its pixels. */
    size_t slots = 1;
    while (slots < 2 * (size_t)set->count)
        slots *= 2;
    uint32_t *table = calloc(slots, sizeof *table);
    uint32_t *first = malloc(((size_t)set->count + 1) * sizeof *first);
    if (!table || !first) {
        free(table);
        free(first);
        return error_memory(error, "the search for copies", slots * sizeof *table);
    }
    for (uint32_t i = 0; i < set->count; i++) {
        const uint8_t *face = face_set_face(set, i);
        size_t slot = hash_face(face) & (slots - 1);
        while (table[slot] && memcmp(face_set_face(set, table[slot] - 1), face, FACE_PIXELS))
            slot = (slot + 1) & (slots - 1);
        if (!table[slot]) {
            table[slot] = i + 1;
            occurrence[i] = 0;
        }
        first[i] = table[slot] - 1;
        occurrence[first[i]] |= (uint8_t)(1 << set->splits[i]);
    }
    for (uint32_t i = 0; i < set->count; i++)
        occurrence[i] = occurrence[first[i]];
    free(table);
    free(first);
    return 0;
}

uint64_t face_set_hash(const FaceSet *set, uint32_t index) {
    return hash_face(face_set_face(set, index));
}

uint64_t face_set_checksum(const FaceSet *set) {
    uint64_t hash = set->count;
    for (uint32_t i = 0; i < set->count; i++) {
        hash = mix(hash, face_set_hash(set, i));
        hash = mix(hash, (uint64_t)set->labels[i] << 8 | set->splits[i]);
    }
    return hash;
}
