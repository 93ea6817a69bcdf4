/* bad_inputs.h: how a reader handles unusable rows and files: it stops at the first, or skips,
 * counts and lists them in a file. */
#ifndef DATASETS_MEDIA_BAD_INPUTS_H
#define DATASETS_MEDIA_BAD_INPUTS_H

#include "nn/io/file.h"

#include <stdint.h>

typedef struct BadInputs {
    bool skip;         /* skip them */
    uint32_t count;    /* seen so far */
    const char *path;  /* of the list; NULL for none */
    FileWriter writer; /* of the list */
    Error first;
} BadInputs;

/* Initialises; `path`, if not NULL, names a text file to list every bad row or file in, one line
 * each, control characters escaped. `path` must outlive the list. */
int bad_inputs_begin(BadInputs *bad, bool skip, const char *path, Error *error) MUST_CHECK;

/* Whether the reader must report what is wrong with each bad input (bad_inputs_add); else it may
 * skip them silently. True for NULL, which stops at the first. */
bool bad_inputs_need_words(const BadInputs *bad);

/* Adds a bad input with its message. Returns 0 when the reader should continue without it; -1 when
 * it should stop (neither skipped nor listed), with the message in `error`. */
int bad_inputs_add(BadInputs *bad, const Error *what, Error *error) MUST_CHECK;

/* Finishes after the reader has returned `status`: writes the list, even if empty. Returns -1 if
 * the reader or the list failed, or if bad inputs were listed but should not be skipped. */
int bad_inputs_end(BadInputs *bad, int status, Error *error) MUST_CHECK;

#endif
