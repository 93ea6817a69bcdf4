/* safetensors.h: model files and checkpoints.
 *
 * The format (https://github.com/huggingface/safetensors): 8 bytes little-endian header length N; N
 * bytes of JSON, {"name": {"dtype": "F32", "shape": [...], "data_offsets": [begin, end]}, ...,
 * "__metadata__": {string: string}}; then the data, row-major, little-endian, without gaps. Any
 * tool that reads the format reads our weights under PyTorch's names and shapes.
 *
 * The reader trusts nothing: lengths, offsets, shapes and types are checked against the file before
 * anything is allocated or read. */
#ifndef NN_IO_SAFETENSORS_H
#define NN_IO_SAFETENSORS_H

#include "nn/core/parameters.h"

#include <jansson.h>

/* ---- writing ---- */

/* The precision of stored weights. Half rounds the trained weights to F16 for half the size;
 * biases, norms and buffers, which are small, stay F32. */
typedef enum SafetensorsPrecision { SAFETENSORS_FULL, SAFETENSORS_HALF } SafetensorsPrecision;

/* Writes the tensors of the `n_groups` collections (NULL ones are skipped; names unique over all)
 * and `metadata`, a JSON object whose values are strings. The file is written completely or not at
 * all. */
int safetensors_save(const char *path, SafetensorsPrecision precision, int n_groups,
                     const Parameters *const *groups, const json_t *metadata,
                     Error *error) MUST_CHECK;

/* Rounds the values in memory to the precision of such a file. */
void safetensors_round(Parameters *parameters, SafetensorsPrecision precision);

/* ---- reading ---- */

typedef struct SafetensorsFile SafetensorsFile;

/* Opens and checks a file; free with safetensors_close. NULL after an error. */
SafetensorsFile *safetensors_open(const char *path, Error *error);
/* The same from bytes in memory, which must outlive the result; `name` is for messages. */
SafetensorsFile *safetensors_open_bytes(const unsigned char *bytes, size_t size, const char *name,
                                        Error *error);
void safetensors_close(SafetensorsFile *file);

/* A file's entry for one of its tensors. */
typedef struct SafetensorsEntry {
    const char *name, *dtype;
    Shape shape;
    const unsigned char *bytes; /* little-endian, inside the open file; any alignment */
    size_t n_bytes;
} SafetensorsEntry;

int safetensors_count(const SafetensorsFile *file);
const SafetensorsEntry *safetensors_at(const SafetensorsFile *file, int i);
const SafetensorsEntry *safetensors_find(const SafetensorsFile *file, const char *name);

/* Whether the tensor's type is one that networks use: F32 or F16. */
bool safetensors_is_float(const SafetensorsEntry *entry);
/* Element i of such a tensor. */
float safetensors_value(const SafetensorsEntry *entry, size_t i);

/* Fails unless the metadata's `kind` is this one; the message says what the file is instead. */
int safetensors_expect_kind(const SafetensorsFile *file, const char *kind, Error *error) MUST_CHECK;
/* The metadata value of that key, or NULL. */
const char *safetensors_metadata(const SafetensorsFile *file, const char *key);
/* The metadata value of that key as a number from low to high; fails when it is missing or not a
 * number. */
int safetensors_number(const SafetensorsFile *file, const char *key, double low, double high,
                       double *value, Error *error) MUST_CHECK;
/* All metadata: an object of strings (empty where the file has none), owned by `file`. */
const json_t *safetensors_all_metadata(const SafetensorsFile *file);
/* The name or path it was opened under. */
const char *safetensors_name(const SafetensorsFile *file);

/* Fills every tensor of `parameters` from the file's tensor of the same name and shape and of
 * type F32 or F16. Fails, leaving some filled, on the first that is missing or differs. Others in
 * the file are ignored. */
int safetensors_read(const SafetensorsFile *file, Parameters *parameters, Error *error) MUST_CHECK;

#endif
