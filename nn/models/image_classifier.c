#include "nn/models/image_classifier.h"

#include "nn/base/text_list.h"
#include "nn/io/model_info.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STAGES = 4, CONVS = 2, MAX_BLOCKS = 2 };

/* One network of the zoo. `hidden` is the width of the linear layer between the flattened maps and
 * the logits; 0 means a global average instead of both. */
typedef struct Arch {
    const char *name, *summary;
    int channels[STAGES];
    int blocks[STAGES]; /* pairs of convolutions in each stage */
    bool residual;      /* each pair has a shortcut and a squeeze-and-excitation gate */
    int hidden;
} Arch;

/* The zoo: one network a row, in the order of Arch's members. */
#define ARCHS(ROW)                                                                                 \
    ROW("vgg", "four blocks of two convolutions, 32 to 256 channels; the benchmark network",       \
        {32, 64, 128, 256}, {1, 1, 1, 1}, false, 256)                                              \
    ROW("vgg-wide", "the same with 64 to 512 channels", {64, 128, 256, 512}, {1, 1, 1, 1}, false,  \
        1024)                                                                                      \
    ROW("mini", "32 to 96 channels and a global average, for weak machines", {32, 48, 64, 96},     \
        {1, 1, 1, 1}, false, 0)                                                                    \
    ROW("resnet", "residual pairs with squeeze-and-excitation, 32 to 256 channels",                \
        {32, 64, 128, 256}, {1, 1, 2, 2}, true, 0)

#define ARCH_ROW(...)        {__VA_ARGS__},
#define ARCH_NAME(name, ...) name,
static const Arch archs[] = {ARCHS(ARCH_ROW)};
const char *const image_classifier_archs[] = {ARCHS(ARCH_NAME) NULL};
enum { N_ARCHS = sizeof archs / sizeof *archs };

enum { SQUEEZE_REDUCTION = 8 };

typedef struct Block {
    ConvNorm conv[CONVS];
    ConvNorm shortcut; /* 1×1, where the number of channels changes; else weight is NULL */
    SqueezeExcite gate;
} Block;

struct ImageClassifier {
    ImageClassifierInfo info;
    const Arch *arch;
    Parameters *parameters;
    Parameters *folded; /* biases that folding has made */
    ConvNorm stem;      /* residual networks start with one convolution */
    Block block[STAGES][MAX_BLOCKS];
    Linear hidden, logits;
};

static const Arch *find_arch(const char *name) {
    for (int i = 0; i < N_ARCHS; i++)
        if (!strcmp(archs[i].name, name))
            return &archs[i];
    return NULL;
}

const char *image_classifier_summary(const char *arch) {
    const Arch *found = find_arch(arch);
    return found ? found->summary : NULL;
}

/* ------------------------------------------------------------------ building */

/* Names as torchvision's VGG with batch norm has them: features.N counts convolutions, norms, ReLUs
 * and pools; classifier.N counts dropouts, linears and ReLUs. */
static void build_plain(ImageClassifier *model, Rng rng) {
    char conv[64], norm[64];
    int inputs = 1, position = 0;
    for (int s = 0; s < STAGES; s++) {
        for (int c = 0; c < CONVS; c++, position += 3) {
            snprintf(conv, sizeof conv, "features.%d", position);
            snprintf(norm, sizeof norm, "features.%d", position + 1);
            model->block[s][0].conv[c] = conv_norm_create(model->parameters, conv, norm, inputs,
                                                          model->arch->channels[s], 3, true, rng);
            inputs = model->arch->channels[s];
        }
        position++; /* the pool */
    }
}

static Block build_residual_block(ImageClassifier *model, const char *name, int inputs, int outputs,
                                  Rng rng) {
    Block block = {0};
    char conv[96], norm[96];
    for (int c = 0; c < CONVS; c++) {
        snprintf(conv, sizeof conv, "%s.conv%d", name, c + 1);
        snprintf(norm, sizeof norm, "%s.bn%d", name, c + 1);
        block.conv[c] = conv_norm_create(model->parameters, conv, norm, c ? outputs : inputs,
                                         outputs, 3, c == 0, rng);
    }
    snprintf(conv, sizeof conv, "%s.gate", name);
    block.gate = squeeze_excite_create(model->parameters, conv, outputs, SQUEEZE_REDUCTION, rng);
    if (inputs != outputs) {
        snprintf(conv, sizeof conv, "%s.shortcut.0", name);
        snprintf(norm, sizeof norm, "%s.shortcut.1", name);
        block.shortcut =
            conv_norm_create(model->parameters, conv, norm, inputs, outputs, 1, false, rng);
    }
    return block;
}

static void build_residual(ImageClassifier *model, Rng rng) {
    int inputs = model->arch->channels[0];
    model->stem = conv_norm_create(model->parameters, "stem.0", "stem.1", 1, inputs, 3, true, rng);
    for (int s = 0; s < STAGES; s++)
        for (int b = 0; b < model->arch->blocks[s]; b++) {
            char name[64];
            snprintf(name, sizeof name, "stage%d.%d", s + 1, b);
            model->block[s][b] =
                build_residual_block(model, name, inputs, model->arch->channels[s], rng);
            inputs = model->arch->channels[s];
        }
}

static void build_head(ImageClassifier *model, Rng rng) {
    int side = model->info.size >> STAGES, inputs = model->arch->channels[STAGES - 1];
    if (model->arch->hidden) {
        model->hidden = linear_create(model->parameters, "classifier.1", side * side * inputs,
                                      model->arch->hidden, rng);
        inputs = model->arch->hidden;
    }
    model->logits =
        linear_create(model->parameters, model->arch->hidden ? "classifier.4" : "classifier.1",
                      inputs, model->info.n_classes, rng);
}

static int check_info(const ImageClassifierInfo *info, Error *error) {
    if (!find_arch(info->arch)) {
        char known[256];
        text_list_join(image_classifier_archs, N_ARCHS, known, sizeof known);
        return error_set(error, "no network is called '%s'; there are %s", info->arch, known);
    }
    if (info->size < 1 << STAGES || info->size > 1024)
        return error_set(error, "an input of %d×%d pixels is not supported; expected 16 … 1024",
                         info->size, info->size);
    if (info->n_classes < 2 || info->n_classes > IMAGE_CLASSIFIER_MAX_CLASSES)
        return error_set(error, "%d classes, expected 2 … %d", info->n_classes,
                         IMAGE_CLASSIFIER_MAX_CLASSES);
    if (!(info->std > 0) || !(info->temperature > 0))
        return error_set(error, "std and temperature must be above 0");
    if (!(info->floor >= 0) || !(info->floor < 1))
        return error_set(error, "a floor of %g, expected 0 … 1", info->floor);
    return 0;
}

/* Builds the network on an empty collection, which it takes over. */
static ImageClassifier *build(const ImageClassifierInfo *info, Parameters *parameters, Rng rng,
                              Error *error) {
    ImageClassifier *model = NULL;
    if (!check_info(info, error) && !(model = calloc(1, sizeof *model)))
        error_memory(error, "a network", sizeof *model);
    if (!model) {
        parameters_destroy(parameters);
        return NULL;
    }
    model->info = *info;
    model->arch = find_arch(info->arch);
    model->parameters = parameters;
    if (model->arch->residual)
        build_residual(model, rng);
    else
        build_plain(model, rng);
    build_head(model, rng);
    if (parameters_check(model->parameters, error)) {
        image_classifier_destroy(model);
        return NULL;
    }
    return model;
}

ImageClassifier *image_classifier_create(const ImageClassifierInfo *info, Rng rng, Error *error) {
    return build(info, parameters_create(), rng, error);
}

void image_classifier_destroy(ImageClassifier *model) {
    if (!model)
        return;
    parameters_destroy(model->parameters);
    parameters_destroy(model->folded);
    free(model);
}

Parameters *image_classifier_parameters(const ImageClassifier *model) {
    return model->parameters;
}

ImageClassifierInfo *image_classifier_info(ImageClassifier *model) {
    return &model->info;
}

/* ------------------------------------------------------------------ running */

/* Applies one pair of convolutions, and a pool with `pool`; forgets its input, which nobody else
 * reads. */
static Tensor *plain_block(const Block *block, Tape *tape, Tensor *x, bool pool) {
    Tensor *middle = conv_norm_forward(&block->conv[0], tape, x);
    tape_forget(tape, x);
    Tensor *y = pool ? conv_norm_pool_forward(&block->conv[1], tape, middle)
                     : conv_norm_forward(&block->conv[1], tape, middle);
    tape_forget(tape, middle);
    return y;
}

/* The same with a gate and a shortcut. */
static Tensor *residual_block(const Block *block, Tape *tape, Tensor *x) {
    Tensor *middle = conv_norm_forward(&block->conv[0], tape, x);
    Tensor *y = conv_norm_forward(&block->conv[1], tape, middle);
    tape_forget(tape, middle);
    Tensor *gates = squeeze_excite_gates(&block->gate, tape, y);
    Tensor *shortcut = block->shortcut.weight ? conv_norm_forward(&block->shortcut, tape, x) : x;
    Tensor *output = op_gated_residual(tape, y, gates, shortcut);
    tape_forget(tape, y);
    tape_forget(tape, x);
    if (shortcut != x)
        tape_forget(tape, shortcut);
    return output;
}

/* One stage with its pool; `features` (may be NULL) gets the maps before it. */
static Tensor *stage_forward(const ImageClassifier *model, int stage, Tape *tape, Tensor *x,
                             Tensor **features) {
    if (!model->arch->residual && !features)
        return plain_block(&model->block[stage][0], tape, x, true);
    if (!model->arch->residual)
        x = plain_block(&model->block[stage][0], tape, x, false);
    else
        for (int b = 0; b < model->arch->blocks[stage]; b++)
            x = residual_block(&model->block[stage][b], tape, x);
    Tensor *pooled = op_max_pool(tape, x, (Pool){.size = 2});
    if (features)
        *features = x;
    else
        tape_forget(tape, x);
    return pooled;
}

/* Dropout; forgets its input. */
static Tensor *drop(Tape *tape, Tensor *x, float probability) {
    Tensor *dropped = op_dropout(tape, x, probability, 0);
    if (dropped != x)
        tape_forget(tape, x);
    return dropped;
}

/* PyTorch flattens (N,C,H,W): the hidden layer's columns are in that order. */
static Tensor *flatten(Tape *tape, Tensor *x) {
    Tensor *channels_first = op_transpose(tape, x, (const int[]){0, 3, 1, 2});
    if (!channels_first)
        return NULL;
    const int *size = channels_first->shape.size;
    return op_reshape(tape, channels_first, shape(size[0], size[1] * size[2] * size[3]));
}

static Tensor *head_forward(const ImageClassifier *model, Tape *tape, Tensor *maps) {
    float dropout = model->info.dropout;
    if (!model->arch->hidden) {
        Tensor *means = op_dropout(tape, op_global_average_pool(tape, maps), dropout, 0);
        return linear_forward(&model->logits, tape, means);
    }
    Tensor *x = op_dropout(tape, flatten(tape, maps), dropout, 0);
    x = op_relu(tape, linear_forward(&model->hidden, tape, x));
    return linear_forward(&model->logits, tape, op_dropout(tape, x, dropout, 0));
}

Tensor *image_classifier_forward_features(const ImageClassifier *model, Tape *tape, Tensor *x,
                                          Tensor **features) {
    if (model->arch->residual)
        x = conv_norm_forward(&model->stem, tape, x);
    for (int s = 0; s < STAGES; s++) {
        bool last = s == STAGES - 1;
        x = stage_forward(model, s, tape, x, last ? features : NULL);
        if (!last)
            x = drop(tape, x, model->info.block_dropout);
    }
    return head_forward(model, tape, x);
}

Tensor *image_classifier_forward(const ImageClassifier *model, Tape *tape, Tensor *x) {
    return image_classifier_forward_features(model, tape, x, NULL);
}

/* softmax(scores / temperature) of n scores; the two may be the same array. */
static void softmax(const float *scores, int n, float temperature, float *probabilities) {
    float largest = scores[0], sum = 0;
    for (int i = 1; i < n; i++)
        largest = fmaxf(largest, scores[i]);
    for (int i = 0; i < n; i++)
        sum += probabilities[i] = expf((scores[i] - largest) / temperature);
    for (int i = 0; i < n; i++)
        probabilities[i] /= sum;
}

void image_classifier_probabilities(const ImageClassifierInfo *info, const float *logits,
                                    float *probabilities) {
    const float least = info->floor / 20;
    int n = info->n_classes;
    if (info->floor > 0) {
        softmax(logits, n, 1, probabilities);
        for (int i = 0; i < n; i++)
            probabilities[i] = logf(fmaxf(probabilities[i] - info->floor, least));
        logits = probabilities;
    }
    softmax(logits, n, info->temperature, probabilities);
}

/* Moves the rows of an array so that row i is the one that was row order[i]; `spare` is as large.
 */
static void order_rows(void *rows, size_t row_bytes, const int *order, int n, char *spare) {
    memcpy(spare, rows, (size_t)n * row_bytes);
    for (int i = 0; i < n; i++)
        memcpy((char *)rows + (size_t)i * row_bytes, spare + (size_t)order[i] * row_bytes,
               row_bytes);
}

int image_classifier_order(ImageClassifier *model, const int *order, Error *error) {
    ImageClassifierInfo *info = &model->info;
    const Linear *logits = &model->logits;
    int n = info->n_classes;
    size_t weights = tensor_count(logits->weight) * sizeof(float),
           room = weights > sizeof info->class_names ? weights : sizeof info->class_names;
    char *spare = malloc(room);
    if (!spare)
        return error_memory(error, "the order of the classes", room);
    order_rows(logits->weight->data, weights / (size_t)n, order, n, spare);
    order_rows(logits->bias->data, sizeof(float), order, n, spare);
    order_rows(info->class_names, sizeof *info->class_names, order, n, spare);
    free(spare);
    return 0;
}

int64_t image_classifier_multiply_adds(const ImageClassifier *model) {
    int64_t total = 0;
    for (int s = 0; s < STAGES; s++) {
        int64_t positions = (int64_t)(model->info.size >> s) * (model->info.size >> s);
        for (int b = 0; b < model->arch->blocks[s]; b++) {
            const Block *block = &model->block[s][b];
            for (int c = 0; c < CONVS; c++)
                total += positions * (int64_t)tensor_count(block->conv[c].weight);
            if (block->shortcut.weight)
                total += positions * (int64_t)tensor_count(block->shortcut.weight);
            if (model->arch->residual)
                total += (int64_t)(tensor_count(block->gate.squeeze.weight) +
                                   tensor_count(block->gate.excite.weight));
        }
        if (s == 0 && model->arch->residual)
            total += positions * (int64_t)tensor_count(model->stem.weight);
    }
    if (model->arch->hidden)
        total += (int64_t)tensor_count(model->hidden.weight);
    return total + (int64_t)tensor_count(model->logits.weight);
}

int image_classifier_fold(ImageClassifier *model, Error *error) {
    if (model->folded)
        return 0;
    model->folded = parameters_create();
    if (model->arch->residual)
        conv_norm_fold(&model->stem, model->info.size, model->folded);
    for (int s = 0; s < STAGES; s++)
        for (int b = 0; b < model->arch->blocks[s]; b++) {
            for (int c = 0; c < CONVS; c++)
                conv_norm_fold(&model->block[s][b].conv[c], model->info.size >> s, model->folded);
            if (model->block[s][b].shortcut.weight)
                conv_norm_fold(&model->block[s][b].shortcut, model->info.size >> s, model->folded);
        }
    return parameters_check_folded(model->parameters, model->folded, error);
}

/* ------------------------------------------------------------------ files */

static const char kind[] = "image_classifier";
static const ModelField fields[] = {
    MODEL_INTEGER(ImageClassifierInfo, size, 16, 1024),
    MODEL_FLOAT(ImageClassifierInfo, mean, -1e6, 1e6),
    MODEL_FLOAT(ImageClassifierInfo, std, 1e-6, 1e6),
    MODEL_FLOAT(ImageClassifierInfo, dropout, 0, 0.999),
    MODEL_OPTIONAL_FLOAT(ImageClassifierInfo, block_dropout, 0, 0.999),
    MODEL_FLOAT(ImageClassifierInfo, temperature, 1e-3, 1e3),
    MODEL_OPTIONAL_FLOAT(ImageClassifierInfo, floor, 0, 0.999),
};
enum { FIELDS = sizeof fields / sizeof *fields };

static json_t *class_list(const ImageClassifierInfo *info) {
    json_t *names = json_array();
    for (int i = 0; i < info->n_classes; i++)
        json_array_append_new(names, json_string(info->class_names[i]));
    char *text = json_dumps(names, JSON_COMPACT);
    json_t *list = json_string(text ? text : "[]");
    json_decref(names);
    free(text);
    return list;
}

int image_classifier_save(const ImageClassifier *model, const char *path, json_t *extra,
                          Error *error) {
    const ImageClassifierInfo *info = &model->info;
    json_t *metadata = model_info_metadata(extra, kind, fields, FIELDS, info);
    json_object_set_new(metadata, "arch", json_string(info->arch));
    json_object_set_new(metadata, "classes", class_list(info));
    int status = safetensors_save(path, info->precision, 1,
                                  (const Parameters *const[]){model->parameters}, metadata, error);
    json_decref(metadata);
    return status;
}

static int read_classes(const SafetensorsFile *file, ImageClassifierInfo *info, Error *error) {
    const char *text = safetensors_metadata(file, "classes");
    json_t *names = text ? json_loads(text, 0, NULL) : NULL;
    info->n_classes = (int)json_array_size(names);
    bool good = info->n_classes >= 2 && info->n_classes <= IMAGE_CLASSIFIER_MAX_CLASSES;
    for (int i = 0; good && i < info->n_classes; i++) {
        const char *name = json_string_value(json_array_get(names, (size_t)i));
        good = name && strlen(name) < sizeof info->class_names[i];
        if (good)
            strcpy(info->class_names[i], name);
    }
    json_decref(names);
    return good ? 0
                : error_set(error, "%s: metadata 'classes' is not a list of 2 … %d short names",
                            safetensors_name(file), IMAGE_CLASSIFIER_MAX_CLASSES);
}

static int read_info(const SafetensorsFile *file, ImageClassifierInfo *info, Error *error) {
    if (model_info_read(file, kind, fields, FIELDS, info, error))
        return -1;
    const char *arch = safetensors_metadata(file, "arch");
    if (!arch || strlen(arch) >= sizeof info->arch)
        return error_set(error, "%s: metadata 'arch' is '%s', expected the name of a network",
                         safetensors_name(file), arch ? arch : "(missing)");
    strcpy(info->arch, arch);
    return read_classes(file, info, error);
}

static SafetensorsPrecision stored_precision(const SafetensorsFile *file,
                                             const ImageClassifier *model) {
    const SafetensorsEntry *weight = safetensors_find(file, model->logits.weight->name);
    return weight && !strcmp(weight->dtype, "F16") ? SAFETENSORS_HALF : SAFETENSORS_FULL;
}

static ImageClassifier *load(SafetensorsFile *file, Error *error) {
    if (!file)
        return NULL;
    ImageClassifierInfo info = {0};
    ImageClassifier *model = NULL;
    if (!read_info(file, &info, error))
        model = build(&info, parameters_create_blank(), rng_seed(0), error);
    if (model)
        model->info.precision = stored_precision(file, model);
    if (model && safetensors_read(file, model->parameters, error)) {
        image_classifier_destroy(model);
        model = NULL;
    }
    safetensors_close(file);
    return model;
}

ImageClassifier *image_classifier_load(const char *path, Error *error) {
    return load(safetensors_open(path, error), error);
}

ImageClassifier *image_classifier_load_bytes(const unsigned char *bytes, size_t size,
                                             const char *name, Error *error) {
    return load(safetensors_open_bytes(bytes, size, name, error), error);
}
