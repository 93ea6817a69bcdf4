#include "datasets/corpus/music_catalogue.h"

#include "datasets/media/csv.h"
#include "datasets/music/midi.h"
#include "nn/base/arena.h"
#include "nn/base/fnv1a.h"
#include "nn/base/number.h"
#include "nn/io/file.h"
#include "nn/io/path_list.h"

#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { DEEPEST_FOLDER = 32, CORPUS_LIMIT = 1000 };

static const char unknown_genre[] = "unknown";

/* What is gathered of one file beside its entry. */
typedef struct Found {
    MusicEntry entry;
    const char *genre, *near;
    char song[256]; /* what names its song */
    bool song_is_named;
    bool drawn;       /* its split was, by its song's hash */
    int same;         /* index of a file of the same song, its own where it leads */
    MusicSplit given; /* of one that leads: what a table says of any file of its song */
} Found;

typedef struct Walk {
    Arena *arena;
    Found *found;
    int count, room;
    const char *corpora[CORPUS_LIMIT], *folders[CORPUS_LIMIT];
    int n_corpora;
    int split_corpus; /* whose splits the caller gave, -1 for none */
    Error *error;
} Walk;

/* FNV-1a, and a last stir (MurmurHash3's) without which names that differ in their last digits fall
 * together. */
static uint64_t hash_text(const char *text) {
    uint64_t hash = fnv1a(FNV1A_START, text, strlen(text));
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
    return hash ^ hash >> 33;
}

/* ------------------------------------------------------------------ walking the folders */

static int add_corpus(Walk *walk, const char *folder) {
    if (walk->n_corpora == CORPUS_LIMIT)
        return error_set(walk->error, "%s: more than %d corpora", folder, CORPUS_LIMIT);
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    char trimmed[4096];
    snprintf(trimmed, sizeof trimmed, "%.*s", (int)length, folder);
    const char *slash = strrchr(trimmed, '/');
    walk->corpora[walk->n_corpora] =
        arena_strdup(walk->arena, slash && slash[1] ? slash + 1 : trimmed);
    walk->folders[walk->n_corpora] = arena_strdup(walk->arena, trimmed);
    if (!walk->corpora[walk->n_corpora] || !walk->folders[walk->n_corpora])
        return error_memory(walk->error, "corpora", length);
    return walk->n_corpora++;
}

static int add_file(Walk *walk, const char *path, int corpus, const struct stat *info) {
    if (walk->count == walk->room) {
        int room = walk->room ? walk->room * 2 : 1024;
        Found *found = realloc(walk->found, (size_t)room * sizeof *found);
        if (!found)
            return error_memory(walk->error, "the list of MIDI files",
                                (size_t)room * sizeof *found);
        walk->found = found;
        walk->room = room;
    }
    Found *found = &walk->found[walk->count];
    *found = (Found){
        .entry = {.path = arena_strdup(walk->arena, path),
                  .corpus = corpus,
                  .valence = NAN,
                  .arousal = NAN,
                  .split = MUSIC_UNSPLIT,
                  .bytes = (uint64_t)info->st_size,
                  .changed = (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec},
        .genre = "",
        .near = ""};
    if (!found->entry.path)
        return error_memory(walk->error, path, strlen(path));
    found->entry.file = found->entry.path + strlen(walk->folders[corpus]) + 1;
    walk->count++;
    return 0;
}

static int walk_folder(Walk *walk, const char *folder, int corpus, int depth);

static int visit(Walk *walk, const char *folder, const char *name, int corpus, bool skip_phrases,
                 int depth) {
    char path[4096];
    struct stat info;
    if (name[0] == '.' || snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return 0;
    if (stat(path, &info))
        return 0; /* gone since, or a link to nowhere */
    if (S_ISDIR(info.st_mode))
        return skip_phrases && !strcmp(name, "phrases")
                   ? 0
                   : walk_folder(walk, path, corpus, depth + 1);
    bool wanted = S_ISREG(info.st_mode) && name[0] != '.' && midi_is_name_to_read(name);
    return wanted ? add_file(walk, path, corpus, &info) : 0;
}

static bool has_table(const char *folder) {
    char path[4096 + 16];
    snprintf(path, sizeof path, "%s/labels.csv", folder);
    if (file_exists(path))
        return true;
    snprintf(path, sizeof path, "%s/stats.csv", folder);
    return file_exists(path);
}

static int walk_folder(Walk *walk, const char *folder, int corpus, int depth) {
    char path[4096 + 16];
    struct dirent **names;
    if (depth > DEEPEST_FOLDER)
        return error_set(walk->error, "%s: folders nested deeper than %d", folder, DEEPEST_FOLDER);
    if (depth > 0 && has_table(folder) && (corpus = add_corpus(walk, folder)) < 0)
        return -1;
    snprintf(path, sizeof path, "%s/labelled", folder);
    bool skip_phrases = file_exists(path);
    int count = scandir(folder, &names, NULL, path_by_name), status = 0;
    if (count < 0)
        return error_errno(walk->error, "cannot list %s", folder);
    for (int i = 0; i < count; i++) {
        if (!status)
            status = visit(walk, folder, names[i]->d_name, corpus, skip_phrases, depth);
        free(names[i]);
    }
    free(names);
    return status;
}

/* ------------------------------------------------------------------ tables */

static int compare_found(const void *a, const void *b) {
    const Found *first = a, *second = b;
    if (first->entry.corpus != second->entry.corpus)
        return first->entry.corpus - second->entry.corpus;
    return strcmp(first->entry.file, second->entry.file);
}

static Found *find(Walk *walk, int corpus, const char *file) {
    Found key = {.entry = {.corpus = corpus, .file = file}};
    return walk->count ? bsearch(&key, walk->found, (size_t)walk->count, sizeof key, compare_found)
                       : NULL;
}

/* Finds a file by its path below the root, whatever its corpus. */
static Found *find_below(Walk *walk, const char *file) {
    for (int corpus = 0; corpus < walk->n_corpora; corpus++) {
        size_t root = strlen(walk->folders[0]), folder = strlen(walk->folders[corpus]);
        const char *within = walk->folders[corpus] + root;
        size_t length = folder - root;
        if (!length) {
            Found *found = find(walk, corpus, file);
            if (found)
                return found;
        } else if (!strncmp(file, within + 1, length - 1) && file[length - 1] == '/') {
            Found *found = find(walk, corpus, file + length);
            if (found)
                return found;
        }
    }
    return NULL;
}

static int read_level(const CsvTable *table, int row, const char *column, float *level,
                      Error *error) {
    const char *text = csv_cell(table, row, csv_column(table, column));
    char *end;
    if (!*text)
        return 0;
    double value = number_read(text, &end);
    if (*end || !(value >= -1 && value <= 1))
        return error_set(error, "%s:%d: %s '%s', expected -1 … 1", table->path, table->lines[row],
                         column, text);
    *level = (float)value;
    return 0;
}

/* A piece of which only the quadrant is known stands in that corner. */
static int read_quadrant(const CsvTable *table, int row, MusicEntry *entry, Error *error) {
    static const float corners[4][2] = {{1, 1}, {-1, 1}, {-1, -1}, {1, -1}};
    const char *text = csv_cell(table, row, csv_column(table, "quadrant"));
    if (!*text)
        return 0;
    if (text[0] != 'Q' || text[1] < '1' || text[1] > '4' || text[2])
        return error_set(error, "%s:%d: quadrant '%s', expected Q1 … Q4", table->path,
                         table->lines[row], text);
    if (isnan(entry->valence) && isnan(entry->arousal)) {
        entry->valence = corners[text[1] - '1'][0];
        entry->arousal = corners[text[1] - '1'][1];
    }
    return 0;
}

/* Model files list the genres separated by commas. */
static int read_genre(const CsvTable *table, int row, const char **genre, Error *error) {
    const char *text = csv_cell(table, row, csv_column(table, "genre"));
    if (strchr(text, ','))
        return error_set(error, "%s:%d: genre '%s', expected one name without a comma", table->path,
                         table->lines[row], text);
    *genre = strcmp(text, unknown_genre) ? text : "";
    return 0;
}

/* A table that is given must not be ignored: it has a column 'file' … */
static int file_column(Walk *walk, const CsvTable *table) {
    int file = csv_column(table, "file");
    return file >= 0 ? file : error_set(walk->error, "%s:1: no column 'file'", table->path);
}

/* … and names some of the files. */
static int check_named(Walk *walk, const CsvTable *table, int named, int corpus) {
    if (!table->n_rows || named)
        return 0;
    return error_set(walk->error, "%s: no row names a MIDI file below %s; the first is '%s'",
                     table->path, walk->folders[corpus < 0 ? 0 : corpus],
                     csv_cell(table, 0, csv_column(table, "file")));
}

/* corpus -1: a table for the whole root. */
static int apply_labels(Walk *walk, const char *path, int corpus) {
    CsvTable table;
    if (csv_read(path, walk->arena, &table, walk->error))
        return -1;
    int file = file_column(walk, &table), named = 0;
    if (file < 0)
        return -1;
    for (int row = 0; row < table.n_rows; row++) {
        const char *name = csv_cell(&table, row, file);
        Found *found = corpus < 0 ? find_below(walk, name) : find(walk, corpus, name);
        if (!found)
            continue;
        named++;
        if (read_level(&table, row, "valence", &found->entry.valence, walk->error) ||
            read_level(&table, row, "arousal", &found->entry.arousal, walk->error) ||
            read_quadrant(&table, row, &found->entry, walk->error) ||
            read_genre(&table, row, &found->genre, walk->error))
            return -1;
    }
    return check_named(walk, &table, named, corpus);
}

static int parse_split(const CsvTable *table, int row, const char *text, MusicSplit *split,
                       Error *error) {
    static const struct {
        const char *text;
        MusicSplit split;
    } spellings[] = {{"train", MUSIC_TRAIN},      {"val", MUSIC_VALIDATION},
                     {"valid", MUSIC_VALIDATION}, {"validation", MUSIC_VALIDATION},
                     {"test", MUSIC_TEST},        {"", MUSIC_UNSPLIT}};
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        if (!strcasecmp(text, spellings[i].text)) {
            *split = spellings[i].split;
            return 0;
        }
    return error_set(error, "%s:%d: split '%s', expected train, validation or test", table->path,
                     table->lines[row], text);
}

static int apply_stats(Walk *walk, const char *path, int corpus) {
    CsvTable table;
    if (csv_read(path, walk->arena, &table, walk->error))
        return -1;
    int file = file_column(walk, &table), song = csv_column(&table, "song"), named = 0;
    int split = csv_column(&table, "split"), near = csv_column(&table, "near_dup");
    if (file < 0)
        return -1;
    for (int row = 0; row < table.n_rows; row++) {
        Found *found = find(walk, corpus, csv_cell(&table, row, file));
        if (!found)
            continue;
        named++;
        const char *name = csv_cell(&table, row, song);
        found->song_is_named = *name;
        if (*name)
            snprintf(found->song, sizeof found->song, "%s/%s", walk->corpora[corpus], name);
        found->near = csv_cell(&table, row, near);
        if (parse_split(&table, row, csv_cell(&table, row, split), &found->entry.split,
                        walk->error))
            return -1;
    }
    return check_named(walk, &table, named, corpus);
}

static int apply_splits(Walk *walk, const char *path) {
    CsvTable table;
    int corpus = -1;
    for (int i = 0; i < walk->n_corpora; i++) {
        size_t length = strlen(walk->folders[i]);
        if (!strncmp(path, walk->folders[i], length) && path[length] == '/')
            corpus = i; /* deeper folders come later */
    }
    if (corpus < 0)
        return error_set(walk->error, "%s is not in any corpus", path);
    if (csv_read(path, walk->arena, &table, walk->error))
        return -1;
    for (int i = 0; i < walk->count; i++)
        if (walk->found[i].entry.corpus == corpus)
            walk->found[i].entry.split = MUSIC_UNSPLIT;
    walk->split_corpus = corpus;
    int file = file_column(walk, &table), split = csv_column(&table, "split"), named = 0;
    if (file < 0)
        return -1;
    for (int row = 0; row < table.n_rows; row++) {
        Found *found = find(walk, corpus, csv_cell(&table, row, file));
        named += found != NULL;
        if (found && parse_split(&table, row, csv_cell(&table, row, split), &found->entry.split,
                                 walk->error))
            return -1;
    }
    return check_named(walk, &table, named, corpus);
}

/* ------------------------------------------------------------------ songs and splits */

/* The file name in lower case without folder and ending, and without a number behind "_" or "-"
 * unless that is `counted` as part of the name. */
static void name_song(Found *found, bool counted) {
    const char *slash = strrchr(found->entry.file, '/');
    snprintf(found->song, sizeof found->song, "%s", slash ? slash + 1 : found->entry.file);
    *strrchr(found->song, '.') = 0;
    for (char *at = found->song; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    char *end = found->song + strlen(found->song), *digits = end;
    while (digits > found->song && isdigit((unsigned char)digits[-1]))
        digits--;
    if (!counted && digits < end && digits > found->song + 1 &&
        (digits[-1] == '_' || digits[-1] == '-'))
        digits[-1] = 0;
}

/* Where nothing but numbers tells the files of a corpus apart, they count songs, not parts of one.
 */
static void name_songs(Walk *walk) {
    const Found *first[CORPUS_LIMIT] = {NULL};
    bool differ[CORPUS_LIMIT] = {false};
    for (int i = 0; i < walk->count; i++) {
        Found *found = &walk->found[i];
        int corpus = found->entry.corpus;
        if (!*found->song)
            name_song(found, false);
        if (!first[corpus])
            first[corpus] = found;
        differ[corpus] |= strcmp(found->song, first[corpus]->song) != 0;
    }
    for (int i = 0; i < walk->count; i++)
        if (!differ[walk->found[i].entry.corpus] && !walk->found[i].song_is_named)
            name_song(&walk->found[i], true);
}

static int leader(Walk *walk, int at) {
    while (walk->found[at].same != at)
        at = walk->found[at].same = walk->found[walk->found[at].same].same;
    return at;
}

static void join(Walk *walk, int a, int b) {
    a = leader(walk, a);
    b = leader(walk, b);
    walk->found[a > b ? a : b].same = a > b ? b : a;
}

static int compare_songs(const void *a, const void *b) {
    const Found *const *first = a, *const *second = b;
    int order = strcmp((*first)->song, (*second)->song);
    return order ? order : (*first > *second) - (*first < *second);
}

/* Joins the files that near_dup names: "corpus/file:0.83;corpus/file:0.51". */
static int join_near(Walk *walk, int at) {
    char *rest = arena_strdup(walk->arena, walk->found[at].near), *item;
    if (!rest)
        return error_memory(walk->error, "near duplicates", strlen(walk->found[at].near));
    while ((item = strsep(&rest, ";"))) {
        char *colon = strrchr(item, ':'), *slash = strchr(item, '/');
        if (!colon || !slash)
            continue;
        *colon = *slash = 0;
        for (int corpus = 0; corpus < walk->n_corpora; corpus++) {
            Found *other =
                strcmp(item, walk->corpora[corpus]) ? NULL : find(walk, corpus, slash + 1);
            if (other)
                join(walk, at, (int)(other - walk->found));
        }
    }
    return 0;
}

static int join_songs(Walk *walk) {
    Found **order = malloc(((size_t)walk->count + 1) * sizeof *order);
    if (!order)
        return error_memory(walk->error, "songs", (size_t)walk->count * sizeof *order);
    for (int i = 0; i < walk->count; i++) {
        order[i] = &walk->found[i];
        walk->found[i].same = i;
    }
    qsort(order, (size_t)walk->count, sizeof *order, compare_songs);
    for (int i = 1; i < walk->count; i++)
        if (!strcmp(order[i]->song, order[i - 1]->song))
            join(walk, (int)(order[i] - walk->found), (int)(order[i - 1] - walk->found));
    int status = 0;
    for (int i = 0; i < walk->count && !status; i++)
        status = join_near(walk, i);
    int shared[CORPUS_LIMIT] = {0}, total[CORPUS_LIMIT] = {0};
    for (int i = 0; i < walk->count; i++) {
        bool beside = (i > 0 && !strcmp(order[i]->song, order[i - 1]->song)) ||
                      (i + 1 < walk->count && !strcmp(order[i]->song, order[i + 1]->song));
        total[order[i]->entry.corpus]++;
        shared[order[i]->entry.corpus] += order[i]->song_is_named && beside;
    }
    for (int i = 0; i < walk->count; i++) {
        MusicEntry *entry = &walk->found[i].entry;
        entry->excerpt = 2 * shared[entry->corpus] > total[entry->corpus];
    }
    free(order);
    return status;
}

static MusicSplit drawn_split(uint64_t song) {
    return song % 10 == 0 ? MUSIC_VALIDATION : song % 10 == 1 ? MUSIC_TEST : MUSIC_TRAIN;
}

/* A file without a split has the one that a table gives to another of its song, the furthest from
 * training where they differ; else its song's is drawn. */
static void split_songs(Walk *walk) {
    for (int i = 0; i < walk->count; i++)
        walk->found[i].given = MUSIC_UNSPLIT;
    for (int i = 0; i < walk->count; i++) {
        MusicSplit split = walk->found[i].entry.split, *given = &walk->found[leader(walk, i)].given;
        if (split != MUSIC_UNSPLIT && (*given == MUSIC_UNSPLIT || split > *given))
            *given = split;
    }
    for (int i = 0; i < walk->count; i++) {
        Found *found = &walk->found[i];
        const Found *first = &walk->found[leader(walk, i)];
        MusicEntry *entry = &found->entry;
        bool without = entry->split == MUSIC_UNSPLIT && entry->corpus != walk->split_corpus;
        entry->song = hash_text(first->song);
        found->drawn = without && first->given == MUSIC_UNSPLIT;
        if (without)
            entry->split = found->drawn ? drawn_split(entry->song) : first->given;
    }
}

/* A small folder may have drawn no song for validation: then that of the least hash goes there,
 * unless no other is left to train on. */
static void spare_validation(Walk *walk) {
    const MusicEntry *spared = NULL;
    bool others = false;
    for (int i = 0; i < walk->count; i++) {
        const MusicEntry *entry = &walk->found[i].entry;
        if (entry->split == MUSIC_VALIDATION)
            return;
        if (walk->found[i].drawn && (!spared || entry->song < spared->song))
            spared = entry;
    }
    for (int i = 0; i < walk->count; i++)
        others |= walk->found[i].entry.split == MUSIC_TRAIN && spared &&
                  walk->found[i].entry.song != spared->song;
    for (int i = 0; others && i < walk->count; i++)
        if (walk->found[i].entry.song == spared->song && walk->found[i].drawn)
            walk->found[i].entry.split = MUSIC_VALIDATION;
}

/* ------------------------------------------------------------------ the catalogue */

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int number_genres(Walk *walk, MusicCatalogue *catalogue) {
    const char **names = arena_calloc(walk->arena, (size_t)walk->count + 1, sizeof *names);
    if (!names)
        return error_memory(walk->error, "genres", (size_t)walk->count * sizeof *names);
    names[0] = "";
    for (int i = 0; i < walk->count; i++)
        names[i + 1] = walk->found[i].genre;
    qsort(names, (size_t)walk->count + 1, sizeof *names, compare_names);
    int kept = 0;
    for (int i = 0; i <= walk->count; i++)
        if (!kept || strcmp(names[i], names[kept - 1]))
            names[kept++] = names[i];
    for (int i = 0; i < walk->count; i++) {
        const char **genre =
            bsearch(&walk->found[i].genre, names, (size_t)kept, sizeof *names, compare_names);
        walk->found[i].entry.genre = (int)(genre - names);
    }
    names[0] = unknown_genre;
    catalogue->genres = names;
    catalogue->n_genres = kept;
    return 0;
}

static int gather(Walk *walk, const char *root, const MusicCatalogueSettings *settings) {
    char path[4096 + 16];
    if (add_corpus(walk, root) < 0 || walk_folder(walk, walk->folders[0], 0, 0))
        return -1;
    if (!walk->count)
        return error_set(walk->error, "%s: no .mid or .midi file in this folder", root);
    qsort(walk->found, (size_t)walk->count, sizeof *walk->found, compare_found);
    for (int corpus = 0; corpus < walk->n_corpora; corpus++) {
        snprintf(path, sizeof path, "%s/labels.csv", walk->folders[corpus]);
        if (file_exists(path) && apply_labels(walk, path, corpus))
            return -1;
        snprintf(path, sizeof path, "%s/stats.csv", walk->folders[corpus]);
        if (file_exists(path) && apply_stats(walk, path, corpus))
            return -1;
    }
    if (settings->labels && apply_labels(walk, settings->labels, -1))
        return -1;
    return settings->splits ? apply_splits(walk, settings->splits) : 0;
}

static int finish(Walk *walk, MusicCatalogue *catalogue) {
    name_songs(walk);
    if (join_songs(walk) || number_genres(walk, catalogue))
        return -1;
    split_songs(walk);
    spare_validation(walk);
    size_t names = (size_t)walk->n_corpora;
    catalogue->entries = arena_calloc(walk->arena, (size_t)walk->count, sizeof *catalogue->entries);
    catalogue->corpora = arena_calloc(walk->arena, names, sizeof *catalogue->corpora);
    if (!catalogue->entries || !catalogue->corpora)
        return error_memory(walk->error, "the list of MIDI files",
                            (size_t)walk->count * sizeof(MusicEntry));
    for (int i = 0; i < walk->count; i++)
        catalogue->entries[i] = walk->found[i].entry;
    memcpy(catalogue->corpora, walk->corpora, names * sizeof *catalogue->corpora);
    catalogue->n_entries = walk->count;
    catalogue->n_corpora = walk->n_corpora;
    return 0;
}

MusicCatalogue *music_catalogue_create(const char *root, const MusicCatalogueSettings *settings,
                                       Error *error) {
    static const MusicCatalogueSettings defaults;
    MusicCatalogue *catalogue = calloc(1, sizeof *catalogue);
    Walk *walk = calloc(1, sizeof *walk);
    Arena *arena = arena_create();
    settings = settings ? settings : &defaults;
    int status = -1;
    if (!catalogue || !walk || !arena) {
        error_memory(error, "the list of MIDI files", sizeof *walk);
    } else {
        catalogue->arena = arena;
        walk->arena = arena;
        walk->split_corpus = -1;
        walk->error = error;
        status = gather(walk, root, settings);
        if (!status)
            status = finish(walk, catalogue);
    }
    if (walk)
        free(walk->found);
    free(walk);
    if (status) {
        arena_destroy(arena);
        free(catalogue);
        return NULL;
    }
    return catalogue;
}

void music_catalogue_free(MusicCatalogue *catalogue) {
    if (!catalogue)
        return;
    arena_destroy(catalogue->arena);
    free(catalogue);
}

const char *music_split_name(MusicSplit split) {
    static const char *const names[] = {"train", "validation", "test", "none"};
    return names[split];
}
