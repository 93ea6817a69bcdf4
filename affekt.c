/* affekt.c: the front door. Maps a verb to its function, holds the global help and the version,
 * nothing else. */
#include "affekt.h"
#include "compose/commands/commands.h"
#include "datasets/media/ffmpeg.h"
#include "infer/commands/commands.h"
#include "nn/base/plain_text.h"
#include "nn/command_line/ascii_output.h"
#include "nn/command_line/options.h"
#include "nn/command_line/options_help.h"
#include "nn/command_line/process.h"
#include "nn/command_line/spelling.h"
#include "nn/kernels/isa.h"
#include "train/commands/commands.h"

#include <stdio.h>
#include <string.h>

typedef struct Verb {
    const char *words; /* "train face": one or two words */
    int (*run)(int argc, char **argv);
    const char *summary;
} Verb;

static const Verb verbs[] = {
    {"train face", train_face_command, "train an emotion classifier on faces"},
    {"train music", train_music_command, "train a conditioned LSTM on MIDI files"},
    {"train detector", train_detector_command, "train a face detector"},
    {"train landmarks", train_landmarks_command, "train a facial landmark network (68 points)"},
    {"train mood", train_mood_command, "fit the estimator of a song's mood to rated songs"},
    {"train forest", train_forest_command,
     "fit a random forest or boosted trees to a table of numbers"},
    {"classify", classify_command, "recognise emotions of faces in pictures and videos"},
    {"compose", compose_command, "write new music for an emotion"},
    {"live", live_command, "play music that follows a face on camera"},
    {"serve", serve_command, "serve the page: camera, emotion and music in the browser"},
    {"library add", library_add_command, "add folders of songs to the library"},
    {"library scan", library_scan_command, "look for new, changed and lost songs"},
    {"library list", library_list_command, "list the songs and their moods"},
    {"library show", library_show_command, "show a song's details"},
    {"library set", library_set_command, "set the mood or language of songs"},
    {"library import", library_import_command, "import moods of songs from a table"},
    {"library export", library_export_command, "write the songs and their moods as a table"},
    {"library remove", library_remove_command, "forget folders and songs"},
    {"playlist", playlist_command, "choose songs of the library for a mood"},
    {"play", play_command, "play songs and composed music that follow a face or a mood"},
    {"feedback give", feedback_give_command, "say what you think of songs"},
    {"feedback show", feedback_show_command, "show your preferences, as learnt"},
    {"feedback undo", feedback_undo_command, "undo your last verdict"},
    {"feedback reset", feedback_reset_command, "forget what was learnt of them"},
    {"feedback export", feedback_export_command, "write all events as a table"},
    {"feedback import", feedback_import_command, "add the events of a table"},
    {"bend", bend_command, "make an existing song express another mood"},
    {"eval face", eval_face_command, "evaluate a face model on labelled faces"},
    {"eval mood", eval_mood_command, "evaluate the estimator of songs' moods on rated songs"},
    {"eval music", eval_music_command, "evaluate a music model: likelihood, control, quality"},
    {"eval detector", eval_detector_command, "evaluate a face detector"},
    {"eval landmarks", eval_landmarks_command, "evaluate a landmark network"},
    {"eval forest", eval_forest_command, "evaluate a random forest on a table of numbers"},
    {"calibrate", calibrate_command, "calibrate a face model's confidence"},
    {"average", average_command, "average the weights of several models into one"},
    {"show", show_command, "print what is in a model or MIDI file"},
    {"compare", compare_command, "print what differs between two models"},
    {"bench", bench_command, "measure how fast this machine trains and runs the networks"},
    {NULL, NULL, NULL},
};

/* Whether the verb has two words, of which this is the first. */
static bool is_of_group(const Verb *verb, const char *group) {
    size_t first = strcspn(verb->words, " ");
    return verb->words[first] && strlen(group) == first && !memcmp(verb->words, group, first);
}

static bool is_group(const char *word) {
    for (const Verb *verb = verbs; verb->words; verb++)
        if (is_of_group(verb, word))
            return true;
    return false;
}

static const char about[] =
    "Affekt reads emotions from faces and writes music for them: it trains an emotion\n"
    "classifier on FER2013 and an LSTM on MIDI files, and runs both.\n";
static const char more[] =
    "'affekt VERB --help' lists a verb's options, 'affekt --version' prints the version.\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C\n"
    "(which is the usual end of live, play and serve: 0).\n";

/* What of the environment is for users to set; locale, terminal and desktop set the rest. */
typedef struct Variable {
    const char *name, *use;
} Variable;

static const Variable variables[] = {
    {"AFFEKT_MODELS", "folder of the shipped models, where they are not beside the program"},
    {"AFFEKT_SOUNDFONT", "soundfont to play and render with, where --soundfont names none"},
    {"AFFEKT_ISA",
     "kernels to compute with: portable, avx2 or avx512 (default: the machine's best)"},
    {"XDG_DATA_HOME", "folder that holds affekt/, with the user's library of songs"},
    {"TMPDIR", "folder for temporary files"},
    {"NO_COLOR", "no colours in the terminal, where it is not empty"},
    {NULL, NULL},
};

/* Those verbs whose first word is `group`, or all where it is NULL. */
static void print_verbs(const char *group, FILE *stream) {
    for (const Verb *verb = verbs; verb->words; verb++)
        if (!group || is_of_group(verb, group))
            fprintf(stream, "  %-15s %s\n", verb->words, verb->summary);
}

static void print_help(FILE *stream) {
    fprintf(stream, "%s\nUsage: affekt VERB [options] …\n\nVerbs:\n", about);
    print_verbs(NULL, stream);
    fprintf(stream, "\n%s", more);
}

static void print_man(FILE *stream) {
    fputs(
        ".TH AFFEKT 1 \"\" Affekt \"User Commands\"\n.SH NAME\naffekt \\- read emotions from faces "
        "and write music for them\n.SH SYNOPSIS\n\\fBaffekt\\fR \\fIVERB\\fR [\\fIoptions\\fR] …\n"
        ".SH DESCRIPTION\n",
        stream);
    man_text(about, stream);
    fputs(".SH VERBS\nEach has a page of its own, such as \\fBaffekt\\-train\\-face\\fR(1).\n",
          stream);
    for (const Verb *verb = verbs; verb->words; verb++) {
        fprintf(stream, ".TP\n\\fB%s\\fR\n", verb->words);
        man_text(verb->summary, stream);
        fputc('\n', stream);
    }
    fputs(".SH ENVIRONMENT\n", stream);
    for (const Variable *variable = variables; variable->name; variable++) {
        fprintf(stream, ".TP\n\\fB%s\\fR\n", variable->name);
        man_text(variable->use, stream);
        fputc('\n', stream);
    }
    fputs(".SH NOTES\n", stream);
    man_text(more, stream);
}

/* The front door's own help, in a form of options_help.h. */
static void print_form(int form) {
    if (form == HELP_TEXT)
        print_help(stdout);
    else if (form == HELP_MAN)
        print_man(stdout);
    else
        for (const Verb *verb = verbs; verb->words; verb++)
            printf("%s\t%s\n", verb->words, verb->summary);
}

/* Whether the verb's first word, of which `*first` is set to the length, is argv[1]. */
static bool begins_with(const Verb *verb, int argc, char **argv, size_t *first) {
    *first = strcspn(verb->words, " ");
    return argc > 1 && strlen(argv[1]) == *first && !memcmp(argv[1], verb->words, *first);
}

/* How many of argv's words after the program name the verb takes up, 0 when it is not meant. */
static int matches(const Verb *verb, int argc, char **argv) {
    size_t first;
    if (!begins_with(verb, argc, argv, &first))
        return 0;
    if (!verb->words[first])
        return 1;
    return argc > 2 && !strcmp(argv[2], verb->words + first + 1) ? 2 : 0;
}

/* The verb that argv's first word, or first two in either order, nearly spell, or NULL. */
static const Verb *nearly_spelt(int argc, char **argv) {
    const char *second = argc > 2 ? argv[2] : "";
    char ordered[64], swapped[64];
    snprintf(ordered, sizeof ordered, "%.31s %.31s", argv[1], second);
    snprintf(swapped, sizeof swapped, "%.31s %.31s", second, argv[1]);
    const char *const spellings[] = {argv[1], ordered, swapped};
    const Verb *nearest = NULL;
    int least = NEAR_SPELLING + 1;
    for (const Verb *verb = verbs; verb->words; verb++)
        for (int i = 0; i < 3; i++) {
            int distance = spelling_distance(spellings[i], verb->words);
            if (distance < least) {
                nearest = verb;
                least = distance;
            }
        }
    return nearest;
}

/* Names what is no verb, and what may be meant: one nearly spelt alike, or all that begin alike, as
 * 'train' is half of two. */
static int unknown_verb(int argc, char **argv) {
    const Verb *near = nearly_spelt(argc, argv);
    const char *separator = "; there are ";
    size_t first;
    PlainText word;
    fprintf(stderr, "affekt: there is no verb '%s", plain_text(argv[1], &word));
    if (argc > 2 && argv[2][0] != '-' && !(near && !strchr(near->words, ' ')))
        fprintf(stderr, " %s", plain_text(argv[2], &word));
    fprintf(stderr, "'");
    if (near)
        fprintf(stderr, "; did you mean '%s'?", near->words);
    for (const Verb *verb = verbs; verb->words && !near; verb++)
        if (begins_with(verb, argc, argv, &first) && verb->words[first]) {
            fprintf(stderr, "%s'%s'", separator, verb->words);
            separator = ", ";
        }
    fprintf(stderr, "%s Try 'affekt --help'.\n", near ? "" : ".");
    return EXIT_USAGE;
}

/* "help train face" as "train face --help", and "help" alone as "--help". The words that stay are
 * moved to the front. */
static int put_help_last(int argc, char **argv) {
    static char help[] = "--help";
    if (argc < 2 || strcmp(argv[1], "help") != 0)
        return argc;
    memmove(argv + 1, argv + 2, (size_t)(argc - 2) * sizeof *argv);
    argv[argc - 1] = help;
    return argc;
}

/* Whether the verb shares its work among threads. */
static bool is_threaded(int argc, char **argv) {
    static const char *const threaded[] = {"train", "classify",  "compose",
                                           "eval",  "calibrate", "bench"};
    for (size_t i = 0; argc > 1 && i < sizeof threaded / sizeof *threaded; i++)
        if (!strcmp(argv[1], threaded[i]))
            return true;
    return false;
}

/* What programs read stays as it is in every locale. */
static bool is_for_programs(int argc, char **argv) {
    static const char *const written[] = {"--log", "--record", "-o"}; /* to standard output: "-" */
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--json") || !strcmp(argv[i], "--csv"))
            return true;
        for (size_t k = 0; k < sizeof written / sizeof *written; k++) {
            size_t length = strlen(written[k]);
            const char *value = argv[i] + length + (argv[i][1] == '-');
            if (!strcmp(argv[i], written[k])
                    ? i + 1 < argc && !strcmp(argv[i + 1], "-")
                    : !strncmp(argv[i], written[k], length) && !strcmp(value, "-"))
                return true;
        }
    }
    return false;
}

int main(int argc, char **argv) {
    process_begin(argv, is_threaded(argc, argv));
    ascii_output_begin(!is_for_programs(argc, argv));
    ffmpeg_quiet();
    Error error;
    if (isa_check(&error)) {
        fprintf(stderr, "affekt: ");
        plain_print(error.message, stderr);
        fputc('\n', stderr);
        return EXIT_USAGE;
    }
    argc = put_help_last(argc, argv);
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    for (const Verb *verb = verbs; verb->words; verb++) {
        int words = matches(verb, argc, argv);
        if (words)
            return process_end(verb->run(argc - words, argv + words));
    }
    if (argc == 2 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version"))) {
        printf("affekt %s, computing with %s\n", affekt_version(), isa_name(isa_current()));
        return process_end(EXIT_DONE);
    }
    if (argc == 2 && help_form(argv[1]) >= 0) {
        print_form(help_form(argv[1]));
        return process_end(EXIT_DONE);
    }
    if (argc == 3 && is_group(argv[1]) && help_form(argv[2]) == HELP_TEXT) {
        print_verbs(argv[1], stdout);
        printf("\n%s", more);
        return process_end(EXIT_DONE);
    }
    return unknown_verb(argc, argv);
}
