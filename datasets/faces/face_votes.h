/* face_votes.h: the votes of several annotators on each face, besides its single label.
 *
 * FER+ (Barsoum, Zhang, Canton Ferrer and Zhang 2016, "Training deep networks for facial expression
 * recognition with crowd-sourced label distribution") had ten annotators vote on each face of
 * FER2013: its seven emotions, contempt, "unknown" or "no face". */
#ifndef DATASETS_FACES_FACE_VOTES_H
#define DATASETS_FACES_FACE_VOTES_H

#include "datasets/faces/face_set.h"

/* The choices: an Emotion, or none of the seven. */
enum {
    FACE_VOTES_CONTEMPT = EMOTION_COUNT,
    FACE_VOTES_UNKNOWN,
    FACE_VOTES_NO_FACE,
    FACE_VOTES_CHOICES
};

typedef struct FaceVotes {
    uint32_t count;                       /* faces: the first ones of the set they were read for */
    uint8_t (*votes)[FACE_VOTES_CHOICES]; /* (count, 10) */
} FaceVotes;

/* Reads a CSV table whose rows are the set's first faces in their order: columns of votes under the
 * emotions' names (any that emotion.h knows), `contempt`, `unknown` and `NF`, and a column `usage`
 * that must agree with the set. fer2013new.csv of FER+ is one, for the rows of Kaggle's
 * fer2013.csv. A table of many faces whose voters agree with fewer than a third of the labels is in
 * another order, and refused. Caller destroys; NULL after an error. */
FaceVotes *face_votes_load(const char *path, const FaceSet *set, Error *error);
void face_votes_destroy(FaceVotes *votes);

/* The outcome of the votes on a face. What they choose is their majority, here and elsewhere: more
 * votes than for any other choice. */
typedef struct FaceVerdict {
    int votes, most; /* of all choices; of the choice with the most */
    int for_emotions;
    int choice; /* the one with the most votes; -1 on a tie */
} FaceVerdict;

static inline bool face_verdict_is_emotion(const FaceVerdict *verdict) {
    return verdict->choice >= 0 && verdict->choice < EMOTION_COUNT;
}

/* The verdict on face `index`; without votes for a face beyond the table. */
FaceVerdict face_votes_verdict(const FaceVotes *votes, uint32_t index);

/* Writes each emotion's share of the votes for emotions, of a face that has such votes. */
void face_votes_shares(const FaceVotes *votes, uint32_t index, float shares[EMOTION_COUNT]);

/* A fingerprint: shows whether two runs used the same votes. */
uint64_t face_votes_checksum(const FaceVotes *votes);

#endif
