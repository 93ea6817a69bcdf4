#include "datasets/corpus/music_corpus.h"

#include "datasets/music/midi.h"
#include "datasets/music/music_encode.h"
#include "nn/base/arena.h"
#include "nn/base/checksum.h"
#include "nn/io/file.h"
#include "nn/io/file_lock.h"
#include "nn/io/file_map.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 256 }; /* files tokenised between two writes */

static const char magic[8] = "AFKMUSIC";

typedef struct MusicCacheHeader {
    char magic[8];
    uint64_t language;    /* MUSIC_LANGUAGE */
    uint64_t fingerprint; /* of the catalogue's files and the encoder */
    uint64_t n_files, n_tokens, failure_bytes, n_repaired;
    uint64_t checksum; /* of all that follows the header */
} MusicCacheHeader;

/* Where a file's tokens are, counted in tokens; count 0: it could not be read. */
typedef struct CacheRow {
    uint64_t offset, count;
} CacheRow;

struct MusicCorpusParts {
    MusicCatalogue *catalogue;
    Arena *arena;
    FileMap map; /* of the cache */
};

static uint64_t fingerprint(const MusicCatalogue *catalogue) {
    Checksum checksum = {.sum = MUSIC_ENCODING};
    for (int i = 0; i < catalogue->n_entries; i++) {
        const MusicEntry *entry = &catalogue->entries[i];
        const char *corpus = catalogue->corpora[entry->corpus];
        const bool readable = !access(entry->path, R_OK);
        checksum_add(&checksum, corpus, strlen(corpus) + 1);
        checksum_add(&checksum, entry->file, strlen(entry->file) + 1);
        checksum_add(&checksum, &entry->bytes, sizeof entry->bytes);
        checksum_add(&checksum, &entry->changed, sizeof entry->changed);
        checksum_add(&checksum, &entry->excerpt, sizeof entry->excerpt);
        checksum_add(&checksum, &readable, sizeof readable);
    }
    return checksum_end(&checksum);
}

/* ------------------------------------------------------------------ writing the cache */

/* What becomes of one file: tokens, or a message. */
typedef struct Tokenised {
    uint16_t *tokens;
    int count;
    bool repaired;
    Error error;
} Tokenised;

static void tokenise(const MusicEntry *entry, Tokenised *result) {
    const MusicEncodeSettings settings = {.trim = true, .excerpt = entry->excerpt};
    result->tokens = NULL;
    result->count = 0;
    Song *song = midi_read(entry->path, &result->error);
    if (song && music_encode(song, &settings, &result->tokens, &result->count, &result->error))
        error_context(&result->error, "%s", entry->path);
    result->repaired = song && song->n_repairs && result->tokens;
    song_free(song);
}

typedef struct CacheBuild {
    FileWriter writer;
    MusicCacheHeader header;
    Checksum checksum;
    CacheRow *rows;
    char *failures; /* lines */
    size_t failure_room;
} CacheBuild;

static void append(CacheBuild *build, const void *bytes, size_t size) {
    if (!size) /* `bytes` may be NULL then */
        return;
    fwrite(bytes, 1, size, build->writer.stream); /* file_commit reports what went wrong */
    checksum_add(&build->checksum, bytes, size);
}

static int append_failure(CacheBuild *build, const char *message, Error *error) {
    size_t length = strlen(message) + 1, used = build->header.failure_bytes;
    if (used + length > build->failure_room) {
        size_t room = 2 * (used + length);
        char *failures = realloc(build->failures, room);
        if (!failures)
            return error_memory(error, "the list of unread files", room);
        build->failures = failures;
        build->failure_room = room;
    }
    memcpy(build->failures + used, message, length);
    build->header.failure_bytes += length;
    return 0;
}

static int build_block(CacheBuild *build, const MusicCatalogue *catalogue, int first, int count,
                       Tokenised *block, Error *error) {
    int status = 0;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < count; i++)
        tokenise(&catalogue->entries[first + i], &block[i]);
    for (int i = 0; i < count; i++) {
        build->rows[first + i] = (CacheRow){build->header.n_tokens, (uint64_t)block[i].count};
        append(build, block[i].tokens, (size_t)block[i].count * sizeof *block[i].tokens);
        build->header.n_tokens += (uint64_t)block[i].count;
        build->header.n_repaired += block[i].repaired;
        if (!block[i].tokens && !status)
            status = append_failure(build, block[i].error.message, error);
        free(block[i].tokens);
    }
    return status;
}

static int build_all(CacheBuild *build, const MusicCatalogue *catalogue,
                     const MusicCorpusSettings *settings, Error *error) {
    Tokenised *block = malloc(BLOCK * sizeof *block);
    if (!block)
        return error_memory(error, "tokens", BLOCK * sizeof *block);
    int total = catalogue->n_entries, status = 0;
    fwrite(&build->header, sizeof build->header, 1, build->writer.stream);
    for (int first = 0; first < total && !status; first += BLOCK) {
        int count = total - first < BLOCK ? total - first : BLOCK;
        status = build_block(build, catalogue, first, count, block, error);
        if (settings->progress)
            settings->progress(settings->progress_context, first + count, total);
    }
    free(block);
    /* The rows must lie at an address that 8 divides. */
    append(build, "\0\0\0\0\0\0", (8 - build->header.n_tokens * 2 % 8) % 8);
    append(build, build->rows, (size_t)total * sizeof *build->rows);
    append(build, build->failures, build->header.failure_bytes);
    build->header.checksum = checksum_end(&build->checksum);
    if (!status && fseek(build->writer.stream, 0, SEEK_SET))
        status = error_errno(error, "cannot write %s", build->writer.path);
    fwrite(&build->header, sizeof build->header, 1, build->writer.stream);
    return status;
}

static int build_cache(const char *path, const MusicCatalogue *catalogue,
                       const MusicCorpusSettings *settings, Error *error) {
    CacheBuild build = {.header = {.language = MUSIC_LANGUAGE,
                                   .fingerprint = fingerprint(catalogue),
                                   .n_files = (uint64_t)catalogue->n_entries}};
    memcpy(build.header.magic, magic, sizeof magic);
    build.rows = calloc((size_t)catalogue->n_entries, sizeof *build.rows);
    if (!build.rows)
        return error_memory(error, "tokens", (size_t)catalogue->n_entries * sizeof *build.rows);
    int status = file_begin(&build.writer, path, error);
    if (!status && (status = build_all(&build, catalogue, settings, error)))
        file_abandon(&build.writer);
    else if (!status)
        status = file_commit(&build.writer, error);
    free(build.rows);
    free(build.failures);
    return status;
}

/* ------------------------------------------------------------------ reading the cache */

static size_t rows_offset(const MusicCacheHeader *header) {
    return sizeof *header + (size_t)(header->n_tokens * 2 + 7) / 8 * 8;
}

/* Whether rows, tokens and failures are such as the program writes: a checksum is no proof. */
static bool is_sound(const MusicCacheHeader *header) {
    const uint16_t *tokens = (const uint16_t *)(header + 1);
    const char *all = (const char *)header, *failures;
    const CacheRow *rows = (const CacheRow *)(all + rows_offset(header));
    for (uint64_t i = 0; i < header->n_files; i++)
        if (rows[i].count > INT_MAX || rows[i].offset > header->n_tokens ||
            rows[i].count > header->n_tokens - rows[i].offset)
            return false;
    for (uint64_t i = 0; i < header->n_tokens; i++)
        if (tokens[i] >= MUSIC_VOCABULARY)
            return false;
    failures = (const char *)(rows + header->n_files);
    return !header->failure_bytes || !failures[header->failure_bytes - 1];
}

/* Whether the mapped file is what the catalogue's files would give. */
static bool cache_holds(const void *map, size_t size, const MusicCatalogue *catalogue) {
    const MusicCacheHeader *header = map;
    if (size < sizeof *header || memcmp(header->magic, magic, sizeof magic) ||
        header->language != MUSIC_LANGUAGE || header->n_files != (uint64_t)catalogue->n_entries ||
        header->n_tokens > size || header->failure_bytes > size ||
        rows_offset(header) + header->n_files * sizeof(CacheRow) + header->failure_bytes != size ||
        header->fingerprint != fingerprint(catalogue))
        return false;
    Checksum checksum = {0};
    checksum_add(&checksum, header + 1, size - sizeof *header);
    return checksum_end(&checksum) == header->checksum && is_sound(header);
}

/* Maps the cache; returns 1 when it holds, 0 when it must be written anew, -1 on failure. */
static int map_cache(MusicCorpus *corpus, const char *path, Error *error) {
    FileMap *map = &corpus->parts->map;
    if (file_map_open(map, path, error))
        return -1;
    if (cache_holds(map->bytes, map->size, corpus->catalogue))
        return 1;
    file_map_close(map);
    return 0;
}

/* What a model learns from: `tokens`, the sum of all tokens, and what is said of each piece. */
static uint64_t checksum_of(const MusicCorpus *corpus, uint64_t tokens) {
    Checksum checksum = {.sum = tokens};
    for (int i = 0; i < corpus->n_pieces; i++) {
        const MusicEntry *entry = corpus->pieces[i].entry;
        const char *names[] = {corpus->catalogue->genres[entry->genre],
                               corpus->catalogue->corpora[entry->corpus],
                               music_split_name(entry->split)};
        checksum_add(&checksum, &entry->valence, sizeof entry->valence);
        checksum_add(&checksum, &entry->arousal, sizeof entry->arousal);
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            checksum_add(&checksum, names[k], strlen(names[k]) + 1);
    }
    return checksum_end(&checksum);
}

static int list_failures(MusicCorpus *corpus, const char *text, size_t size, int count,
                         Error *error) {
    corpus->failures =
        arena_calloc(corpus->parts->arena, (size_t)count + 1, sizeof *corpus->failures);
    if (!corpus->failures)
        return error_memory(error, "the list of unread files", size);
    for (const char *at = text; at < text + size && corpus->n_failures < count;
         at += strlen(at) + 1)
        corpus->failures[corpus->n_failures++] = at;
    return 0;
}

static int list_pieces(MusicCorpus *corpus, Error *error) {
    const MusicCacheHeader *header = corpus->parts->map.bytes;
    const uint16_t *tokens = (const uint16_t *)(header + 1);
    const CacheRow *rows = (const CacheRow *)((const char *)header + rows_offset(header));
    const MusicCatalogue *catalogue = corpus->catalogue;
    corpus->pieces = arena_calloc(corpus->parts->arena, header->n_files, sizeof *corpus->pieces);
    if (!corpus->pieces)
        return error_memory(error, "pieces", header->n_files * sizeof *corpus->pieces);
    for (int i = 0; i < catalogue->n_entries; i++) {
        if (rows[i].count)
            corpus->pieces[corpus->n_pieces++] =
                (MusicPiece){&catalogue->entries[i], tokens + rows[i].offset, (int)rows[i].count};
    }
    corpus->n_tokens = (long long)header->n_tokens;
    corpus->n_repaired = (int)header->n_repaired;
    Checksum checksum = {0}; /* without the failures: where files lie is not what is learnt */
    checksum_add(&checksum, tokens,
                 (size_t)((const char *)(rows + header->n_files) - (const char *)tokens));
    corpus->checksum = checksum_of(corpus, checksum_end(&checksum));
    if (list_failures(corpus, (const char *)(rows + header->n_files), header->failure_bytes,
                      catalogue->n_entries - corpus->n_pieces, error))
        return -1;
    if (!corpus->n_pieces)
        return error_set(error, "none of %d MIDI files could be read; the first: %s",
                         catalogue->n_entries, corpus->failures[0]);
    return 0;
}

/* ------------------------------------------------------------------ the corpus */

static MusicCorpus *create_corpus(Error *error) {
    MusicCorpus *corpus = calloc(1, sizeof *corpus);
    struct MusicCorpusParts *parts = calloc(1, sizeof *parts);
    Arena *arena = arena_create();
    if (corpus && parts && arena) {
        corpus->parts = parts;
        parts->arena = arena;
        return corpus;
    }
    free(corpus);
    free(parts);
    arena_destroy(arena);
    error_memory(error, "a corpus", sizeof *corpus);
    return NULL;
}

/* Writes the cache and maps it; whoever kept the lock may have done so meanwhile. */
static int make_cache(MusicCorpus *corpus, const char *cache, const MusicCorpusSettings *settings,
                      Error *error) {
    FileLock lock = {.descriptor = -1};
    if (settings->cache && file_lock_to_make(&lock, cache, error))
        return -1;
    int held = settings->cache ? map_cache(corpus, cache, error) : 0;
    corpus->from_cache = held == 1;
    if (!held) {
        held = build_cache(cache, corpus->catalogue, settings, error)
                   ? -1
                   : map_cache(corpus, cache, error);
        if (!held)
            held = error_set(error, "%s changed while it was read", cache);
    }
    file_unlock(&lock);
    return held < 0 ? -1 : 0;
}

static int fill_corpus(MusicCorpus *corpus, const char *cache, const MusicCorpusSettings *settings,
                       Error *error) {
    int held = map_cache(corpus, cache, error);
    corpus->from_cache = held == 1;
    if (!held)
        held = make_cache(corpus, cache, settings, error);
    if (held < 0 || list_pieces(corpus, error))
        return -1;
    for (int i = 0; i < corpus->n_failures && settings->bad; i++) {
        Error what;
        error_set(&what, "%s", corpus->failures[i]);
        if (bad_inputs_add(settings->bad, &what, error))
            return -1;
    }
    return 0;
}

/* A temporary name for a cache that is not kept; nothing lies under it while the files are read,
 * which the user may interrupt. */
static int make_temporary(char *path, size_t size, Error *error) {
    const char *directory = getenv("TMPDIR");
    if (snprintf(path, size, "%s/affekt-tokens-XXXXXX",
                 directory && *directory ? directory : "/tmp") >= (int)size)
        return error_set(error, "TMPDIR is too long");
    int file = mkstemp(path);
    if (file < 0)
        return error_errno(error, "cannot create %s", path);
    close(file);
    unlink(path);
    return 0;
}

MusicCorpus *music_corpus_open(const char *root, const MusicCorpusSettings *settings,
                               Error *error) {
    static const MusicCorpusSettings defaults;
    char temporary[4096];
    settings = settings ? settings : &defaults;
    MusicCorpus *corpus = create_corpus(error);
    if (!corpus)
        return NULL;
    corpus->catalogue = corpus->parts->catalogue =
        music_catalogue_create(root, &settings->catalogue, error);
    int status = corpus->catalogue ? 0 : -1;
    if (!status && !settings->cache)
        status = make_temporary(temporary, sizeof temporary, error);
    if (!status) {
        status =
            fill_corpus(corpus, settings->cache ? settings->cache : temporary, settings, error);
        if (!settings->cache)
            unlink(temporary); /* the mapping stays */
    }
    if (status) {
        music_corpus_free(corpus);
        return NULL;
    }
    return corpus;
}

void music_corpus_free(MusicCorpus *corpus) {
    if (!corpus)
        return;
    file_map_close(&corpus->parts->map);
    music_catalogue_free(corpus->parts->catalogue);
    arena_destroy(corpus->parts->arena);
    free(corpus->parts);
    free(corpus);
}

static int copy_pieces(MusicCorpus *corpus, const MusicEntry *entries, uint16_t *const *tokens,
                       const int *counts, int n_pieces, const char *name) {
    Arena *arena = corpus->parts->arena;
    MusicCatalogue *catalogue = arena_calloc(arena, 1, sizeof *catalogue);
    MusicEntry *own = arena_calloc(arena, (size_t)n_pieces, sizeof *own);
    const char **names = arena_calloc(arena, 2, sizeof *names);
    corpus->pieces = arena_calloc(arena, (size_t)n_pieces, sizeof *corpus->pieces);
    if (!catalogue || !own || !names || !corpus->pieces || !(names[0] = arena_strdup(arena, name)))
        return -1;
    names[1] = "unknown";
    *catalogue = (MusicCatalogue){.entries = own,
                                  .corpora = names,
                                  .genres = names + 1,
                                  .n_entries = n_pieces,
                                  .n_corpora = 1,
                                  .n_genres = 1};
    corpus->catalogue = catalogue;
    Checksum checksum = {0};
    for (int i = 0; i < n_pieces; i++) {
        size_t size = (size_t)counts[i] * sizeof **tokens;
        uint16_t *copy = arena_alloc(arena, size);
        if (!copy)
            return -1;
        memcpy(copy, tokens[i], size);
        checksum_add(&checksum, copy, size);
        own[i] = entries[i];
        corpus->pieces[i] = (MusicPiece){&own[i], copy, counts[i]};
        corpus->n_tokens += counts[i];
    }
    corpus->n_pieces = n_pieces;
    corpus->checksum = checksum_of(corpus, checksum_end(&checksum));
    return 0;
}

MusicCorpus *music_corpus_from_pieces(const MusicEntry *entries, uint16_t *const *tokens,
                                      const int *counts, int n_pieces, const char *name,
                                      Error *error) {
    MusicCorpus *corpus = create_corpus(error);
    if (corpus && copy_pieces(corpus, entries, tokens, counts, n_pieces, name)) {
        error_memory(error, "pieces", (size_t)n_pieces * sizeof *entries);
        music_corpus_free(corpus);
        return NULL;
    }
    return corpus;
}
