/* train_music.c: `affekt train music`. */
#include "datasets/corpus/synthetic_music.h"

#include "nn/base/number.h"
#include "nn/base/text_list.h"
#include "nn/command_line/progress.h"
#include "train/commands/commands.h"
#include "train/commands/recipes.h"
#include "train/commands/train_options.h"
#include "train/tasks/lead_task.h"
#include "train/tasks/music_task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SYNTHETIC_PIECES = 400 };

typedef struct Settings {
    TrainOptions train;
    MusicTaskSettings task;
    const char *data, *labels, *cache, *weights, *task_name, *list_bad, *recipe;
} Settings;

static const char *const task_names[] = {"notes", "lead", NULL};

static const Option options[] = {
    OPTION_CHOICE(Settings, task_name, "task", "NAME", task_names,
                  "what to learn: all notes as they are played, or lead sheets (melody and "
                  "chords)"),
    OPTION_CHOICE(Settings, recipe, "recipe", "NAME", music_recipes,
                  "begin with the settings of a shipped network; other options change them"),
    OPTION_INPUT(Settings, data, "data", 0, "DIR", "a folder tree of .mid files, or 'synthetic'"),
    OPTION_INPUT(
        Settings, labels, "labels", 0, "CSV",
        "file,valence,arousal,quadrant,genre for the whole tree; else labels.csv files in it"),
    OPTION_OUTPUT(Settings, cache, "cache", 0, "FILE", "cache the tokens in this file"),
    OPTION_OUTPUT(Settings, list_bad, "list-bad", 0, "FILE",
                  "list all files that are left out, and what is wrong with each, in this file"),
    OPTION_STRING(Settings, weights, "weights", 0, "NAME=F,…",
                  "sampling weight of each corpus; 1 where not named, 0 leaves it out"),
    OPTION_INPUT(Settings, task.start, "start", 0, "MODEL",
                 "start from this model's weights (fine-tuning)"),
    OPTION_FLAG(Settings, task.labelled_only, "labelled-only",
                "use only pieces with a known emotion"),
    OPTION_INTEGER(Settings, task.embedding, "embedding", "N", 1, 4096,
                   "width of a token's vector"),
    OPTION_INTEGER(Settings, task.hidden, "hidden", "N", 1, 8192, "units of an LSTM layer"),
    OPTION_INTEGER(Settings, task.layers, "layers", "N", 1, SEQUENCE_LSTM_MAX_LAYERS,
                   "LSTM layers"),
    OPTION_FLOAT(Settings, task.dropout, "dropout", "P", 0, 0.95, "dropout between layers"),
    OPTION_INTEGER(Settings, task.steps, "steps", "N", 1, 65536, "tokens of each piece in a batch"),
    OPTION_FLAG(Settings, task.transpose, "transpose", "drawing each piece's key at random"),
    OPTION_FLOAT(Settings, task.tempo_range, "tempo-range", "OCTAVES", 0, 1,
                 "vary tempo by up to this"),
    OPTION_FLOAT(Settings, task.forget_condition, "forget-emotion", "P", 0, 1,
                 "drop the emotion of this share of pieces, for classifier-free guidance"),
    OPTION_FLOAT(Settings, task.forget_genre, "forget-genre", "P", 0, 1,
                 "drop the genre of this share of pieces"),
    TRAIN_OPTIONS(Settings, train),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt train music",
    .positionals = "",
    .summary = "trains a conditioned LSTM on MIDI files",
    .notes = "The epoch with the lowest loss on held-out songs is kept.\n"
             "Example: affekt train music --data midi/ --out music.safetensors --epochs 10\n",
};

/* Reads "emopia=3" into the weight of that corpus, which `may_lack` lets be absent. */
static int parse_weight(const char *text, const MusicCatalogue *catalogue, bool may_lack,
                        float *weights, Error *error) {
    size_t name = strcspn(text, "=");
    char *end = NULL;
    float weight = text[name] ? (float)number_read(text + name + 1, &end) : -1;
    if (!end || end == text + name + 1 || *end || !(weight >= 0 && weight <= 1000))
        return error_set(error, "--weights: '%s' is not NAME=F with F from 0 to 1000", text);
    for (int c = 0; c < catalogue->n_corpora; c++)
        if (strlen(catalogue->corpora[c]) == name && !memcmp(catalogue->corpora[c], text, name)) {
            weights[c] = weight;
            return 0;
        }
    if (may_lack)
        return 0;
    char known[512];
    text_list_join(catalogue->corpora, catalogue->n_corpora, known, sizeof known);
    return error_set(error, "--weights: the data contains no corpus '%.*s', only %s", (int)name,
                     text, known);
}

/* Reads "emopia=3,vgmidi=0.5", or NULL, into a weight for each corpus. */
static int parse_weights(const char *list, const MusicCatalogue *catalogue, float *weights,
                         Error *error) {
    for (int c = 0; c < catalogue->n_corpora; c++)
        weights[c] = 1;
    if (!list)
        return 0;
    int n;
    char **items = text_list_split(list, &n, error);
    int status = items ? 0 : error_context(error, "--weights");
    for (int i = 0; !status && i < n; i++)
        status = parse_weight(items[i], catalogue, recipe_gave_weights(list), weights, error);
    free(items);
    return status;
}

static void show_reading(void *context, int done, int total) {
    Progress *progress = context;
    if (progress_is_due(progress))
        progress_show(progress, (double)done / total, "reading MIDI: %d of %d files", done, total);
}

static MusicCorpus *read_corpus(const Settings *settings, BadInputs *bad, Error *error) {
    if (!strcmp(settings->data, "synthetic"))
        return synthetic_music_corpus(SYNTHETIC_PIECES, settings->train.run.seed, error);
    Progress progress = progress_start(settings->train.common.quiet, 0);
    MusicCorpusSettings corpus = {.catalogue = {.labels = settings->labels},
                                  .cache = settings->cache,
                                  .bad = bad,
                                  .progress = show_reading,
                                  .progress_context = &progress};
    MusicCorpus *opened = music_corpus_open(settings->data, &corpus, error);
    progress_end(&progress);
    return opened;
}

static MusicCorpus *open_corpus(const Settings *settings, Error *error) {
    BadInputs bad;
    if (bad_inputs_begin(&bad, true, settings->list_bad, error))
        return NULL;
    MusicCorpus *corpus = read_corpus(settings, &bad, error);
    if (!bad_inputs_end(&bad, corpus ? 0 : -1, error))
        return corpus;
    music_corpus_free(corpus);
    return NULL;
}

static LeadCorpus *open_leads(const Settings *settings, const MusicCatalogue *catalogue,
                              const float *weights, Error *error) {
    BadInputs bad;
    if (bad_inputs_begin(&bad, true, settings->list_bad, error))
        return NULL;
    LeadCorpus *corpus = lead_corpus_open(catalogue, weights, &bad, error);
    if (!bad_inputs_end(&bad, corpus ? 0 : -1, error))
        return corpus;
    lead_corpus_free(corpus);
    return NULL;
}

static void print_corpus(const MusicCorpus *corpus, const MusicTask *task) {
    enum { SHOWN = 5 };
    for (int i = 0; i < corpus->n_failures && i < SHOWN; i++)
        fprintf(stderr, "skipped %s\n", corpus->failures[i]);
    if (corpus->n_failures > SHOWN)
        fprintf(stderr, "skipped %d more files\n", corpus->n_failures - SHOWN);
    if (corpus->n_repaired)
        fprintf(stderr, "%d file%s had faults that were repaired ('affekt show' lists them)\n",
                corpus->n_repaired, corpus->n_repaired == 1 ? "" : "s");
    const SequenceLstmInfo *info = sequence_lstm_info(music_task_model(task));
    fprintf(stderr,
            "%d pieces, %lld tokens; %d to train on, %d to validate on; LSTM of %d × %d, %zu "
            "parameters\n",
            corpus->n_pieces, corpus->n_tokens, music_task_training_pieces(task),
            music_task_validation_pieces(task), info->layers, info->hidden,
            parameters_trained_elements(sequence_lstm_parameters(music_task_model(task))));
}

/* Returns 0, -1, or the signal that interrupted it. */
static int train_lead(const Settings *settings, const LeadCorpus *corpus, const float *weights,
                      Error *error) {
    const MusicTaskSettings *task_settings = &settings->task;
    const LeadTaskSettings lead = {.embedding = task_settings->embedding,
                                   .hidden = task_settings->hidden,
                                   .layers = task_settings->layers,
                                   .dropout = task_settings->dropout,
                                   .start = task_settings->start,
                                   .steps = task_settings->steps,
                                   .streams = task_settings->streams,
                                   .seed = task_settings->seed,
                                   .forget_condition = task_settings->forget_condition,
                                   .forget_style = task_settings->forget_genre,
                                   .corpus_weights = weights};
    LeadTask *task = lead_task_create(corpus, &lead, error);
    if (!task)
        return -1;
    if (!settings->train.common.quiet)
        fprintf(stderr, "%d lead sheets, %lld tokens, %d files without one; %zu parameters\n",
                corpus->n_pieces, corpus->n_tokens, corpus->n_failures,
                parameters_trained_elements(sequence_lstm_parameters(lead_task_model(task))));
    TrainTask description = lead_task_describe(task);
    int status = train_options_run(&settings->train, &description, options, settings,
                                   "validation_nll_per_token", "nats per token", error);
    lead_task_destroy(task);
    return status;
}

static int run_lead(const Settings *settings, Error *error) {
    const MusicCatalogueSettings labels = {.labels = settings->labels};
    MusicCatalogue *catalogue = music_catalogue_create(settings->data, &labels, error);
    float *weights = catalogue ? malloc((size_t)catalogue->n_corpora * sizeof *weights) : NULL;
    int status = !catalogue ? -1
                 : !weights ? error_memory(error, "corpus weights", 0)
                            : parse_weights(settings->weights, catalogue, weights, error);
    LeadCorpus *corpus = status ? NULL : open_leads(settings, catalogue, weights, error);
    status = corpus ? train_lead(settings, corpus, weights, error) : -1;
    lead_corpus_free(corpus);
    free(weights);
    music_catalogue_free(catalogue);
    return status;
}

/* Returns 0, -1, or the signal that interrupted it. */
static int train(const Settings *settings, const MusicCorpus *corpus, Error *error) {
    MusicTask *task = music_task_create(corpus, &settings->task, error);
    if (!task)
        return -1;
    if (!settings->train.common.quiet)
        print_corpus(corpus, task);
    TrainTask description = music_task_describe(task);
    int status = train_options_run(&settings->train, &description, options, settings,
                                   "validation_nll_per_token", "nats per token", error);
    music_task_destroy(task);
    return status;
}

static int run(Settings *settings, Error *error) {
    MusicCorpus *corpus = open_corpus(settings, error);
    if (!corpus)
        return -1;
    float *weights = malloc((size_t)corpus->catalogue->n_corpora * sizeof *weights);
    int status = weights ? parse_weights(settings->weights, corpus->catalogue, weights, error)
                         : error_memory(error, "corpus weights", 0);
    settings->task.corpus_weights = weights;
    if (!status)
        status = train(settings, corpus, error);
    free(weights);
    music_corpus_free(corpus);
    return status;
}

/* What suits music other than faces. */
static Settings defaults(void) {
    Settings settings = {
        .train = train_options_defaults(),
        .task_name = "notes",
        .task = {.embedding = 128,
                 .hidden = 512,
                 .layers = 2,
                 .dropout = 0.2f,
                 .steps = 256,
                 .transpose = true,
                 .tempo_range = 0.1f,
                 .forget_condition = 0.15f,
                 .forget_genre = 0.15f},
    };
    settings.train.batch = 32;
    settings.train.optimizer = optimizer_names[OPTIMIZER_ADAMW];
    settings.train.run.epochs = 10;
    settings.train.run.learning_rate = 2e-3f;
    settings.train.run.warmup = 0.1f;
    settings.train.run.weight_decay = 0.01f;
    settings.train.run.clip = 1;
    return settings;
}

int train_music_command(int argc, char **argv) {
    Settings settings = defaults();
    int status = train_options_parse(&settings.train, &usage, options, &settings, argc, argv);
    if (status == OPTIONS_RUN && settings.recipe) { /* which the other options change */
        const char *recipe = settings.recipe;
        TrainTeam *team = settings.train.run.team;
        settings = defaults();
        settings.train.run.team = team;
        status = recipe_parse(recipe, music_recipes, &usage, options, &settings, argc, argv);
    }
    if (status != OPTIONS_RUN)
        return status;
    if (!settings.data)
        return options_wrong(&usage, "--data is missing: a folder of MIDI files, or 'synthetic'");
    if (!strcmp(settings.data, "synthetic") &&
        (settings.labels || settings.cache || settings.list_bad))
        return options_wrong(&usage, "--labels, --cache and --list-bad are for a folder of MIDI "
                                     "files, not for the built-in pieces");
    if ((status = train_options_check(&settings.train, &usage)) != OPTIONS_RUN)
        return status;
    settings.task.streams = settings.train.batch;
    settings.task.seed = settings.train.run.seed;
    Error error;
    bool lead = !strcmp(settings.task_name, "lead");
    if (lead && !strcmp(settings.data, "synthetic"))
        return options_wrong(&usage, "--task lead: the built-in pieces have no lead sheets; --data "
                                     "must be a folder of MIDI files");
    const MusicTaskSettings usual = defaults().task;
    if (lead && (settings.task.tempo_range != usual.tempo_range ||
                 settings.task.transpose != usual.transpose))
        return options_wrong(&usage, "--task lead takes neither --tempo-range nor --no-transpose");
    if (lead && (settings.task.labelled_only || settings.cache))
        return options_wrong(&usage, "--task lead takes neither --labelled-only nor --cache");
    return train_options_end(&settings.train, &usage,
                             lead ? run_lead(&settings, &error) : run(&settings, &error), &error);
}
