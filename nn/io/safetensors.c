#include "nn/io/safetensors.h"

#include "nn/base/float16.h"
#include "nn/base/number.h"
#include "nn/io/file.h"
#include "nn/io/file_kind.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#    error "safetensors data is little-endian and is read and written as it lies in memory"
#endif

/* The reference implementation refuses longer headers too. */
static const size_t MAX_HEADER = 100000000;
static const size_t MAX_FILE = (size_t)1 << 34;
/* A tensor is an object with three members. Of so many, which no network of ours comes near, the
 * JSON takes a second and 100 MB. */
static const size_t MAX_TENSORS = 100000, MEMBERS_OF_TENSOR = 4;
enum { LENGTH_BYTES = 8 };

/* ------------------------------------------------------------------ writing */

static bool is_half(const Parameter *parameter, SafetensorsPrecision precision) {
    return precision == SAFETENSORS_HALF && parameter->role == PARAMETER_WEIGHT;
}

static json_t *describe(const Tensor *tensor, bool half, size_t begin, size_t end) {
    json_t *sizes = json_array();
    for (int i = 0; i < tensor->shape.n_dims; i++)
        json_array_append_new(sizes, json_integer(tensor->shape.size[i]));
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", half ? "F16" : "F32", "shape", sizes,
                     "data_offsets", (json_int_t)begin, (json_int_t)end);
}

/* The header's JSON, padded with spaces so that the data starts at a multiple of 8; NULL when
 * memory is out. Caller frees. */
static char *make_header(SafetensorsPrecision precision, int n_groups,
                         const Parameters *const *groups, const json_t *metadata, size_t *length) {
    json_t *header = json_object();
    int lost = metadata ? json_object_set(header, "__metadata__", (json_t *)metadata) : 0;
    size_t offset = 0;
    for (int g = 0; g < n_groups; g++)
        for (int i = 0; groups[g] && i < parameters_count(groups[g]); i++) {
            const Parameter *parameter = parameters_at(groups[g], i);
            bool half = is_half(parameter, precision);
            size_t end = offset + tensor_count(&parameter->tensor) *
                                      (half ? sizeof(uint16_t) : sizeof(float));
            lost |= json_object_set_new(header, parameter->tensor.name,
                                        describe(&parameter->tensor, half, offset, end));
            offset = end;
        }
    char *text = lost ? NULL : json_dumps(header, JSON_COMPACT);
    json_decref(header);
    if (!text)
        return NULL;
    size_t used = strlen(text), padded = (used + 7) / 8 * 8;
    char *grown = realloc(text, padded + 1);
    if (!grown) {
        free(text);
        return NULL;
    }
    memset(grown + used, ' ', padded - used);
    *length = padded;
    return grown;
}

static void write_data(FILE *stream, const Tensor *tensor, bool half) {
    size_t count = tensor_count(tensor);
    if (!half) {
        fwrite(tensor->data, sizeof(float), count, stream);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint16_t value = float16_from_float(tensor->data[i]);
        fwrite(&value, sizeof value, 1, stream);
    }
}

int safetensors_save(const char *path, SafetensorsPrecision precision, int n_groups,
                     const Parameters *const *groups, const json_t *metadata, Error *error) {
    size_t length;
    char *header = make_header(precision, n_groups, groups, metadata, &length);
    if (!header)
        return error_memory(error, "a model file's header", 0);
    FileWriter writer;
    if (file_begin(&writer, path, error)) {
        free(header);
        return -1;
    }
    uint64_t n = length;
    fwrite(&n, sizeof n, 1, writer.stream);
    fwrite(header, 1, length, writer.stream);
    free(header);
    for (int g = 0; g < n_groups; g++)
        for (int i = 0; groups[g] && i < parameters_count(groups[g]); i++) {
            const Parameter *parameter = parameters_at(groups[g], i);
            write_data(writer.stream, &parameter->tensor, is_half(parameter, precision));
        }
    return file_commit(&writer, error); /* which also sees an error of any write before */
}

void safetensors_round(Parameters *parameters, SafetensorsPrecision precision) {
    for (int i = 0; i < parameters_count(parameters); i++) {
        Parameter *parameter = parameters_at(parameters, i);
        size_t count = is_half(parameter, precision) ? tensor_count(&parameter->tensor) : 0;
        float *data = parameter->tensor.data;
        for (size_t j = 0; j < count; j++)
            data[j] = float16_to_float(float16_from_float(data[j]));
    }
}

/* ------------------------------------------------------------------ reading */

struct SafetensorsFile {
    char name[512];
    unsigned char *owned; /* the file's bytes when read from disk */
    const unsigned char *data;
    size_t data_size;
    json_t *header, *metadata;
    SafetensorsEntry *entries, **by_name;
    int count;
};

static const struct {
    const char *name;
    int size;
} dtypes[] = {{"F64", 8}, {"F32", 4}, {"F16", 2},  {"BF16", 2},    {"I64", 8},
              {"I32", 4}, {"I16", 2}, {"I8", 1},   {"U64", 8},     {"U32", 4},
              {"U16", 2}, {"U8", 1},  {"BOOL", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1}};

static int dtype_size(const char *name) {
    for (size_t i = 0; name && i < sizeof dtypes / sizeof *dtypes; i++)
        if (!strcmp(dtypes[i].name, name))
            return dtypes[i].size;
    return 0;
}

/* Fills the shape from a JSON array; false when it is no array of sizes that we can hold. */
static bool read_shape(const json_t *sizes, Shape *s) {
    if (!json_is_array(sizes) || json_array_size(sizes) > TENSOR_MAX_DIMS)
        return false;
    s->n_dims = (int)json_array_size(sizes);
    for (int i = 0; i < s->n_dims; i++) {
        const json_t *size = json_array_get(sizes, (size_t)i);
        if (!json_is_integer(size) || json_integer_value(size) < 0 ||
            json_integer_value(size) > INT_MAX)
            return false;
        s->size[i] = (int)json_integer_value(size);
    }
    return shape_count(*s) >= 0;
}

static int read_entry(SafetensorsFile *file, const char *name, const json_t *value,
                      SafetensorsEntry *entry, Error *error) {
    const char *dtype = json_string_value(json_object_get(value, "dtype"));
    int element = dtype_size(dtype);
    if (!element)
        return error_set(error, "%s: tensor '%s' has the unknown type '%s'", file->name, name,
                         dtype ? dtype : "");
    Shape s = shape_scalar();
    if (!read_shape(json_object_get(value, "shape"), &s))
        return error_set(error, "%s: tensor '%s' needs a shape of at most %d dimensions",
                         file->name, name, TENSOR_MAX_DIMS);
    const json_t *offsets = json_object_get(value, "data_offsets");
    const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
    if (json_array_size(offsets) != 2 || !json_is_integer(begin) || !json_is_integer(end))
        return error_set(error, "%s: tensor '%s' needs a pair of data_offsets", file->name, name);
    json_int_t from = json_integer_value(begin), to = json_integer_value(end);
    if (from < 0 || to < from || (uint64_t)to > file->data_size)
        return error_set(error,
                         "%s: tensor '%s' lies at bytes %" JSON_INTEGER_FORMAT
                         " … %" JSON_INTEGER_FORMAT " of %zu; is the file cut short?",
                         file->name, name, from, to, file->data_size);
    int64_t bytes = shape_count(s) * element;
    if (to - from != bytes)
        return error_set(
            error, "%s: tensor '%s' spans %" JSON_INTEGER_FORMAT " bytes, its shape needs %" PRId64,
            file->name, name, to - from, bytes);
    *entry = (SafetensorsEntry){name, dtype, s, file->data + from, (size_t)bytes};
    return 0;
}

static int by_offset(const void *a, const void *b) {
    const SafetensorsEntry *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? -1 : 1;
    return x->n_bytes < y->n_bytes ? -1 : x->n_bytes > y->n_bytes;
}

static int compare_names(const void *a, const void *b) {
    const SafetensorsEntry *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static int list_names(SafetensorsFile *file, Error *error) {
    size_t count = (size_t)file->count;
    if (!(file->by_name = malloc((count + 1) * sizeof *file->by_name)))
        return error_memory(error, file->name, count * sizeof *file->by_name);
    for (size_t i = 0; i < count; i++)
        file->by_name[i] = &file->entries[i];
    qsort(file->by_name, count, sizeof *file->by_name, compare_names);
    return 0;
}

/* The format allows neither holes nor overlaps. */
static int check_layout(const SafetensorsFile *file, Error *error) {
    size_t expected = 0;
    for (int i = 0; i < file->count; i++) {
        const SafetensorsEntry *entry = &file->entries[i];
        size_t begin = (size_t)(entry->bytes - file->data);
        if (begin != expected)
            return error_set(error, "%s: tensor '%s' starts at data byte %zu, expected %zu",
                             file->name, entry->name, begin, expected);
        expected += entry->n_bytes;
    }
    if (expected != file->data_size)
        return error_set(error, "%s: %zu bytes of data, the header describes %zu", file->name,
                         file->data_size, expected);
    return 0;
}

static int read_metadata(SafetensorsFile *file, Error *error) {
    json_t *metadata = json_object_get(file->header, "__metadata__");
    if (metadata && !json_is_object(metadata))
        return error_set(error, "%s: __metadata__ is not an object", file->name);
    const char *key;
    json_t *value;
    json_object_foreach(metadata, key, value) {
        if (!json_is_string(value))
            return error_set(error, "%s: metadata '%s' is not a string", file->name, key);
    }
    file->metadata = metadata ? json_incref(metadata) : json_object();
    return file->metadata ? 0 : error_memory(error, file->name, 0);
}

static int refuse_length(const SafetensorsFile *file, const unsigned char *bytes, size_t size,
                         uint64_t length, Error *error) {
    const char *kind = file_kind(bytes, size);
    if (kind)
        return error_set(error, "%s: this is %s, not a safetensors file", file->name, kind);
    bool begun = size > LENGTH_BYTES && bytes[LENGTH_BYTES] == '{';
    if (!begun)
        return error_set(error, "%s: not a safetensors file", file->name);
    if (length > size - LENGTH_BYTES)
        return error_set(error,
                         "%s: a header of %" PRIu64
                         " bytes does not fit into the file's %zu; is the file complete?",
                         file->name, length, size);
    return error_set(error, "%s: a header of %" PRIu64 " bytes; at most %zu are read", file->name,
                     length, MAX_HEADER);
}

/* The members of all objects of a JSON text: its colons outside of strings. */
static size_t count_members(const unsigned char *text, size_t size) {
    size_t members = 0;
    bool in_string = false;
    for (size_t i = 0; i < size; i++) {
        if (in_string && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            in_string = !in_string;
        else
            members += !in_string && text[i] == ':';
    }
    return members;
}

static int parse(SafetensorsFile *file, const unsigned char *bytes, size_t size, Error *error) {
    uint64_t length;
    if (size < LENGTH_BYTES)
        return error_set(error, "%s: %zu bytes are too few for a safetensors file", file->name,
                         size);
    memcpy(&length, bytes, sizeof length);
    if (length > MAX_HEADER || length > size - LENGTH_BYTES)
        return refuse_length(file, bytes, size, length, error);
    size_t members = count_members(bytes + LENGTH_BYTES, (size_t)length);
    if (members > MAX_TENSORS * MEMBERS_OF_TENSOR)
        return error_set(error, "%s: a header of %zu entries; at most %zu (%zu tensors) are read",
                         file->name, members, MAX_TENSORS * MEMBERS_OF_TENSOR, MAX_TENSORS);
    file->data = bytes + LENGTH_BYTES + length;
    file->data_size = size - LENGTH_BYTES - (size_t)length;

    json_error_t problem;
    file->header = json_loadb((const char *)bytes + LENGTH_BYTES, (size_t)length,
                              JSON_REJECT_DUPLICATES, &problem);
    if (!file->header)
        return error_set(error, "%s: header byte %d: %s", file->name, problem.position,
                         problem.text);
    if (!json_is_object(file->header))
        return error_set(error, "%s: the header is not a JSON object", file->name);
    if (read_metadata(file, error))
        return -1;

    file->entries = calloc(json_object_size(file->header) + 1, sizeof *file->entries);
    if (!file->entries)
        return error_memory(error, file->name,
                            json_object_size(file->header) * sizeof *file->entries);
    const char *name;
    json_t *value;
    json_object_foreach(file->header, name, value) {
        if (!strcmp(name, "__metadata__"))
            continue;
        if (read_entry(file, name, value, &file->entries[file->count], error))
            return -1;
        file->count++;
    }
    qsort(file->entries, (size_t)file->count, sizeof *file->entries, by_offset);
    return list_names(file, error) || check_layout(file, error) ? -1 : 0;
}

SafetensorsFile *safetensors_open_bytes(const unsigned char *bytes, size_t size, const char *name,
                                        Error *error) {
    SafetensorsFile *file = calloc(1, sizeof *file);
    if (!file) {
        error_memory(error, name, sizeof *file);
        return NULL;
    }
    snprintf(file->name, sizeof file->name, "%s", name);
    if (parse(file, bytes, size, error)) {
        safetensors_close(file);
        return NULL;
    }
    return file;
}

SafetensorsFile *safetensors_open(const char *path, Error *error) {
    unsigned char *bytes;
    size_t size;
    if (file_read(path, MAX_FILE, &bytes, &size, error))
        return NULL;
    SafetensorsFile *file = safetensors_open_bytes(bytes, size, path, error);
    if (file)
        file->owned = bytes;
    else
        free(bytes);
    return file;
}

void safetensors_close(SafetensorsFile *file) {
    if (!file)
        return;
    json_decref(file->metadata);
    json_decref(file->header);
    free(file->by_name);
    free(file->entries);
    free(file->owned);
    free(file);
}

int safetensors_count(const SafetensorsFile *file) {
    return file->count;
}

const SafetensorsEntry *safetensors_at(const SafetensorsFile *file, int i) {
    return &file->entries[i];
}

const SafetensorsEntry *safetensors_find(const SafetensorsFile *file, const char *name) {
    const SafetensorsEntry key = {.name = name}, *const sought = &key;
    SafetensorsEntry *const *found =
        bsearch(&sought, file->by_name, (size_t)file->count, sizeof *file->by_name, compare_names);
    return found ? *found : NULL;
}

const char *safetensors_metadata(const SafetensorsFile *file, const char *key) {
    return json_string_value(json_object_get(file->metadata, key));
}

int safetensors_expect_kind(const SafetensorsFile *file, const char *kind, Error *error) {
    const char *found = safetensors_metadata(file, "kind");
    if (found && !strcmp(found, kind))
        return 0;
    if (!found)
        return error_set(error,
                         "%s: not an Affekt model (no 'kind' in its metadata), expected '%s'",
                         file->name, kind);
    return error_set(error, "%s: holds a model of kind '%s', expected '%s'%s", file->name, found,
                     kind,
                     strcmp(found, "checkpoint") ? ""
                                                 : "; the model of a checkpoint is the file "
                                                   "without '.checkpoint' in its name");
}

int safetensors_number(const SafetensorsFile *file, const char *key, double low, double high,
                       double *value, Error *error) {
    const char *text = safetensors_metadata(file, key);
    char *end = NULL;
    *value = text ? number_read(text, &end) : 0;
    if (!text || end == text || *end || !(*value >= low && *value <= high))
        return error_set(error, "%s: metadata '%s' is '%s', expected a number from %g to %g",
                         file->name, key, text ? text : "(missing)", low, high);
    return 0;
}

const json_t *safetensors_all_metadata(const SafetensorsFile *file) {
    return file->metadata;
}

const char *safetensors_name(const SafetensorsFile *file) {
    return file->name;
}

static bool is_f32(const SafetensorsEntry *entry) {
    return !strcmp(entry->dtype, "F32");
}

bool safetensors_is_float(const SafetensorsEntry *entry) {
    return is_f32(entry) || !strcmp(entry->dtype, "F16");
}

float safetensors_value(const SafetensorsEntry *entry, size_t i) {
    float value;
    uint16_t half;
    if (is_f32(entry)) {
        memcpy(&value, entry->bytes + i * sizeof value, sizeof value);
        return value;
    }
    memcpy(&half, entry->bytes + i * sizeof half, sizeof half);
    return float16_to_float(half);
}

int safetensors_read(const SafetensorsFile *file, Parameters *parameters, Error *error) {
    for (int i = 0; i < parameters_count(parameters); i++) {
        Tensor *tensor = &parameters_at(parameters, i)->tensor;
        const SafetensorsEntry *entry = safetensors_find(file, tensor->name);
        if (!entry)
            return error_set(error, "%s: tensor '%s' is missing", file->name, tensor->name);
        if (!safetensors_is_float(entry))
            return error_set(error, "%s: tensor '%s' is of type %s, expected F32 or F16",
                             file->name, tensor->name, entry->dtype);
        if (!shape_equal(entry->shape, tensor->shape)) {
            char found[SHAPE_TEXT], expected[SHAPE_TEXT];
            return error_set(error, "%s: tensor '%s' has shape %s, expected %s", file->name,
                             tensor->name, shape_text(entry->shape, found),
                             shape_text(tensor->shape, expected));
        }
        if (parameters_allocate(parameters, tensor, error))
            return -1;
        if (is_f32(entry))
            memcpy(tensor->data, entry->bytes, entry->n_bytes);
        else
            for (size_t k = 0; k < tensor_count(tensor); k++)
                tensor->data[k] = safetensors_value(entry, k);
    }
    return 0;
}
