/* Any bytes as a table of votes on four faces: read or refused; the shares of a face's votes for
 * emotions add up to 1. */
#include "datasets/faces/face_votes.h"
#include "tests/fuzz/input_file.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { FACES = 4 };

static void check(const FaceVotes *votes) {
    if (votes->count > FACES)
        abort();
    for (uint32_t face = 0; face < FACES; face++) {
        FaceVerdict verdict = face_votes_verdict(votes, face);
        float shares[EMOTION_COUNT], sum = 0;
        if (verdict.for_emotions > verdict.votes || verdict.most > verdict.votes ||
            verdict.choice >= FACE_VOTES_CHOICES)
            abort();
        if (!verdict.for_emotions)
            continue;
        face_votes_shares(votes, face, shares);
        for (int i = 0; i < EMOTION_COUNT; i++)
            sum += shares[i];
        if (!(fabsf(sum - 1) < 1e-4f))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const uint8_t blank[FACE_PIXELS];
    Error error;
    FaceSet *set = face_set_create(&error);
    for (int i = 0; i < FACES; i++)
        if (!set || face_set_append(set, blank, EMOTION_HAPPY,
                                    i < 2 ? FACE_TRAINING : FACE_PUBLIC_TEST, &error))
            abort();
    InputFile input = input_file_open(bytes, size);
    FaceVotes *votes = face_votes_load(input.path, set, &error);
    if (votes)
        check(votes);
    face_votes_destroy(votes);
    face_set_destroy(set);
    input_file_close(&input);
    return 0;
}
