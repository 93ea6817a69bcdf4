#include "datasets/faces/face_votes.h"

#include "datasets/media/csv.h"
#include "nn/base/fnv1a.h"

#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

/* Faces with a majority, from which on it tells whether the rows are of the same faces. */
enum { ENOUGH_TO_JUDGE = 200 };

/* What a column holds votes for; -1: none. */
static int choice_of_column(const char *name) {
    static const char *const others[] = {"contempt", "unknown", "NF"};
    for (int i = 0; i < FACE_VOTES_CHOICES - EMOTION_COUNT; i++)
        if (!strcasecmp(name, others[i]))
            return FACE_VOTES_CONTEMPT + i;
    return emotion_from_name(name);
}

static int usage_column(const CsvTable *table) {
    int column = csv_column(table, "usage");
    return column < 0 ? csv_column(table, "Usage") : column;
}

/* The table must be of this set: every row of the same split. */
static int check_rows(const CsvTable *table, const FaceSet *set, Error *error) {
    int usage = usage_column(table);
    if (usage < 0)
        return error_set(error, "%s:1: no column 'usage', which tells each face's split",
                         table->path);
    if (set->skipped || (uint32_t)table->n_rows > set->count)
        return error_set(error,
                         "%s: votes on %d faces, the data has %" PRIu32 " and left out %" PRIu32
                         "; expected a row for each face",
                         table->path, table->n_rows, set->count, set->skipped);
    for (int row = 0; row < table->n_rows; row++)
        if (face_split_from_name(csv_cell(table, row, usage)) != set->splits[row])
            return error_set(error, "%s:%d: usage '%s', but face %d of the data is of %s",
                             table->path, table->lines[row], csv_cell(table, row, usage), row + 1,
                             face_split_name((FaceSplit)set->splits[row]));
    return 0;
}

/* An empty cell is no vote. */
static int read_cell(const CsvTable *table, int row, int column, uint8_t *votes, Error *error) {
    const char *cell = csv_cell(table, row, column);
    char *end;
    long number = *cell ? strtol(cell, &end, 10) : 0;
    if (*cell && (*end || number < 0 || number > UINT8_MAX - *votes))
        return error_set(error, "%s:%d: '%s' votes for %s, expected 0 to %d in all", table->path,
                         table->lines[row], cell, table->names[column], UINT8_MAX);
    *votes = (uint8_t)(*votes + number);
    return 0;
}

static int read_column(const CsvTable *table, int column, FaceVotes *votes, Error *error) {
    int choice = choice_of_column(table->names[column]);
    for (int row = 0; row < table->n_rows && choice >= 0; row++)
        if (read_cell(table, row, column, &votes->votes[row][choice], error))
            return -1;
    return 0;
}

static int read_columns(const CsvTable *table, FaceVotes *votes, Error *error) {
    bool known = false;
    for (int column = 0; column < table->n_columns; column++) {
        known |= choice_of_column(table->names[column]) >= 0;
        if (read_column(table, column, votes, error))
            return -1;
    }
    return known ? 0
                 : error_set(
                       error,
                       "%s:1: no column is named after an emotion, so this is not a file of votes",
                       table->path);
}

/* Voters and labels differ on many faces, but on most only where the rows are of other faces. */
static int check_order(const CsvTable *table, const FaceVotes *votes, const FaceSet *set,
                       Error *error) {
    uint32_t judged = 0, alike = 0;
    for (uint32_t i = 0; i < votes->count; i++) {
        FaceVerdict verdict = face_votes_verdict(votes, i);
        judged += face_verdict_is_emotion(&verdict);
        alike += verdict.choice == set->labels[i];
    }
    return judged < ENOUGH_TO_JUDGE || 3 * alike >= judged
               ? 0
               : error_set(error,
                           "%s: the votes agree with the labels of %" PRIu32 " of %" PRIu32
                           " faces; are its rows in the order of the data?",
                           table->path, alike, judged);
}

static FaceVotes *from_table(const CsvTable *table, const FaceSet *set, Error *error) {
    if (check_rows(table, set, error))
        return NULL;
    FaceVotes *votes = calloc(1, sizeof *votes);
    if (votes) {
        votes->count = (uint32_t)table->n_rows;
        votes->votes = calloc((size_t)table->n_rows + 1, sizeof *votes->votes);
    }
    if (!votes || !votes->votes) {
        face_votes_destroy(votes);
        error_memory(error, "the votes", (unsigned long long)table->n_rows * FACE_VOTES_CHOICES);
        return NULL;
    }
    if (read_columns(table, votes, error) || check_order(table, votes, set, error)) {
        face_votes_destroy(votes);
        return NULL;
    }
    return votes;
}

FaceVotes *face_votes_load(const char *path, const FaceSet *set, Error *error) {
    Arena *arena = arena_create();
    CsvTable table;
    FaceVotes *votes = NULL;
    if (!arena)
        error_memory(error, "the votes", 0);
    else if (!csv_read(path, arena, &table, error))
        votes = from_table(&table, set, error);
    arena_destroy(arena);
    return votes;
}

void face_votes_destroy(FaceVotes *votes) {
    if (!votes)
        return;
    free(votes->votes);
    free(votes);
}

FaceVerdict face_votes_verdict(const FaceVotes *votes, uint32_t index) {
    FaceVerdict verdict = {.choice = -1};
    for (int choice = 0; choice < FACE_VOTES_CHOICES && index < votes->count; choice++) {
        int count = votes->votes[index][choice];
        verdict.votes += count;
        verdict.for_emotions += choice < EMOTION_COUNT ? count : 0;
        if (count > verdict.most) {
            verdict.most = count;
            verdict.choice = choice;
        } else if (count && count == verdict.most) {
            verdict.choice = -1;
        }
    }
    return verdict;
}

void face_votes_shares(const FaceVotes *votes, uint32_t index, float shares[EMOTION_COUNT]) {
    int whole = face_votes_verdict(votes, index).for_emotions;
    for (int code = 0; code < EMOTION_COUNT; code++)
        shares[code] = (float)votes->votes[index][code] / (float)whole;
}

uint64_t face_votes_checksum(const FaceVotes *votes) {
    return fnv1a(FNV1A_START, votes->votes, (size_t)votes->count * sizeof *votes->votes);
}
