/* face_votes.h: what several people see in each face, beside its one label.
 *
 * FER+ (Barsoum, Zhang, Canton Ferrer and Zhang 2016, "Training deep networks for facial expression
 * recognition with crowd-sourced label distribution") had ten people vote on each face of FER2013:
 * its seven emotions, contempt, "unknown" or "no face". */
#ifndef DATASETS_FACES_FACE_VOTES_H
#define DATASETS_FACES_FACE_VOTES_H

#include "datasets/faces/face_set.h"

/* What can be voted for: an Emotion, or none of the seven. */
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
 * that must agree with the set. fer2013new.csv of FER+ is one. Caller destroys; NULL after an
 * error. */
FaceVotes *face_votes_load(const char *path, const FaceSet *set, Error *error);
void face_votes_destroy(FaceVotes *votes);

/* What the voters made of a face. */
typedef struct FaceVerdict {
    int votes, most; /* of all choices; of the choice that has most */
    int for_emotions;
    int choice; /* that most are for; -1 when two have as many */
} FaceVerdict;

static inline bool face_verdict_is_emotion(const FaceVerdict *verdict) {
    return verdict->choice >= 0 && verdict->choice < EMOTION_COUNT;
}

/* The verdict on face `index`; without votes for a face that the table does not reach. */
FaceVerdict face_votes_verdict(const FaceVotes *votes, uint32_t index);

/* Writes each emotion's share of the votes for emotions, of a face that has such votes. */
void face_votes_shares(const FaceVotes *votes, uint32_t index, float shares[EMOTION_COUNT]);

/* A fingerprint: tells whether two runs saw the same votes. */
uint64_t face_votes_checksum(const FaceVotes *votes);

#endif
