/* affekt feedback: what you say of songs, and what was learnt from it. */
#include "compose/library/feedback.h"
#include "compose/commands/commands.h"
#include "compose/commands/library_common.h"
#include "nn/base/text_list.h"
#include "nn/io/file.h"

#include <math.h>
#include <string.h>
#include <time.h>

typedef struct Settings {
    LibrarySettings library;
    const char *out, *emotion;
    float valence, arousal;
} Settings;

static const Option options[] = {
    OPTION_LIBRARY(Settings, library),
    OPTION_END,
};

static void tell(const Settings *settings, const char *what, int count) {
    if (settings->library.json)
        printf("{\"%s\": %d}\n", what, count);
    else if (!settings->library.common.quiet)
        printf("%d event%s %s\n", count, count == 1 ? "" : "s", what);
}

/* ------------------------------------------------------------------ give */

static const Option give_options[] = {
    OPTION_STRING(Settings, emotion, "emotion", 'e', "NAME",
                  "the mood that the song was played for"),
    OPTION_FLOAT(Settings, valence, "valence", "F", -1, 1, "or as valence"),
    OPTION_FLOAT(Settings, arousal, "arousal", "F", -1, 1, "and arousal"),
    OPTION_LIBRARY(Settings, library),
    OPTION_END,
};

static const Usage give_usage = {
    .command = "affekt feedback give",
    .positionals = "VERDICT SONG…",
    .summary = "rates songs: like, dislike, too-sad, too-happy, too-calm, too-wild",
    .notes = "A SONG is a path, a folder, or a number (#12) of library list. The verdicts too-… "
             "teach how\nmusic is to sound, and need the mood that it was played for.\n"
             "Example: affekt feedback give too-sad '#12' --emotion neutral\n",
};

typedef struct Gift {
    Verdict verdict;
    Mood wanted;
} Gift;

static int give(Library *library, const LibrarySong *song, void *context, Error *error) {
    const Gift *gift = context;
    return feedback_add(library, song, gift->wanted, gift->verdict, (double)time(NULL), error);
}

int feedback_give_command(int argc, char **argv) {
    Settings settings = {.valence = NAN, .arousal = NAN};
    MoodEstimate mood;
    int count = 0, given = 0;
    int status = options_parse(&give_usage, give_options, &settings, argc, argv, &count);
    if (status != OPTIONS_RUN)
        return status;
    if (library_read_mood(&give_usage, settings.emotion, settings.valence, settings.arousal, &mood))
        return EXIT_USAGE;
    if (count < 2)
        return options_wrong(&give_usage, "give a VERDICT and the songs it is about");
    Gift gift = {.verdict = (Verdict)choice_index(verdict_names, argv[0]),
                 .wanted = {.valence = mood.valence, .arousal = mood.arousal}};
    char known[128];
    text_list_join(verdict_names, VERDICT_SKIP, known, sizeof known);
    if (gift.verdict >= VERDICT_SKIP)
        return options_wrong(&give_usage, "'%s' is not a verdict; choose from %s", argv[0], known);
    if (!strncmp(argv[0], "too-", 4) && isnan(mood.valence))
        return options_wrong(&give_usage,
                             "%s for which mood: --emotion, or --valence and "
                             "--arousal?",
                             argv[0]);
    Error error;
    Library *library = library_open_named(&settings.library, &error);
    status =
        library ? library_use_named(library, argv + 1, count - 1, give, &gift, &given, &error) : -1;
    library_close(library);
    if (!status)
        tell(&settings, "saved", given);
    return command_status(&give_usage, status, &error);
}

/* ------------------------------------------------------------------ show */

static const Usage show_usage = {
    .command = "affekt feedback show",
    .positionals = "",
    .summary =
        "shows what was learnt from your feedback: how music should sound, and what you like",
    .notes = NULL,
};

static void show_axis(const char *name, const ListenerAxis *axis, bool json) {
    printf(json ? " \"%s\": {\"shift\": %.3f, \"shift_deviation\": %.3f, \"gain\": %.3f, "
                  "\"gain_deviation\": %.3f},\n"
                : "  %-8s shift %+.2f ± %.2f, gain %.2f ± %.2f\n",
           name, axis->mean[0], sqrt(axis->covariance[0][0]), axis->mean[1],
           sqrt(axis->covariance[1][1]));
}

static void show(const Listener *listener, bool json) {
    static const struct {
        int index;
        const char *name;
    } kinds[] = {{LIKING_VALENCE, "pleasant"},
                 {LIKING_AROUSAL, "excited"},
                 {LIKING_TEMPO, "fast"},
                 {LIKING_NOVELTY, "unheard"}};
    if (json)
        printf("{\"events\": %d,\n", listener->events);
    else
        printf("%d verdict%s\n", listener->events, listener->events == 1 ? "" : "s");
    show_axis("valence", &listener->valence, json);
    show_axis("arousal", &listener->arousal, json);
    printf(json ? " \"liking\": {" : "  liking of songs that are\n");
    for (int i = 0; i < 4; i++) {
        double mean = listener->liking[kinds[i].index],
               deviation = sqrt(listener->covariance[kinds[i].index][kinds[i].index]);
        if (json)
            printf("%s\"%s\": %.3f", i ? ", " : "", kinds[i].name, mean);
        else
            printf("    %-9s %+.2f ± %.2f\n", kinds[i].name, mean, deviation);
    }
    printf(json ? "}}\n" : "");
}

static int run_show(const Settings *settings, Error *error) {
    Listener listener;
    Library *library = library_open_named(&settings->library, error);
    int status = library ? feedback_learn(library, &listener, error) : -1;
    if (!status)
        show(&listener, settings->library.json);
    library_close(library);
    return status;
}

int feedback_show_command(int argc, char **argv) {
    Settings settings = {0};
    int status = options_parse(&show_usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    Error error;
    return command_status(&show_usage, run_show(&settings, &error), &error);
}

/* ------------------------------------------------------------------ undo, reset */

static const Usage undo_usage = {
    .command = "affekt feedback undo",
    .positionals = "",
    .summary = "takes back the last verdict",
    .notes = "How songs ended (skip, finish) is not taken back; 'affekt feedback reset' forgets "
             "all.\n",
};

int feedback_undo_command(int argc, char **argv) {
    Settings settings = {0};
    int status = options_parse(&undo_usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    Error error;
    bool undone = false;
    Library *library = library_open_named(&settings.library, &error);
    status = library ? feedback_undo(library, (double)time(NULL), &undone, &error) : -1;
    if (!status)
        tell(&settings, "taken back", undone);
    library_close(library);
    return command_status(&undo_usage, status, &error);
}

static const Usage reset_usage = {
    .command = "affekt feedback reset",
    .positionals = "",
    .summary = "forgets what was learnt; feedback export still writes all events",
    .notes = NULL,
};

int feedback_reset_command(int argc, char **argv) {
    Settings settings = {0};
    int status = options_parse(&reset_usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    Error error;
    Library *library = library_open_named(&settings.library, &error);
    status = library ? feedback_reset(library, (double)time(NULL), &error) : -1;
    if (!status && settings.library.json)
        printf("{\"reset\": true}\n");
    library_close(library);
    return command_status(&reset_usage, status, &error);
}

/* ------------------------------------------------------------------ export, import */

static const Option export_options[] = {
    OPTION_OUTPUT(Settings, out, "out", 'o', "FILE", "the CSV to write"),
    OPTION_LIBRARY(Settings, library),
    OPTION_END,
};

static const Usage export_usage = {
    .command = "affekt feedback export",
    .positionals = "",
    .summary = "writes all events as a table that feedback import reads",
    .notes = NULL,
};

int feedback_export_command(int argc, char **argv) {
    Settings settings = {0};
    int count = 0,
        status = options_parse(&export_usage, export_options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (!settings.out)
        return options_wrong(&export_usage, "--out is missing: the CSV to write");
    if ((status = library_spare(&export_usage, settings.library.file, "out", settings.out)) !=
        OPTIONS_RUN)
        return status;
    Error error;
    Library *library = library_open_named(&settings.library, &error);
    status = library ? feedback_export(library, settings.out, &count, &error) : -1;
    if (!status)
        tell(&settings, "exported", count);
    library_close(library);
    return command_status(&export_usage, status, &error);
}

static const Usage import_usage = {
    .command = "affekt feedback import",
    .positionals = "CSV",
    .summary = "adds the events of a table to those that are here",
    .notes = NULL,
};

int feedback_import_command(int argc, char **argv) {
    Settings settings = {0};
    int words = 0, count = 0;
    int status = options_parse(&import_usage, options, &settings, argc, argv, &words);
    if (status != OPTIONS_RUN)
        return status;
    if (words != 1)
        return options_wrong(&import_usage, "which CSV?");
    Error error;
    FILE *csv = file_open(argv[0], &error); /* before a library is made */
    if (!csv)
        return command_status(&import_usage, -1, &error);
    fclose(csv);
    Library *library = library_open(settings.library.file, &error);
    status = library ? feedback_import(library, argv[0], &count, &error) : -1;
    if (!status)
        tell(&settings, "imported", count);
    library_close(library);
    return command_status(&import_usage, status, &error);
}
