/* bad_inputs.h: what a reader does with rows and files that it cannot use: stop at the first, or
 * leave them out, count them and list them in a file. */
#ifndef DATASETS_MEDIA_BAD_INPUTS_H
#define DATASETS_MEDIA_BAD_INPUTS_H

#include "nn/base/file.h"

#include <stdint.h>

typedef struct BadInputs {
    bool skip;         /* leave them out */
    uint32_t count;    /* seen so far */
    const char *path;  /* of the list; NULL for none */
    FileWriter writer; /* of the list */
    Error first;
} BadInputs;

/* Begins; `path`, if not NULL, names a text file that is to list every bad row or file, a line of
 * the message each, control characters escaped. `path` must outlive the list. */
int bad_inputs_begin(BadInputs *bad, bool skip, const char *path, Error *error) MUST_CHECK;

/* Whether the reader must say what is wrong with each bad input (bad_inputs_add); else it may leave
 * them out without a word. Of NULL, which stops at the first, true. */
bool bad_inputs_need_words(const BadInputs *bad);

/* Takes in one bad input and what is wrong with it. Returns 0 when the reader is to go on without
 * it; -1 when it is to stop (neither skipped nor listed), with the message in `error`. */
int bad_inputs_add(BadInputs *bad, const Error *what, Error *error) MUST_CHECK;

/* Ends after the reader has returned `status`: writes the list, also an empty one. Returns -1 after
 * a failure of the reader, or of the list, or when bad inputs were listed but not to be skipped. */
int bad_inputs_end(BadInputs *bad, int status, Error *error) MUST_CHECK;

#endif
