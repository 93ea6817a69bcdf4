#include "datasets/corpus/catalogue_walk.h"
#include "datasets/media/csv.h"
#include "datasets/music/midi.h"
#include "nn/base/number.h"
#include "nn/io/file.h"
#include "nn/io/path_list.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { DEEPEST_FOLDER = 32 };

static const char unknown_genre[] = "unknown";

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

Found *walk_find(const Walk *walk, int corpus, const char *file) {
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
            Found *found = walk_find(walk, corpus, file);
            if (found)
                return found;
        } else if (!strncmp(file, within + 1, length - 1) && file[length - 1] == '/') {
            Found *found = walk_find(walk, corpus, file + length);
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
        Found *found = corpus < 0 ? find_below(walk, name) : walk_find(walk, corpus, name);
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
        Found *found = walk_find(walk, corpus, csv_cell(&table, row, file));
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
        Found *found = walk_find(walk, corpus, csv_cell(&table, row, file));
        named += found != NULL;
        if (found && parse_split(&table, row, csv_cell(&table, row, split), &found->entry.split,
                                 walk->error))
            return -1;
    }
    return check_named(walk, &table, named, corpus);
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
    if (walk_split_songs(walk) || number_genres(walk, catalogue))
        return -1;
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
