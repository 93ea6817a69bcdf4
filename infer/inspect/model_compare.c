#include "infer/inspect/model_compare.h"

#include "nn/base/json_text.h"
#include "nn/base/plain_text.h"
#include "nn/io/safetensors.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* Sums over the elements of tensors that both files have. */
typedef struct Difference {
    double squares_a, squares_b, product, squares, largest;
} Difference;

/* The larger, or NAN where one is: fmax would pass over it. */
static double larger(double a, double b) {
    return isnan(a) || isnan(b) ? NAN : fmax(a, b);
}

static Difference measure(const SafetensorsEntry *a, const SafetensorsEntry *b) {
    Difference sums = {0};
    size_t count = (size_t)shape_count(a->shape);
    for (size_t i = 0; i < count; i++) {
        double x = (double)safetensors_value(a, i), y = (double)safetensors_value(b, i);
        sums.squares_a += x * x;
        sums.squares_b += y * y;
        sums.product += x * y;
        sums.squares += (y - x) * (y - x);
        sums.largest = larger(sums.largest, fabs(y - x));
    }
    return sums;
}

static void add(Difference *total, const Difference *part) {
    total->squares_a += part->squares_a;
    total->squares_b += part->squares_b;
    total->product += part->product;
    total->squares += part->squares;
    total->largest = larger(total->largest, part->largest);
}

/* NAN where there is none. */
static double relative(const Difference *d) {
    return d->squares_a > 0 ? sqrt(d->squares / d->squares_a) : NAN;
}

static double cosine(const Difference *d) {
    return d->squares_a > 0 && d->squares_b > 0 ? d->product / sqrt(d->squares_a * d->squares_b)
                                                : NAN;
}

/* ------------------------------------------------------------------ settings */

/* Metadata as one flat object of strings: those that hold an object of settings, as training leaves
 * them, are taken apart. Caller decrefs. */
static json_t *flat_metadata(const SafetensorsFile *file) {
    json_t *flat = json_object(), *value;
    const char *key;
    json_object_foreach((json_t *)safetensors_all_metadata(file), key, value) {
        json_t *settings = json_loads(json_string_value(value), 0, NULL);
        if (json_is_object(settings))
            json_object_update(flat, settings);
        else
            json_object_set(flat, key, value);
        json_decref(settings);
    }
    return flat;
}

/* {"lr": ["0.05", "0.1"], …}: what differs. Caller decrefs. */
static json_t *different_settings(const SafetensorsFile *a, const SafetensorsFile *b) {
    json_t *ours = flat_metadata(a), *theirs = flat_metadata(b), *all = json_copy(ours), *value;
    json_t *different = json_object();
    const char *key;
    json_object_update_missing(all, theirs);
    json_object_foreach(all, key, value) {
        json_t *x = json_object_get(ours, key), *y = json_object_get(theirs, key);
        if (!x || !y || !json_equal(x, y))
            json_object_set_new(different, key,
                                json_pack("[O, O]", x ? x : json_null(), y ? y : json_null()));
    }
    json_decref(ours);
    json_decref(theirs);
    json_decref(all);
    return different;
}

/* ------------------------------------------------------------------ tensors */

static json_t *number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *difference_json(const char *name, const Difference *d) {
    json_t *object = json_object();
    if (name)
        json_object_set_new(object, "name", json_text(name));
    json_object_set_new(object, "relative", number(relative(d)));
    json_object_set_new(object, "cosine", number(cosine(d)));
    json_object_set_new(object, "largest", number(d->largest));
    return object;
}

static void list_missing(const SafetensorsFile *file, const SafetensorsFile *other, json_t *names) {
    for (int i = 0; i < safetensors_count(file); i++)
        if (!safetensors_find(other, safetensors_at(file, i)->name))
            json_array_append_new(names, json_text(safetensors_at(file, i)->name));
}

/* Of tensors of one shape that are not both floats. */
static bool is_same(const SafetensorsEntry *a, const SafetensorsEntry *b) {
    return a->n_bytes == b->n_bytes && !memcmp(a->bytes, b->bytes, a->n_bytes);
}

/* Everything that differs, as the header describes it. Caller decrefs. */
static json_t *compare(const SafetensorsFile *a, const SafetensorsFile *b) {
    json_t *tensors = json_array(), *only_a = json_array(), *only_b = json_array(),
           *reshaped = json_array(), *retyped = json_array(), *changed = json_array();
    Difference total = {0};
    for (int i = 0; i < safetensors_count(a); i++) {
        const SafetensorsEntry *ours = safetensors_at(a, i),
                               *theirs = safetensors_find(b, ours->name);
        if (!theirs)
            continue;
        if (!shape_equal(ours->shape, theirs->shape)) {
            json_array_append_new(reshaped, json_text(ours->name));
        } else if (safetensors_is_float(ours) && safetensors_is_float(theirs)) {
            Difference d = measure(ours, theirs);
            json_array_append_new(tensors, difference_json(ours->name, &d));
            add(&total, &d);
        } else if (strcmp(ours->dtype, theirs->dtype) != 0) {
            json_array_append_new(retyped, json_text(ours->name));
        } else if (!is_same(ours, theirs)) {
            json_array_append_new(changed, json_text(ours->name));
        }
    }
    list_missing(a, b, only_a);
    list_missing(b, a, only_b);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "a",
                     json_text(safetensors_name(a)), "b", json_text(safetensors_name(b)),
                     "settings", different_settings(a, b), "tensors", tensors, "only_a", only_a,
                     "only_b", only_b, "reshaped", reshaped, "retyped", retyped, "changed", changed,
                     "together", difference_json(NULL, &total));
}

/* ------------------------------------------------------------------ printing */

static void print_value(const json_t *value, FILE *stream) {
    plain_print(json_is_string(value) ? json_string_value(value) : "-", stream);
}

static void print_figures(const json_t *figures, FILE *stream) {
    static const char *const keys[] = {"relative", "cosine", "largest"};
    for (int i = 0; i < 3; i++) {
        const json_t *value = json_object_get(figures, keys[i]);
        if (json_is_number(value))
            fprintf(stream, " %12.6g", json_number_value(value));
        else
            fprintf(stream, " %12s", "-");
    }
    fprintf(stream, "\n");
}

static void print_names(const char *title, const json_t *names, FILE *stream) {
    size_t i;
    json_t *name;
    if (json_array_size(names))
        fprintf(stream, "\n%s\n", title);
    json_array_foreach((json_t *)names, i, name) {
        fprintf(stream, "  ");
        print_value(name, stream);
        fprintf(stream, "\n");
    }
}

static void print_text(const json_t *result, FILE *stream) {
    const char *key;
    json_t *pair, *tensor, *settings = json_object_get(result, "settings");
    size_t i;
    fprintf(stream, "%s\n", json_object_size(settings) ? "metadata" : "metadata: the same");
    json_object_foreach(settings, key, pair) {
        fprintf(stream, "  ");
        plain_print(key, stream);
        fprintf(stream, ": ");
        print_value(json_array_get(pair, 0), stream);
        fprintf(stream, " -> ");
        print_value(json_array_get(pair, 1), stream);
        fprintf(stream, "\n");
    }
    fprintf(stream, "\n%-36s %12s %12s %12s\n", "tensors", "|b-a|/|a|", "cosine", "largest");
    json_array_foreach(json_object_get(result, "tensors"), i, tensor) {
        const char *name = json_string_value(json_object_get(tensor, "name"));
        fprintf(stream, "  ");
        plain_print(name, stream);
        fprintf(stream, "%*s", (int)(34 - strnlen(name, 34)), "");
        print_figures(tensor, stream);
    }
    fprintf(stream, "  %-34s", "all of them together");
    print_figures(json_object_get(result, "together"), stream);
    print_names("only in the first", json_object_get(result, "only_a"), stream);
    print_names("only in the second", json_object_get(result, "only_b"), stream);
    print_names("of another shape", json_object_get(result, "reshaped"), stream);
    print_names("of another type", json_object_get(result, "retyped"), stream);
    print_names("no floats, with other values", json_object_get(result, "changed"), stream);
}

int model_compare(const char *a, const char *b, bool json, FILE *stream, Error *error) {
    SafetensorsFile *first = safetensors_open(a, error);
    SafetensorsFile *second = first ? safetensors_open(b, error) : NULL;
    json_t *result = second ? compare(first, second) : NULL;
    if (second && !result)
        error_memory(error, "the comparison", 0);
    if (result && json) {
        json_dumpf(result, stream, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
        fprintf(stream, "\n");
    } else if (result) {
        print_text(result, stream);
    }
    int status = result ? 0 : -1;
    json_decref(result);
    safetensors_close(first);
    safetensors_close(second);
    return status;
}
