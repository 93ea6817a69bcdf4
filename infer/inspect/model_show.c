#include "infer/inspect/model_show.h"

#include "infer/inspect/model_network.h"
#include "nn/base/json_text.h"
#include "nn/base/plain_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------ the tensors' spread */

typedef struct Spread {
    double mean, deviation, minimum, maximum; /* of the finite elements; 0 when there are none */
    uint64_t finite, not_finite;
} Spread;

/* One pass (Welford 1962), exact enough for any number of elements. */
static Spread measure_spread(const SafetensorsEntry *entry) {
    Spread spread = {0};
    double squares = 0;
    for (int64_t i = 0; i < shape_count(entry->shape); i++) {
        float value = safetensors_value(entry, (size_t)i);
        if (!isfinite(value)) {
            spread.not_finite++;
            continue;
        }
        double from_mean = value - spread.mean;
        spread.finite++;
        spread.mean += from_mean / (double)spread.finite;
        squares += from_mean * (value - spread.mean);
        if (spread.finite == 1)
            spread.minimum = spread.maximum = value;
        spread.minimum = fmin(spread.minimum, value);
        spread.maximum = fmax(spread.maximum, value);
    }
    if (spread.finite)
        spread.deviation = sqrt(squares / (double)spread.finite);
    return spread;
}

/* ------------------------------------------------------------------ JSON */

static json_t *tensor_json(const SafetensorsEntry *entry) {
    json_t *sizes = json_array();
    for (int i = 0; i < entry->shape.n_dims; i++)
        json_array_append_new(sizes, json_integer(entry->shape.size[i]));
    json_t *tensor =
        json_pack("{s:s, s:s, s:o}", "name", entry->name, "dtype", entry->dtype, "shape", sizes);
    if (tensor && safetensors_is_float(entry)) {
        Spread spread = measure_spread(entry);
        json_object_set_new(tensor, "mean", json_real(spread.mean));
        json_object_set_new(tensor, "deviation", json_real(spread.deviation));
        json_object_set_new(tensor, "minimum", json_real(spread.minimum));
        json_object_set_new(tensor, "maximum", json_real(spread.maximum));
        json_object_set_new(tensor, "not_finite", json_integer((json_int_t)spread.not_finite));
    }
    return tensor;
}

static size_t count_bytes(const SafetensorsFile *file) {
    size_t bytes = 0;
    for (int i = 0; i < safetensors_count(file); i++)
        bytes += safetensors_at(file, i)->n_bytes;
    return bytes;
}

static int print_json(const SafetensorsFile *file, const ModelNetwork *network, FILE *stream,
                      Error *error) {
    json_t *tensors = json_array();
    for (int i = 0; i < safetensors_count(file); i++)
        json_array_append_new(tensors, tensor_json(safetensors_at(file, i)));
    json_t *json = json_pack("{s:o, s:I, s:O, s:O, s:o}", "file", json_text(safetensors_name(file)),
                             "bytes", (json_int_t)count_bytes(file), "network", network->json,
                             "metadata", safetensors_all_metadata(file), "tensors", tensors);
    if (!json || json_add_bytes(json, "file", safetensors_name(file)))
        return error_memory(error, "a description", 0);
    json_dumpf(json, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(7));
    fprintf(stream, "\n");
    json_decref(json);
    return 0;
}

/* ------------------------------------------------------------------ text */

/* Prints the members of an object of strings, as a training's settings are, wrapped; empty ones
 * are left out. */
static void print_settings(json_t *settings, FILE *stream) {
    enum { INDENT = 4, WIDTH = 92 };
    const char *key;
    json_t *value;
    size_t column = WIDTH;
    json_object_foreach(settings, key, value) {
        const char *text = json_string_value(value);
        if (!text || !*text)
            continue;
        size_t columns = strlen(key) + 1 + strlen(text);
        bool wraps = column + 2 + columns > WIDTH;
        fprintf(stream, wraps ? "\n%*s" : "%*s", wraps ? INDENT : 2, "");
        column = (wraps ? INDENT : column + 2) + columns;
        plain_print(key, stream);
        fputc('=', stream);
        plain_print(text, stream);
    }
}

static void print_metadata(const SafetensorsFile *file, FILE *stream) {
    const char *key;
    json_t *value;
    fprintf(stream, "\nmetadata\n");
    json_object_foreach((json_t *)safetensors_all_metadata(file), key, value) {
        json_t *settings = json_loads(json_string_value(value), 0, NULL);
        fprintf(stream, "  ");
        plain_print(key, stream);
        fprintf(stream, json_is_object(settings) ? ":" : " = ");
        if (json_is_object(settings))
            print_settings(settings, stream);
        else
            plain_print(json_string_value(value), stream);
        fprintf(stream, "\n");
        json_decref(settings);
    }
}

static void print_tensor(const SafetensorsEntry *entry, FILE *stream) {
    char text[SHAPE_TEXT];
    fprintf(stream, "  ");
    plain_print(entry->name, stream);
    fprintf(stream, "%*s %-5s %-18s", (int)(34 - strnlen(entry->name, 34)), "", entry->dtype,
            shape_text(entry->shape, text));
    if (safetensors_is_float(entry)) {
        Spread spread = measure_spread(entry);
        fprintf(stream, " %9.3g ± %-9.3g %9.3g … %.3g", spread.mean, spread.deviation,
                spread.minimum, spread.maximum);
        if (spread.not_finite)
            fprintf(stream, ", %" PRIu64 " not finite", spread.not_finite);
    }
    fprintf(stream, "\n");
}

static void print_text(const SafetensorsFile *file, const ModelNetwork *network, FILE *stream) {
    plain_print(safetensors_name(file), stream);
    fprintf(stream, "\n\n%s", network->text);
    fprintf(stream, "%-14s %d of together %.2f MB\n", "tensors", safetensors_count(file),
            (double)count_bytes(file) / 1e6);
    print_metadata(file, stream);
    fprintf(stream, "\ntensors%29s %-5s %-18s %9s ± %-9s %9s … %s\n", "", "type", "shape", "mean",
            "deviation", "smallest", "largest");
    for (int i = 0; i < safetensors_count(file); i++)
        print_tensor(safetensors_at(file, i), stream);
}

int model_show(const char *path, bool json, FILE *stream, Error *error) {
    ModelNetwork network;
    SafetensorsFile *file = safetensors_open(path, error);
    if (!file)
        return -1;
    int status = model_network_describe(file, path, &network, error);
    if (!status && json)
        status = print_json(file, &network, stream, error);
    else if (!status)
        print_text(file, &network, stream);
    model_network_free(&network);
    safetensors_close(file);
    return status;
}
