#include "compose/evaluate/copies.h"

#include <stdlib.h>
#include <string.h>

/* A set of hashes, open addressing; 0 marks a free place. */
typedef struct HashSet {
    uint64_t *places;
    uint64_t mask;
} HashSet;

/* So that neighbours do not fall into neighbouring places (Steele, Lea and Flood 2014). */
static uint64_t scramble(uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return x ? x : 1;
}

static void set_add(HashSet *set, uint64_t hash) {
    uint64_t place = hash & set->mask;
    while (set->places[place] && set->places[place] != hash)
        place = (place + 1) & set->mask;
    set->places[place] = hash;
}

static bool set_has(const HashSet *set, uint64_t hash) {
    uint64_t place = hash & set->mask;
    while (set->places[place] && set->places[place] != hash)
        place = (place + 1) & set->mask;
    return set->places[place] == hash;
}

/* A hash that rolls over the runs of `length` tokens (Karp and Rabin 1987), modulo 2^64. */
static const uint64_t base = 0x9e3779b97f4a7c15u;

static uint64_t power(int exponent) {
    uint64_t result = 1;
    while (exponent-- > 0)
        result *= base;
    return result;
}

typedef struct Runs {
    const uint16_t *tokens;
    int count, length, at;
    uint64_t hash, leading; /* base to the power of length - 1 */
} Runs;

/* Moves on to the next run; false when there is none. */
static bool next_run(Runs *runs, uint64_t *hash) {
    if (runs->at >= runs->length)
        runs->hash -= (runs->tokens[runs->at - runs->length] + 1u) * runs->leading;
    while (runs->at < runs->count) {
        runs->hash = runs->hash * base + runs->tokens[runs->at++] + 1u;
        if (runs->at >= runs->length) {
            *hash = scramble(runs->hash);
            return true;
        }
    }
    return false;
}

static void add_runs(HashSet *set, const Clips *clips, int length) {
    uint64_t hash, leading = power(length - 1);
    memset(set->places, 0, (set->mask + 1) * sizeof *set->places);
    for (int i = 0; i < clips->count; i++) {
        Runs runs = {clips->list[i].tokens, clips->list[i].count, length, 0, 0, leading};
        while (next_run(&runs, &hash))
            set_add(set, hash);
    }
}

/* Whether any training piece shares a run of that length with the clips. */
static bool shares(const HashSet *set, const MusicCorpus *corpus, int length) {
    uint64_t leading = power(length - 1);
    bool found = false;
#pragma omp parallel for schedule(dynamic, 16) reduction(|| : found)
    for (int i = 0; i < corpus->n_pieces; i++) {
        const MusicPiece *piece = &corpus->pieces[i];
        if (piece->entry->split != MUSIC_TRAIN)
            continue;
        Runs runs = {piece->tokens, piece->count, length, 0, 0, leading};
        uint64_t hash;
        while (!found && next_run(&runs, &hash))
            found = set_has(set, hash);
    }
    return found;
}

int copies_longest(const Clips *clips, const MusicCorpus *corpus, int *longest, Error *error) {
    size_t tokens = 0, places = 1024;
    int most = 0;
    for (int i = 0; i < clips->count; i++) {
        tokens += (size_t)clips->list[i].count;
        most = clips->list[i].count > most ? clips->list[i].count : most;
    }
    while (places < 2 * tokens)
        places *= 2;
    HashSet set = {.places = malloc(places * sizeof *set.places), .mask = places - 1};
    if (!set.places)
        return error_memory(error, "the runs of tokens", places * sizeof *set.places);
    int shared = 0, apart = most + 1; /* the answer lies between */
    while (apart - shared > 1) {
        int length = shared ? (shared + apart) / 2 : 16 < apart ? 16 : apart / 2;
        add_runs(&set, clips, length);
        if (shares(&set, corpus, length))
            shared = length;
        else
            apart = length;
    }
    free(set.places);
    *longest = shared;
    return 0;
}
