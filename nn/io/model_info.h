/* model_info.h: a network's dimensions and settings in the metadata of its file.
 *
 * A network keeps its info in a struct and describes each number in one row; writing and reading
 * both use that table. The file's `kind` names the network. */
#ifndef NN_IO_MODEL_INFO_H
#define NN_IO_MODEL_INFO_H

#include "nn/io/safetensors.h"

typedef struct ModelField {
    const char *key; /* in the metadata */
    size_t offset;   /* of the int or float in the info struct */
    bool is_float;
    double low, high; /* the range allowed in a file */
    bool optional;    /* a file without it leaves the value as it is */
} ModelField;

#define MODEL_INTEGER(S, field, low, high)                                                         \
    { #field, offsetof(S, field), false, low, high, false }
#define MODEL_FLOAT(S, field, low, high)                                                           \
    { #field, offsetof(S, field), true, low, high, false }
#define MODEL_OPTIONAL_FLOAT(S, field, low, high)                                                  \
    { #field, offsetof(S, field), true, low, high, true }

/* Metadata for safetensors_save: a copy of `extra` (NULL for none) with `kind` and the info's `n`
 * fields. Caller decrefs. */
json_t *model_info_metadata(const json_t *extra, const char *kind, const ModelField *fields, int n,
                            const void *info);

/* Fills the info from the file's metadata. Fails when the file is of another kind or a number is
 * missing or out of range. */
int model_info_read(const SafetensorsFile *file, const char *kind, const ModelField *fields, int n,
                    void *info, Error *error) MUST_CHECK;

#endif
