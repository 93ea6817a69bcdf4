/* votes MODEL DATA VOTES.csv THREADS: how the model's answers for PrivateTest agree with the data's
 * labels and with what FER+'s voters say of the same faces. Prints JSON.
 *
 * VOTES is a table as face_votes.h describes; a face without votes counts nowhere. */
#include "datasets/faces/face_load.h"
#include "datasets/faces/face_votes.h"
#include "infer/evaluate/evaluation.h"
#include "nn/base/threads.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
    double
        cross_entropy; /* sum of -Σ share log probability over them, and the same of the shares */
    double entropy;
} Tally;

/* ------------------------------------------------------------------ tallies */

static bool belongs(Group group, const FaceVerdict *verdict, Emotion label) {
    bool emotion = face_verdict_is_emotion(verdict);
    switch (group) {
    case ALL:
        return true;
    case MAJORITY_IS_LABEL:
        return verdict->choice == (int)label;
    case MAJORITY_IS_OTHER:
        return emotion && verdict->choice != (int)label;
    case MAJORITY_IS_NO_EMOTION:
        return verdict->choice >= EMOTION_COUNT;
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

/* What is said of one face. */
typedef struct Answer {
    FaceVerdict verdict;
    Emotion label;
    const float *probabilities;  /* the model's */
    float shares[EMOTION_COUNT]; /* of the votes for emotions, where there are any */
} Answer;

static void count(Tally *tally, const Answer *answer) {
    const float least = 1e-7f; /* of a probability, as far as its cost goes */
    Emotion answered = emotion_most_probable(answer->probabilities);
    int majority = answer->verdict.choice;
    tally->faces++;
    tally->right_by_label += answered == answer->label;
    if (!face_verdict_is_emotion(&answer->verdict))
        return;
    tally->with_emotion++;
    tally->right_by_majority += (int)answered == majority;
    tally->label_is_majority += (int)answer->label == majority;
    for (int code = 0; code < EMOTION_COUNT; code++) {
        double share = (double)answer->shares[code];
        tally->cross_entropy -= share * log((double)fmaxf(answer->probabilities[code], least));
        tally->entropy -= share > 0 ? share * log(share) : 0;
    }
}

static void count_all(const Evaluation *evaluation, const FaceVotes *votes, Tally tallies[GROUPS]) {
    for (uint32_t i = 0; i < evaluation->count; i++) {
        uint32_t face = evaluation->indices[i];
        Answer answer = {.verdict = face_votes_verdict(votes, face),
                         .label = (Emotion)evaluation->labels[i],
                         .probabilities = evaluation->probabilities + (size_t)i * EMOTION_COUNT};
        if (answer.verdict.for_emotions)
            face_votes_shares(votes, face, answer.shares);
        for (int group = 0; group < GROUPS && answer.verdict.votes; group++)
            if (belongs((Group)group, &answer.verdict, answer.label))
                count(&tallies[group], &answer);
    }
}

static json_t *share(int part, int whole) {
    return whole ? json_real((double)part / whole) : json_null();
}

static json_t *mean(double sum, int count) {
    return count ? json_real(sum / count) : json_null();
}

static void print(const Tally tallies[GROUPS]) {
    json_t *object = json_object();
    for (int group = 0; group < GROUPS; group++) {
        const Tally *tally = &tallies[group];
        json_object_set_new(
            object, group_names[group],
            json_pack("{s:i, s:i, s:o, s:o, s:o, s:o, s:o}", "faces", tally->faces, "with_emotion",
                      tally->with_emotion, "by_label", share(tally->right_by_label, tally->faces),
                      "by_majority", share(tally->right_by_majority, tally->with_emotion),
                      "label_is_majority", share(tally->label_is_majority, tally->with_emotion),
                      "cross_entropy", mean(tally->cross_entropy, tally->with_emotion), "entropy",
                      mean(tally->entropy, tally->with_emotion)));
    }
    json_dumpf(object, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    printf("\n");
    json_decref(object);
}

static int compare(const Evaluation *evaluation, const FaceSet *set, const char *path,
                   Error *error) {
    FaceVotes *votes = face_votes_load(path, set, error);
    if (!votes)
        return -1;
    Tally tallies[GROUPS] = {{0}};
    count_all(evaluation, votes, tallies);
    print(tallies);
    face_votes_destroy(votes);
    return 0;
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
