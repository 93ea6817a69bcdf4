/* votes MODEL DATA VOTES.csv THREADS: how the model's answers for PrivateTest agree with the data's
 * labels and with what FER+'s voters say of the same faces. Prints JSON.
 *
 * VOTES has a row for each row of the data, in the same order, with a column of votes for each
 * emotion and for `contempt`, `unknown` and `NF` (no face); a row without votes counts nowhere. */
#include "datasets/faces/face_load.h"
#include "datasets/media/csv.h"
#include "infer/evaluate/evaluation.h"
#include "nn/base/threads.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NO_EMOTION = EMOTION_COUNT, CHOICES };

/* What the voters made of a face. */
typedef struct Verdict {
    int votes, most;
    int choice; /* that most are for: an Emotion, or NO_EMOTION; -1 when two have as many */
} Verdict;

typedef enum Group {
    ALL,
    MAJORITY_IS_LABEL,
    MAJORITY_IS_OTHER,
    MAJORITY_IS_NO_EMOTION,
    NO_MAJORITY,
    NINE_OF_TEN, /* these three of those whose majority is an emotion */
    SEVEN_OF_TEN,
    FEWER,
    GROUPS
} Group;

static const char *const group_names[GROUPS] = {"all",         "same", "other", "no_emotion",
                                                "no_majority", "nine", "seven", "fewer"};

typedef struct Tally {
    int faces, right_by_label;
    int with_emotion; /* those whose majority is an emotion; the next two are of them */
    int right_by_majority, label_is_majority;
} Tally;

/* ------------------------------------------------------------------ votes */

static int choice_of_column(const char *name) {
    bool none =
        !strcasecmp(name, "contempt") || !strcasecmp(name, "unknown") || !strcasecmp(name, "NF");
    return none ? NO_EMOTION : emotion_from_name(name);
}

static Verdict judge(const CsvTable *table, int row) {
    Verdict verdict = {.choice = -1};
    for (int column = 0; column < table->n_columns; column++) {
        int choice = choice_of_column(table->names[column]);
        int votes = choice < 0 ? 0 : atoi(csv_cell(table, row, column));
        verdict.votes += votes;
        if (votes > verdict.most) {
            verdict.most = votes;
            verdict.choice = choice;
        } else if (votes && votes == verdict.most) {
            verdict.choice = -1;
        }
    }
    return verdict;
}

/* The votes must be of this file: every row of the same split, as far as they tell. */
static int check_rows(const CsvTable *table, const FaceSet *set, Error *error) {
    int usage = csv_column(table, "usage"), column = usage < 0 ? csv_column(table, "Usage") : usage;
    if ((uint32_t)table->n_rows != set->count)
        return error_set(error, "%s has %d rows, the data %u", table->path, table->n_rows,
                         set->count);
    for (int row = 0; row < table->n_rows; row++)
        if (face_split_from_name(csv_cell(table, row, column)) != set->splits[row])
            return error_set(error, "%s:%d: its usage is not that of the data's row %d",
                             table->path, table->lines[row], row + 1);
    return 0;
}

/* ------------------------------------------------------------------ tallies */

static bool belongs(Group group, const Verdict *verdict, Emotion label) {
    bool emotion = verdict->choice >= 0 && verdict->choice < EMOTION_COUNT;
    switch (group) {
    case ALL:
        return true;
    case MAJORITY_IS_LABEL:
        return verdict->choice == (int)label;
    case MAJORITY_IS_OTHER:
        return emotion && verdict->choice != (int)label;
    case MAJORITY_IS_NO_EMOTION:
        return verdict->choice == NO_EMOTION;
    case NO_MAJORITY:
        return verdict->choice < 0;
    case NINE_OF_TEN:
        return emotion && 10 * verdict->most >= 9 * verdict->votes;
    case SEVEN_OF_TEN:
        return emotion && 10 * verdict->most >= 7 * verdict->votes &&
               10 * verdict->most < 9 * verdict->votes;
    case FEWER:
        return emotion && 10 * verdict->most < 7 * verdict->votes;
    case GROUPS:
        break;
    }
    return false;
}

static void count(Tally *tally, const Verdict *verdict, Emotion label, Emotion answer) {
    tally->faces++;
    tally->right_by_label += answer == label;
    if (verdict->choice < 0 || verdict->choice == NO_EMOTION)
        return;
    tally->with_emotion++;
    tally->right_by_majority += (int)answer == verdict->choice;
    tally->label_is_majority += (int)label == verdict->choice;
}

static void count_all(const Evaluation *evaluation, const CsvTable *table, Tally tallies[GROUPS]) {
    for (uint32_t i = 0; i < evaluation->count; i++) {
        Verdict verdict = judge(table, (int)evaluation->indices[i]);
        Emotion label = (Emotion)evaluation->labels[i],
                answer = emotion_most_probable(evaluation->probabilities + i * EMOTION_COUNT);
        for (int group = 0; group < GROUPS && verdict.votes; group++)
            if (belongs((Group)group, &verdict, label))
                count(&tallies[group], &verdict, label, answer);
    }
}

static json_t *share(int part, int whole) {
    return whole ? json_real((double)part / whole) : json_null();
}

static void print(const Tally tallies[GROUPS]) {
    json_t *object = json_object();
    for (int group = 0; group < GROUPS; group++) {
        const Tally *tally = &tallies[group];
        json_object_set_new(
            object, group_names[group],
            json_pack("{s:i, s:i, s:o, s:o, s:o}", "faces", tally->faces, "with_emotion",
                      tally->with_emotion, "by_label", share(tally->right_by_label, tally->faces),
                      "by_majority", share(tally->right_by_majority, tally->with_emotion),
                      "label_is_majority", share(tally->label_is_majority, tally->with_emotion)));
    }
    json_dumpf(object, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    printf("\n");
    json_decref(object);
}

static int compare(const Evaluation *evaluation, const FaceSet *set, const char *votes,
                   Error *error) {
    Arena *arena = arena_create();
    CsvTable table;
    Tally tallies[GROUPS] = {{0}};
    int status = -1;
    if (arena && !csv_read(votes, arena, &table, error) && !check_rows(&table, set, error)) {
        count_all(evaluation, &table, tallies);
        print(tallies);
        status = 0;
    }
    arena_destroy(arena);
    return status;
}

int main(int argc, char **argv) {
    Error error = {"out of memory"};
    if (argc != 5) {
        fprintf(stderr, "usage: votes MODEL DATA VOTES.csv THREADS\n");
        return EXIT_FAILURE;
    }
    threads_use(atoi(argv[4]));
    FaceModel *model = face_model_load(argv[1], &error);
    FaceSet *set =
        model ? face_load(argv[2], (FaceLoadOptions){.unsplit = FACE_PRIVATE_TEST}, &error) : NULL;
    Evaluation *evaluation = set ? evaluation_run(model, set, FACE_PRIVATE_TEST, FACE_VIEWS_ONE,
                                                  EVALUATION_BATCH, true, &error)
                                 : NULL;
    int status = evaluation ? compare(evaluation, set, argv[3], &error) : -1;
    evaluation_destroy(evaluation);
    face_set_destroy(set);
    face_model_destroy(model);
    if (status)
        fprintf(stderr, "votes: %s\n", error.message);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
