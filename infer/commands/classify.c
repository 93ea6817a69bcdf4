/* affekt classify: the emotions of the faces in pictures and videos. */
#include "infer/commands/classify_file.h"
#include "infer/commands/commands.h"
#include "infer/commands/watcher_options.h"
#include "infer/faces/classification.h"
#include "nn/base/plain_text.h"
#include "nn/io/file.h"

#include <omp.h>
#include <string.h>

typedef struct Settings {
    CommonSettings common;
    WatcherSettings watching;
    const char *annotate;
    float fps;
    bool json, csv;
} Settings;

static const Option options[] = {
    OPTION_WATCHER(Settings, watching),
    OPTION_INTEGER(Settings, watching.faces.detector.smallest, "min-face", "PIXELS", 20, 10000,
                   "side of the smallest face looked for"),
    OPTION_FLOAT(Settings, watching.faces.least_score, "min-score", "F", 0, 1e6,
                 "drop faces with a lower detection score"),
    OPTION_FLOAT(Settings, fps, "fps", "F", 0, 1000,
                 "of a video, look at this many frames per second at most (0: all)"),
    OPTION_FLAG(Settings, watching.landmarks, "landmarks",
                "place 68 points on each face: for --annotate, and with pose and shape for --json"),
    OPTION_OUTPUT(
        Settings, annotate, "annotate", 'o', "OUT",
        "write a copy with the faces marked: a PNG for a picture, a video for a video; of "
        "several, into a folder"),
    OPTION_FLAG(Settings, json, "json",
                "print one JSON object per line, for each picture or frame"),
    OPTION_FLAG(Settings, csv, "csv", "print one CSV row for each face, or picture without one"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt classify",
    .positionals = "FILE|FOLDER…",
    .summary = "recognises emotions of faces in pictures and videos",
    .notes =
        "A picture is a file of any common kind; a video is a file, or '-' for standard input "
        "(such as\n"
        "y4m from a pipe). Of a folder, all pictures and videos in it and below are taken. Faces "
        "of a\n"
        "video are numbered and their emotions steadied over time. The score is the detector's "
        "confidence\nin per cent or, with --detector haar, the number of windows that agree on the "
        "face; doubtful\nones score low (compare a few, then set --min-score).\n",
};

typedef struct Inputs {
    PathList files;
    int named;       /* so many of them were named one by one; the rest stood in folders */
    PathList closed; /* folders in those that may not be listed */
} Inputs;

/* First what was named itself, then what the folders hold. */
static int list_inputs(char **paths, int n, Inputs *inputs, Error *error) {
    for (int folders = 0; folders < 2; folders++) {
        for (int i = 0; i < n; i++) {
            if (path_is_folder(paths[i]) != folders)
                continue;
            if (folders ? path_list_add_folder(&inputs->files, paths[i], &inputs->closed, error)
                        : path_list_add(&inputs->files, paths[i], error))
                return -1;
        }
        if (!folders)
            inputs->named = inputs->files.count;
    }
    return inputs->files.count || inputs->closed.count
               ? 0
               : error_set(error, "%s: no picture or video in this folder", paths[0]);
}

/* A folder takes the copies when there are several, or when one is there or its name says so. */
static int prepare_copies(ClassifySettings *settings, const Inputs *inputs, Error *error) {
    const char *out = settings->annotate;
    if (!out)
        return 0;
    bool several = inputs->files.count > 1 || inputs->files.count > inputs->named;
    settings->annotate_folder = several || path_is_folder(out) || out[strlen(out) - 1] == '/';
    return settings->annotate_folder ? directory_create(out, error) : 0;
}

static void print_note(const char *message) {
    fprintf(stderr, "affekt classify: ");
    plain_print(message, stderr);
    fputc('\n', stderr);
}

/* What the rows do not tell at a glance. */
static void print_count(const ClassifyCount *count, int passed_over) {
    char note[160];
    if (passed_over) {
        snprintf(note, sizeof note, "%d file%s skipped: neither picture nor video", passed_over,
                 passed_over == 1 ? " is" : "s are");
        print_note(note);
    }
    if (count->faceless && (count->pictures > 1 || count->small_squares)) {
        snprintf(note, sizeof note, "%d of %d picture%s without a face", count->faceless,
                 count->pictures, count->pictures == 1 ? "" : "s");
        print_note(note);
    }
    if (count->small_squares * 2 > count->faceless)
        print_note("small squares: if each is one face as a whole, add --no-detect");
}

/* A file or folder that cannot be read does not keep the others from being classified. */
static int classify_all(Watcher *watcher, const Inputs *inputs, const ClassifySettings *settings) {
    Error error;
    ClassifyCount count = {0};
    int status = inputs->closed.count ? EXIT_FAILED : EXIT_DONE, passed_over = 0;
    for (int i = 0; i < inputs->closed.count; i++) {
        error_set(&error, "%s: this folder may not be read", inputs->closed.paths[i]);
        print_note(error.message);
    }
    for (int i = 0; i < inputs->files.count; i++) {
        const char *path = inputs->files.paths[i];
        if (i >= inputs->named && classify_passes_over(path)) {
            passed_over++;
        } else if (classify_file(watcher, path, settings, &count, &error)) {
            status = EXIT_FAILED;
            if (ferror(stdout)) /* which the end of the program tells */
                break;
            print_note(error.message);
        }
    }
    if (!settings->quiet)
        print_count(&count, passed_over);
    path_list_free(&count.copies);
    return status;
}

static Watcher *open_watcher(const Settings *settings, int threads, Error *error) {
    WatcherSettings watching = settings->watching;
    watching.faces.detector.threads = threads;
    return watcher_create(&watching, error);
}

static int classify_files(char **paths, int n, const Settings *settings) {
    int asked = settings->common.threads;
    Inputs inputs = {0};
    ClassifySettings each = {.json = settings->json,
                             .csv = settings->csv,
                             .quiet = settings->common.quiet,
                             .fps = settings->fps,
                             .annotate = settings->annotate,
                             .files = &inputs.files,
                             .threads = asked ? asked : omp_get_max_threads(),
                             .video_threads = asked ? asked : 1};
    Error error;
    Watcher *watcher = NULL;
    int status = EXIT_FAILED;
    if (list_inputs(paths, n, &inputs, &error) || prepare_copies(&each, &inputs, &error) ||
        !(watcher = open_watcher(settings, each.threads, &error))) {
        print_note(error.message);
    } else {
        if (settings->csv)
            classification_print_csv_header(stdout);
        status = classify_all(watcher, &inputs, &each);
    }
    watcher_destroy(watcher);
    path_list_free(&inputs.files);
    path_list_free(&inputs.closed);
    return status;
}

int classify_command(int argc, char **argv) {
    Settings settings = {.watching = watcher_defaults()};
    int n_files;
    int status = options_parse(&usage, options, &settings, argc, argv, &n_files);
    if (status != OPTIONS_RUN)
        return status;
    if (!n_files)
        return options_wrong(&usage, "give at least one FILE or FOLDER");
    if (settings.json && settings.csv)
        return options_wrong(&usage, "--json and --csv are mutually exclusive");
    if (settings.csv && settings.watching.landmarks && !settings.annotate)
        return options_wrong(&usage, "--landmarks: a row of --csv has no place for them; they are "
                                     "for --json and --annotate");
    if (watcher_options_check(&settings.watching, &usage))
        return EXIT_USAGE;
    return classify_files(argv, n_files, &settings);
}
