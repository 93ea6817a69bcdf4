#include "compose/library/scan.h"

#include "compose/library/analyst.h"
#include "compose/library/labels.h"
#include "compose/library/walk.h"
#include "nn/base/array.h"
#include "nn/base/clock.h"
#include "nn/base/plain_text.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double save_every = 1; /* seconds */

/* A folder of the library, and where its files stand in the walk. */
typedef struct Root {
    char *path;
    int first, end;
    bool missing;
} Root;

typedef struct Scan {
    Library *library;
    Database *database;
    const ScanSettings *settings;
    ScanReport *report;
    Walk walk;
    Root *roots;
    int n_roots, room_roots;
    int64_t *ids;       /* (walk.count) of the song of each file, 0 where it has none yet */
    bool *changed;      /* (walk.count) not as its song's file was */
    int *jobs;          /* (n_jobs) files to be read, as indices into the walk */
    const char **paths; /* (n_jobs) */
    int n_jobs, done;
    Statement *insert, *forget[2]; /* moods, languages */
    bool failed;                   /* to save, and then: */
    Error failure;
    bool writing;  /* in a transaction, */
    double opened; /* since then */
} Scan;

/* ------------------------------------------------------------------ folders and files */

static int read_roots(Scan *scan, Error *error) {
    Statement *row =
        statement_begin(scan->database, "SELECT path FROM folders ORDER BY path", error);
    int status = row ? 1 : -1;
    while (status > 0 && (status = statement_next(row, error)) > 0) {
        size_t size;
        const void *path = statement_blob(row, 0, &size);
        char *copy = strndup(path ? path : "", size);
        if (!copy || !ARRAY_GROW(scan->roots, scan->room_roots, scan->n_roots)) {
            free(copy);
            status = error_memory(error, "folders", size);
            break;
        }
        scan->roots[scan->n_roots++] = (Root){.path = copy};
    }
    statement_end(row);
    return status;
}

/* A folder that is not there now (a disk that is not plugged in) is passed over. */
static int walk_roots(Scan *scan, Error *error) {
    for (int i = 0; i < scan->n_roots; i++) {
        Root *root = &scan->roots[i];
        root->first = scan->walk.count;
        root->missing = !file_exists(root->path);
        scan->report->folders_missing += root->missing;
        if (!root->missing && walk_add(&scan->walk, root->path, error))
            return -1;
        root->end = scan->walk.count;
    }
    scan->report->unreadable = scan->walk.unreadable;
    snprintf(scan->report->why_unreadable, sizeof scan->report->why_unreadable, "%s",
             scan->walk.why_unreadable);
    return 0;
}

static const char *root_of(const Scan *scan, int file) {
    for (int i = 0; i < scan->n_roots; i++)
        if (file >= scan->roots[i].first && file < scan->roots[i].end)
            return scan->roots[i].path;
    return "";
}

/* ------------------------------------------------------------------ writing */

/* All is written in transactions of a second, so that others may write in between. */
static int write_on(Scan *scan, Error *error) {
    if (scan->writing)
        return 0;
    scan->writing = true;
    scan->opened = clock_seconds();
    return database_run(scan->database, "BEGIN IMMEDIATE", error);
}

static int write_out(Scan *scan, Error *error) {
    if (!scan->writing)
        return 0;
    scan->writing = false;
    return database_run(scan->database, "COMMIT", error);
}

/* Ends a transaction that is old enough. No statement may be half read: it would go on reading a
 * state that is no longer the last, on which nothing can be written. */
static int let_others_write(Scan *scan, Error *error) {
    bool old = scan->writing && clock_seconds() - scan->opened > save_every;
    return old ? write_out(scan, error) : 0;
}

static bool told_to_stop(const Scan *scan) {
    return scan->settings->stopped && scan->settings->stopped();
}

/* ------------------------------------------------------------------ what is known already */

static void add_job(Scan *scan, int file) {
    scan->jobs[scan->n_jobs++] = file;
}

/* Finds the song of each path; those that have changed or are not there become jobs. */
static int compare(Scan *scan, Error *error) {
    Statement *known = statement_begin(
        scan->database, "SELECT id, size, changed FROM songs WHERE path = ?1", error);
    int status = known ? 0 : -1;
    for (int i = 0; i < scan->walk.count && !status; i++) {
        const WalkFile *file = &scan->walk.files[i];
        statement_bind_blob(known, 1, file->path, strlen(file->path));
        int found = statement_next(known, error);
        if (found < 0)
            status = -1;
        if (found > 0) {
            scan->ids[i] = statement_integer(known, 0);
            bool same = statement_integer(known, 1) == file->size &&
                        statement_integer(known, 2) == file->changed;
            scan->changed[i] = !same;
            if (!same || scan->settings->again)
                add_job(scan, i);
            else
                scan->report->unchanged++;
            statement_rewind(known);
        }
        if (!found)
            add_job(scan, i);
    }
    statement_end(known);
    return status;
}

/* What the names of the file's folders say. */
static int add_folder_labels(Scan *scan, int file, Error *error) {
    const char *path = scan->walk.files[file].path, *root = root_of(scan, file);
    MoodEstimate mood;
    char code[LANGUAGE_CODE];
    if (label_folder_mood(root, path, &mood) &&
        library_set_mood(scan->library, scan->ids[file], ORIGIN_FOLDER, mood, error))
        return -1;
    return label_path_language(root, path, code)
               ? library_set_language(scan->library, scan->ids[file], ORIGIN_FOLDER, code, error)
               : 0;
}

static int prepare_forgetting(Scan *scan, Error *error) {
    static const char *const sql[] = {
        "DELETE FROM moods WHERE song = ?1 AND origin BETWEEN ?2 AND ?3",
        "DELETE FROM languages WHERE song = ?1 AND origin BETWEEN ?2 AND ?3"};
    for (int i = 0; i < 2; i++)
        if (!(scan->forget[i] = statement_begin(scan->database, sql[i], error)))
            return -1;
    return 0;
}

/* Forgets the moods and languages that these origins gave a song. */
static int forget(Scan *scan, int64_t id, int first, int last, Error *error) {
    for (int i = 0; i < 2; i++) {
        statement_bind_integer(scan->forget[i], 1, id);
        statement_bind_integer(scan->forget[i], 2, first);
        statement_bind_integer(scan->forget[i], 3, last);
        if (statement_run(scan->forget[i], error))
            return -1;
    }
    return 0;
}

/* The song that had this path, whose file is another song's now, gets one where no file can be: it
 * is gone until its content turns up. */
static int displace(Scan *scan, const char *path, Error *error) {
    Statement *update = statement_begin(scan->database,
                                        "UPDATE songs SET path = CAST(path || '/' || id AS BLOB),"
                                        " present = 0 WHERE path = ?1",
                                        error);
    if (!update)
        return -1;
    statement_bind_blob(update, 1, path, strlen(path));
    int status = statement_run(update, error);
    statement_end(update);
    return status;
}

static int move(Scan *scan, int file, int64_t id, Error *error) {
    const WalkFile *to = &scan->walk.files[file];
    if (write_on(scan, error) || displace(scan, to->path, error))
        return -1;
    Statement *update = statement_begin(
        scan->database, "UPDATE songs SET path = ?2, changed = ?3, present = 1 WHERE id = ?1",
        error);
    if (!update)
        return -1;
    statement_bind_integer(update, 1, id);
    statement_bind_blob(update, 2, to->path, strlen(to->path));
    statement_bind_integer(update, 3, to->changed);
    int status = statement_run(update, error);
    statement_end(update);
    scan->ids[file] = id;
    scan->changed[file] = false;
    scan->report->moved++;
    if (status || forget(scan, id, ORIGIN_FOLDER, ORIGIN_FOLDER, error))
        return -1;
    return add_folder_labels(scan, file, error);
}

/* Queries of songs by their content. */
typedef struct Contents {
    Statement *sized;        /* whether there is one of a size */
    Statement *same, *other; /* id and path of those of a size and hash; one in the other's rows */
} Contents;

/* 1 when the file with this path, which has changed, now has the content of another song than that
 * of this hash: songs have changed places. 0, -1. */
static int has_changed_places(Scan *scan, const Contents *contents, const char *path, int64_t hash,
                              Error *error) {
    int64_t now;
    for (int i = 0; i < scan->n_jobs; i++) {
        const WalkFile *file = &scan->walk.files[scan->jobs[i]];
        if (!scan->changed[scan->jobs[i]] || strcmp(file->path, path) != 0)
            continue;
        if (song_hash(path, &now, NULL) || now == hash)
            return 0;
        statement_bind_integer(contents->other, 1, file->size);
        statement_bind_integer(contents->other, 2, now);
        int found = statement_next(contents->other, error);
        if (found > 0)
            statement_rewind(contents->other);
        return found;
    }
    return 0;
}

/* The song of the same content whose own file is gone, or has become another song's: its id, 0 for
 * none, -1. Files that could not be read are read anew where they turn up. */
static int64_t find_content(Scan *scan, const Contents *contents, int file, Error *error) {
    const WalkFile *wanted = &scan->walk.files[file];
    Statement *sized = contents->sized, *same = contents->same;
    int64_t hash, id = 0;
    statement_bind_integer(sized, 1, wanted->size);
    int any = statement_next(sized, error);
    if (any <= 0)
        return any; /* and need not be read */
    statement_rewind(sized);
    if (song_hash(wanted->path, &hash, NULL))
        return 0;
    statement_bind_integer(same, 1, wanted->size);
    statement_bind_integer(same, 2, hash);
    int found = 0, is_free = 0;
    while (!is_free && (found = statement_next(same, error)) > 0) {
        size_t size;
        const void *bytes = statement_blob(same, 1, &size);
        char *path = strndup(bytes ? bytes : "", size);
        id = statement_integer(same, 0);
        is_free = !path               ? error_memory(error, "a path", size)
                  : file_exists(path) ? has_changed_places(scan, contents, path, hash, error)
                                      : 1;
        free(path);
    }
    if (is_free)
        statement_rewind(same);
    return found < 0 || is_free < 0 ? -1 : is_free ? id : 0;
}

/* Takes those jobs off whose song has but moved. */
static int find_moved(Scan *scan, Error *error) {
    static const char by_content[] =
        "SELECT id, path FROM songs WHERE size = ?1 AND hash = ?2 AND failure IS NULL";
    const Contents contents = {
        .sized = statement_begin(scan->database,
                                 "SELECT 1 FROM songs WHERE size = ?1 AND failure IS NULL LIMIT 1",
                                 error),
        .same = statement_begin(scan->database, by_content, error),
        .other = statement_begin(scan->database, by_content, error)};
    int left = 0, status = contents.sized && contents.same && contents.other ? 0 : -1;
    for (int i = 0; i < scan->n_jobs && !status; i++) {
        int file = scan->jobs[i];
        bool looks = (!scan->ids[file] || scan->changed[file]) && !told_to_stop(scan);
        int64_t id = looks ? find_content(scan, &contents, file, error) : 0;
        if (progress_is_due(scan->settings->progress))
            progress_show(scan->settings->progress, (double)i / scan->n_jobs,
                          "new file %d of %d: has it moved?", i + 1, scan->n_jobs);
        if (id < 0)
            status = -1;
        else if (id)
            status = move(scan, file, id, error);
        else
            scan->jobs[left++] = file;
        if (!status)
            status = let_others_write(scan, error);
    }
    scan->n_jobs = left;
    statement_end(contents.sized);
    statement_end(contents.same);
    statement_end(contents.other);
    return status;
}

/* ------------------------------------------------------------------ what is read */

static void bind_facts(Statement *insert, const SongFacts *facts) {
    bool well = !facts->failure[0];
    statement_bind_integer(insert, 5, facts->kind);
    statement_bind_text(insert, 6, well ? NULL : facts->failure);
    statement_bind_real(insert, 7, well ? facts->seconds : (double)NAN);
    statement_bind_real(insert, 8, (double)facts->tempo);
    statement_bind_real(insert, 9, (double)facts->loudness);
    statement_bind_real(insert, 10, (double)facts->tags.gain);
    statement_bind_integer(insert, 11, facts->tonic);
    statement_bind_integer(insert, 12, facts->minor);
    statement_bind_text(insert, 13, facts->tags.title);
    statement_bind_text(insert, 14, facts->tags.artist);
    statement_bind_text(insert, 15, facts->tags.album);
    statement_bind_text(insert, 16, facts->tags.genre);
    statement_bind_blob(insert, 17, facts->features,
                        (size_t)facts->n_features * sizeof *facts->features);
}

/* None where a feature that the model needs is not a number. */
static int save_estimate(Scan *scan, int64_t id, MoodSource kind, const float *features,
                         Error *error) {
    MoodEstimate mood = mood_model_estimate(scan->settings->model, kind, features);
    return isnan(mood.valence) || isnan(mood.arousal)
               ? library_forget_mood(scan->library, id, ORIGIN_ESTIMATE, error)
               : library_set_mood(scan->library, id, ORIGIN_ESTIMATE, mood, error);
}

/* What tags and folders say, and what the model estimates. */
static int add_labels(Scan *scan, int file, const SongFacts *facts, Error *error) {
    int64_t id = scan->ids[file];
    MoodEstimate mood;
    char code[LANGUAGE_CODE];
    if (label_mood(facts->tags.mood, &mood) &&
        library_set_mood(scan->library, id, ORIGIN_TAG, mood, error))
        return -1;
    if (label_language(facts->tags.language, code) &&
        library_set_language(scan->library, id, ORIGIN_TAG, code, error))
        return -1;
    if (add_folder_labels(scan, file, error))
        return -1;
    if (!facts->n_features || !mood_model_knows(scan->settings->model, facts->kind))
        return 0;
    return save_estimate(scan, id, facts->kind, facts->features, error);
}

static int save_song(Scan *scan, int file, const SongFacts *facts, Error *error) {
    const WalkFile *of = &scan->walk.files[file];
    int64_t hash = 0;
    if (song_hash(of->path, &hash, NULL) && !scan->ids[file])
        return 0; /* it vanished while it was read */
    Statement *insert = scan->insert;
    statement_bind_blob(insert, 1, of->path, strlen(of->path));
    statement_bind_integer(insert, 2, of->size);
    statement_bind_integer(insert, 3, of->changed);
    statement_bind_integer(insert, 4, hash);
    bind_facts(insert, facts);
    statement_bind_integer(insert, 18, (int64_t)mood_model_number(scan->settings->model));
    statement_bind_integer(insert, 19, (int64_t)time(NULL));
    int found = statement_next(insert, error);
    if (found <= 0)
        return -1;
    scan->ids[file] = statement_integer(insert, 0);
    statement_rewind(insert);
    if (forget(scan, scan->ids[file], ORIGIN_TAG, ORIGIN_ESTIMATE, error))
        return -1;
    return facts->failure[0] ? 0 : add_labels(scan, file, facts, error);
}

static bool stopped(void *context) {
    Scan *scan = context;
    scan->failed = scan->failed || let_others_write(scan, &scan->failure);
    return scan->failed || told_to_stop(scan);
}

static int take(void *context, int job, const SongFacts *facts, Error *error) {
    Scan *scan = context;
    int file = scan->jobs[job];
    ScanReport *report = scan->report;
    Progress *progress = scan->settings->progress;
    PlainText name;
    report->read += !facts->failure[0];
    if (facts->failure[0] && !report->failed++)
        snprintf(report->failure, sizeof report->failure, "%s: %s",
                 plain_text(scan->walk.files[file].path, &name), facts->failure);
    if (write_on(scan, error) || save_song(scan, file, facts, error))
        return -1;
    scan->done++;
    if (progress_is_due(progress))
        progress_show(progress, (double)scan->done / scan->n_jobs, "song %d of %d", scan->done,
                      scan->n_jobs);
    return 0;
}

static int read_jobs(Scan *scan, Error *error) {
    for (int i = 0; i < scan->n_jobs; i++)
        scan->paths[i] = scan->walk.files[scan->jobs[i]].path;
    scan->insert = statement_begin(
        scan->database,
        "INSERT INTO songs(path, size, changed, hash, kind, failure, seconds, tempo, loudness, "
        "gain,"
        " tonic, minor, title, artist, album, genre, features, model, added, present)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
        " ?19, 1) ON CONFLICT(path) DO UPDATE SET size = ?2, changed = ?3, hash = ?4, kind = ?5,"
        " failure = ?6, seconds = ?7, tempo = ?8, loudness = ?9, gain = ?10, tonic = ?11,"
        " minor = ?12, title = ?13, artist = ?14, album = ?15, genre = ?16, features = ?17,"
        " model = ?18, present = 1 RETURNING id",
        error);
    int status = scan->insert ? 0 : -1;
    AnalystWork work = {.paths = scan->paths,
                        .count = scan->n_jobs,
                        .children = scan->settings->children,
                        .seconds = ANALYST_SECONDS,
                        .take = take,
                        .context = scan,
                        .stopped = stopped};
    if (!status && scan->n_jobs)
        status = analyst_read(&work, error);
    if (!status && scan->failed)
        status = error_set(error, "%s", scan->failure.message);
    progress_end(scan->settings->progress);
    statement_end(scan->insert);
    return status;
}

/* ------------------------------------------------------------------ after all files */

static int compare_ids(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Marks which songs are there: those met, and of those not met none. */
static int mark_present(Scan *scan, Error *error) {
    qsort(scan->ids, (size_t)scan->walk.count, sizeof *scan->ids, compare_ids);
    Statement *row = statement_begin(scan->database, "SELECT id, present FROM songs", error);
    Statement *mark =
        statement_begin(scan->database, "UPDATE songs SET present = ?2 WHERE id = ?1", error);
    int status = row && mark ? 1 : -1;
    while (status > 0 && (status = statement_next(row, error)) > 0) {
        int64_t id = statement_integer(row, 0);
        bool met =
            bsearch(&id, scan->ids, (size_t)scan->walk.count, sizeof *scan->ids, compare_ids);
        scan->report->songs += met;
        scan->report->gone += !met;
        if (met == (statement_integer(row, 1) != 0))
            continue;
        statement_bind_integer(mark, 1, id);
        statement_bind_integer(mark, 2, met);
        if (statement_run(mark, error))
            status = -1;
    }
    statement_end(row);
    statement_end(mark);
    return status;
}

static int estimate_song(Scan *scan, Statement *row, Statement *mark, Error *error) {
    const MoodModel *model = scan->settings->model;
    MoodSource kind = statement_integer(row, 1) ? MOOD_FROM_SOUND : MOOD_FROM_NOTES;
    int64_t id = statement_integer(row, 0);
    size_t size, expected = kind == MOOD_FROM_SOUND ? AUDIO_FEATURES : MUSIC_FEATURES;
    float features[MUSIC_FEATURES];
    const void *bytes = statement_blob(row, 2, &size);
    if (size == expected * sizeof *features && mood_model_knows(model, kind)) {
        memcpy(features, bytes, size);
        if (save_estimate(scan, id, kind, features, error))
            return -1;
    }
    statement_bind_integer(mark, 1, id);
    statement_bind_integer(mark, 2, (int64_t)mood_model_number(model));
    return statement_run(mark, error);
}

/* Renews some of what another mood model has estimated, of the songs after `*last`; returns how
 * many songs, or -1. */
static int estimate_some(Scan *scan, int64_t *last, Error *error) {
    Statement *row = statement_begin(scan->database,
                                     "SELECT id, kind, features FROM songs"
                                     " WHERE model <> ?1 AND id > ?2 ORDER BY id LIMIT 256",
                                     error);
    Statement *mark =
        statement_begin(scan->database, "UPDATE songs SET model = ?2 WHERE id = ?1", error);
    int status = row && mark ? 1 : -1, count = 0;
    if (row) {
        statement_bind_integer(row, 1, (int64_t)mood_model_number(scan->settings->model));
        statement_bind_integer(row, 2, *last);
    }
    for (; status > 0 && (status = statement_next(row, error)) > 0; count++) {
        *last = statement_integer(row, 0);
        if (estimate_song(scan, row, mark, error))
            status = -1;
    }
    statement_end(row);
    statement_end(mark);
    return status < 0 ? -1 : count;
}

static int estimate_anew(Scan *scan, Error *error) {
    const double gap = 0.2; /* seconds; who waits looks every tenth */
    int64_t last = 0;
    int count = 1;
    while (count > 0 && !told_to_stop(scan)) {
        if (write_on(scan, error))
            return -1;
        count = estimate_some(scan, &last, error);
        if (count > 0 && let_others_write(scan, error))
            return -1;
        if (!scan->writing)
            clock_sleep(gap);
    }
    return count < 0 ? -1 : 0;
}

static int update(Scan *scan, Error *error) {
    int status = compare(scan, error) || find_moved(scan, error) ? -1 : 0;
    if (!status)
        status = read_jobs(scan, error);
    if (!status)
        status = write_on(scan, error);
    scan->report->stopped = told_to_stop(scan);
    if (!status && !scan->report->stopped)
        status = mark_present(scan, error);
    if (!status)
        status = estimate_anew(scan, error);
    if (!status)
        return write_out(scan, error);
    int rolled = scan->writing ? database_run(scan->database, "ROLLBACK", NULL) : 0;
    (void)rolled; /* the failure before it is the one to tell */
    return -1;
}

int library_scan(Library *library, const ScanSettings *settings, ScanReport *report, Error *error) {
    *report = (ScanReport){0};
    Scan scan = {.library = library,
                 .database = library_database(library),
                 .settings = settings,
                 .report = report};
    int status = read_roots(&scan, error);
    if (!status)
        status = walk_roots(&scan, error);
    size_t room = (size_t)scan.walk.count + 1;
    scan.ids = calloc(room, sizeof *scan.ids);
    scan.changed = calloc(room, sizeof *scan.changed);
    scan.jobs = calloc(room, sizeof *scan.jobs);
    scan.paths = calloc(room, sizeof *scan.paths);
    if (!status && (!scan.ids || !scan.changed || !scan.jobs || !scan.paths))
        status = error_memory(error, "a scan", room * sizeof *scan.ids);
    if (!status)
        status = prepare_forgetting(&scan, error);
    if (!status)
        status = update(&scan, error);
    for (int i = 0; i < 2; i++)
        statement_end(scan.forget[i]);
    for (int i = 0; i < scan.n_roots; i++)
        free(scan.roots[i].path);
    free(scan.roots);
    free(scan.ids);
    free(scan.changed);
    free(scan.jobs);
    free((void *)scan.paths);
    walk_free(&scan.walk);
    return status;
}
