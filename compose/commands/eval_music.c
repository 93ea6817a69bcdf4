/* affekt eval music: how good a music model is. */
#include "compose/commands/commands.h"
#include "compose/commands/compose_arranged.h"
#include "compose/commands/style_options.h"
#include "compose/evaluate/apart.h"
#include "compose/evaluate/form_report.h"
#include "compose/evaluate/music_report.h"
#include "compose/write/style.h"
#include "datasets/corpus/synthetic_music.h"
#include "datasets/music/midi.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SYNTHETIC_PIECES = 400, PATH = 4096, FORM_SECONDS = 175 };

typedef struct Settings {
    CommonSettings common;
    const char *model, *data, *labels, *cache, *split, *judge, *judge_split, *cross, *genre, *out,
        *form, *apart, *heard, *style, *lead, *list_bad;
    int clips;
    float seconds;
    ComposerSettings composer; /* what of it is an option */
    uint64_t seed;
    bool likelihood, level, loudness, json;
} Settings;

static const char *const split_names[] = {"train", "validation", "test", NULL};

static const Option options[] = {
    OPTION_INPUT(Settings, model, "model", 'm', "FILE",
                 "the model, of performed music or of lead sheets (default: the shipped ones)"),
    OPTION_INPUT(Settings, data, "data", 0, "DIR",
                 "a folder tree of .mid files with labels, or 'synthetic'"),
    OPTION_INPUT(Settings, labels, "labels", 0, "CSV",
                 "labels for the whole tree; else labels.csv files in it"),
    OPTION_OUTPUT(Settings, cache, "cache", 0, "FILE", "cache the tokens in this file"),
    OPTION_OUTPUT(Settings, list_bad, "list-bad", 0, "FILE",
                  "list all files that are left out, and what is wrong with each, in this file"),
    OPTION_CHOICE(Settings, split, "split", "NAME", split_names, "of the likelihood"),
    OPTION_FLAG(Settings, likelihood, "likelihood", "the likelihood of held-out pieces"),
    OPTION_STRING(Settings, judge, "judge", 0, "CORPUS",
                  "corpus whose labelled clips the judge is trained on (default: emopia, else the "
                  "first with labels)"),
    OPTION_INPUT(Settings, judge_split, "judge-split", 0, "CSV",
                 "file,split for the judge's own score (default: the corpus' "
                 "classification_split.csv, where it has one)"),
    OPTION_STRING(Settings, cross, "cross", 0, "CORPUS",
                  "corpus that the second judge is trained on"),
    OPTION_INTEGER(Settings, clips, "clips", "N", 0, 100000,
                   "clips to generate per quadrant; 0: none, the judge and the likelihood alone"),
    OPTION_FLOAT(Settings, seconds, "seconds", "S", 5, 600, "their length"),
    OPTION_STRING(Settings, genre, "genre", 0, "NAME",
                  "their genre (default: pop, as EMOPIA's is, where the model knows it)"),
    OPTION_SAMPLING(Settings, composer),
    OPTION_CHOICE(Settings, style, "style", "NAME", compose_style_names,
                  "of the clips, as for compose (default: what the model is for, else arranged)"),
    OPTION_INPUT(Settings, lead, "lead", 0, "FILE",
                 "the model of lead sheets, beside a --model of performed music whose likelihood "
                 "is measured (default: the shipped one)"),
    OPTION_INPUT(Settings, form, "form", 0, "DIR,…",
                 "instead: the form of the MIDI files in these folders (what returns, harmony, "
                 "rhythm), of each the first 175 s"),
    OPTION_FLAG(Settings, level, "level", "with --form: also how loud they sound"),
    OPTION_INPUT(Settings, apart, "apart", 0, "DIR,…",
                 "instead: how well a classifier tells the MIDI files of these folders apart, by "
                 "the first --seconds of each"),
    OPTION_INPUT(Settings, heard, "heard", 0, "DIR,…",
                 "with --apart: fit it to those folders, and let it hear these, in the same order"),
    OPTION_FLAG(Settings, loudness, "loudness",
                "loudness among what --apart tells by (for corpora that have no dynamics)"),
    OPTION_OUTPUT(Settings, out, "out", 'o', "DIR",
                  "keep the clips there as Q1-000.mid …, and metrics.json"),
    OPTION_SEED(Settings, seed, "seed", "of the clips"),
    OPTION_FLAG(Settings, json, "json", "print the result as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt eval music",
    .positionals = "",
    .summary = "evaluates a music model: likelihood, control by emotion, quality",
    .notes = "Examples: affekt eval music --data midi/ --json\n"
             "          affekt eval music --form midi/pop909,pieces/\n"
             "          affekt eval music --apart midi/emopia,pieces/\n",
};

/* ------------------------------------------------------------------ data */

static void show_reading(void *context, int done, int total) {
    Progress *progress = context;
    if (progress_is_due(progress))
        progress_show(progress, (double)done / total, "reading MIDI: %d of %d files", done, total);
}

static MusicCorpus *open_corpus(const Settings *settings, Progress *progress, Error *error) {
    if (!strcmp(settings->data, "synthetic"))
        return synthetic_music_corpus(SYNTHETIC_PIECES, 1, error);
    BadInputs bad;
    if (bad_inputs_begin(&bad, true, settings->list_bad, error))
        return NULL;
    const MusicCorpusSettings corpus = {.catalogue = {.labels = settings->labels},
                                        .cache = settings->cache,
                                        .bad = &bad,
                                        .progress = show_reading,
                                        .progress_context = progress};
    MusicCorpus *opened = music_corpus_open(settings->data, &corpus, error);
    if (!bad_inputs_end(&bad, opened ? 0 : -1, error))
        return opened;
    music_corpus_free(opened);
    return NULL;
}

static int find_corpus(const MusicCatalogue *catalogue, const char *name) {
    for (int c = 0; c < catalogue->n_corpora; c++)
        if (!strcmp(catalogue->corpora[c], name))
            return c;
    return -1;
}

static int first_labelled(const MusicCatalogue *catalogue) {
    for (int i = 0; i < catalogue->n_entries; i++)
        if (!isnan(catalogue->entries[i].valence))
            return catalogue->entries[i].corpus;
    return -1;
}

/* Sets the corpora of the judges; a name that was asked for must be there. */
static int choose_corpora(const Settings *settings, const MusicCatalogue *catalogue,
                          MusicEvaluationSettings *evaluation, Error *error) {
    const char *const asked[] = {settings->judge, settings->cross};
    static const char *const usual[] = {"emopia", "vgmidi"};
    int *const chosen[] = {&evaluation->judge_corpus, &evaluation->cross_corpus};
    for (int i = 0; i < 2; i++) {
        *chosen[i] = find_corpus(catalogue, asked[i] ? asked[i] : usual[i]);
        if (*chosen[i] < 0 && asked[i])
            return error_set(error, "%s has no corpus '%s'", settings->data, asked[i]);
    }
    if (evaluation->judge_corpus < 0)
        evaluation->judge_corpus = first_labelled(catalogue);
    if (evaluation->cross_corpus == evaluation->judge_corpus)
        evaluation->cross_corpus = -1;
    return 0;
}

/* Reads the official split of the judge's corpus, if there is one, into *splits (n_entries, caller
 * frees). */
static int read_official(const Settings *settings, const MusicCatalogue *catalogue, int corpus,
                         MusicSplit **splits, Error *error) {
    char path[PATH] = "";
    if (settings->judge_split)
        snprintf(path, sizeof path, "%s", settings->judge_split);
    else if (corpus >= 0)
        snprintf(path, sizeof path, "%s/%s/classification_split.csv", settings->data,
                 catalogue->corpora[corpus]);
    if (!settings->judge_split && !file_exists(path))
        return 0;
    const MusicCatalogueSettings again = {.labels = settings->labels, .splits = path};
    MusicCatalogue *official = music_catalogue_create(settings->data, &again, error);
    if (!official)
        return -1;
    size_t count = (size_t)official->n_entries;
    int status = official->n_entries == catalogue->n_entries
                     ? 0
                     : error_set(error, "%s changed while it was read", settings->data);
    if (!status && !(*splits = malloc(count * sizeof **splits)))
        status = error_memory(error, "a split", count * sizeof **splits);
    for (size_t i = 0; !status && i < count; i++)
        (*splits)[i] = official->entries[i].split;
    music_catalogue_free(official);
    return status;
}

/* ------------------------------------------------------------------ results */

/* Clips take an hour: where they cannot be kept, that is told before. */
static int try_out(const char *folder, Error *error) {
    char path[PATH];
    snprintf(path, sizeof path, "%s/metrics.json", folder);
    return directory_create(folder, error) || file_try(path, error) ? -1 : 0;
}

static int keep_clips(const Settings *settings, const Clips *clips, json_t *report, Error *error) {
    char path[PATH];
    for (int i = 0; i < clips->count; i++) {
        const Clip *clip = &clips->list[i];
        snprintf(path, sizeof path, "%s/Q%d-%03d.mid", settings->out, clip->quadrant + 1,
                 i / MUSIC_QUADRANTS);
        if (midi_write(clip->song, path, error))
            return -1;
    }
    FileWriter writer;
    snprintf(path, sizeof path, "%s/metrics.json", settings->out);
    if (file_begin(&writer, path, error))
        return -1;
    json_dumpf(report, writer.stream, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    return file_commit(&writer, error);
}

static int tell(const Settings *settings, const MusicEvaluation *evaluation,
                const MusicCorpus *corpus, const Clips *clips, Error *error) {
    json_t *report = music_report_json(evaluation, corpus);
    if (settings->json) {
        json_dumpf(report, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
        printf("\n");
    } else {
        music_report_print(evaluation, corpus, stdout);
    }
    int status = settings->out ? keep_clips(settings, clips, report, error) : 0;
    json_decref(report);
    return status;
}

/* The genre asked for, else that of EMOPIA where the model of performed music knows it. */
static int choose_genre(const Settings *settings, const MusicModel *model, bool arranged,
                        int *genre, Error *error) {
    if (arranged)
        return compose_arranged_genre(settings->genre, genre, error);
    if (settings->genre)
        return music_model_choose_genre(model, settings->genre, genre, error);
    int pop = music_model_find_genre(model, "pop");
    *genre = pop < 0 ? 0 : pop;
    return 0;
}

static int evaluate(const Settings *settings, const MusicModel *model, const LeadModel *lead,
                    const MusicCorpus *corpus, Progress *progress, Error *error) {
    MusicSplit *official = NULL;
    MusicEvaluationSettings evaluation = {
        .split = (MusicSplit)choice_index(split_names, settings->split),
        .likelihood = settings->likelihood,
        .per_quadrant = settings->clips,
        .composer = settings->composer,
        .lead = lead};
    evaluation.composer.seed = settings->seed;
    evaluation.composer.seconds = (double)settings->seconds;
    MusicEvaluation result;
    Clips clips;
    int status = choose_genre(settings, model, lead, &evaluation.composer.genre, error);
    if (!status)
        status = choose_corpora(settings, corpus->catalogue, &evaluation, error);
    if (!status)
        status =
            read_official(settings, corpus->catalogue, evaluation.judge_corpus, &official, error);
    evaluation.official = official;
    if (!status)
        status = music_evaluation_run(model, corpus, &evaluation, &result, &clips, progress, error);
    progress_end(progress);
    if (!status) {
        status = tell(settings, &result, corpus, &clips, error);
        music_evaluation_free(&result);
        clips_free(&clips);
    }
    free(official);
    return status;
}

/* The models to load: a --model of lead sheets leaves the likelihood to the shipped one. */
static int choose_models(const Settings *settings, const char **performed, const char **lead,
                         bool *arranged, Error *error) {
    ComposeStyle style, kind = STYLE_PERFORMED;
    if (compose_style_choose(settings->style, settings->model, &style, error) ||
        (settings->model && compose_style_choose(NULL, settings->model, &kind, error)))
        return -1;
    bool of_leads = kind == STYLE_ARRANGED;
    *arranged = style == STYLE_ARRANGED;
    *performed = of_leads ? NULL : settings->model;
    *lead = of_leads && !settings->lead ? settings->model : settings->lead;
    return 0;
}

static int run(const Settings *settings, Error *error) {
    const char *performed, *leads;
    bool arranged;
    if ((settings->out && try_out(settings->out, error)) ||
        choose_models(settings, &performed, &leads, &arranged, error))
        return -1;
    Progress progress = progress_start(settings->common.quiet, 0);
    MusicModel *model = music_model_load(performed, error);
    LeadModel *lead = model && arranged ? lead_model_load(leads, error) : NULL;
    MusicCorpus *corpus =
        model && (lead || !arranged) ? open_corpus(settings, &progress, error) : NULL;
    int status = corpus ? evaluate(settings, model, lead, corpus, &progress, error) : -1;
    music_corpus_free(corpus);
    lead_model_destroy(lead);
    music_model_destroy(model);
    return status;
}

int eval_music_command(int argc, char **argv) {
    Settings settings = {.split = "test",
                         .likelihood = true,
                         .loudness = true,
                         .clips = 100,
                         .seconds = 30,
                         .composer = composer_defaults,
                         .seed = 1};
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (!!settings.form + !!settings.apart + !!settings.data > 1)
        return options_wrong(&usage, "--form, --apart and --data are mutually exclusive");
    threads_use(settings.common.threads);
    Error error;
    if (settings.form)
        return command_status(
            &usage,
            form_report(settings.form, FORM_SECONDS, settings.level, settings.json, stdout, &error),
            &error);
    const ApartSettings apart = {.seconds = (double)settings.seconds,
                                 .loudness = settings.loudness};
    if (settings.apart)
        return command_status(
            &usage,
            apart_report(settings.apart, settings.heard, &apart, settings.json, stdout, &error),
            &error);
    if (!settings.data)
        return options_wrong(&usage, "--data is missing: a folder of MIDI files, or 'synthetic'");
    return command_status(&usage, run(&settings, &error), &error);
}
