/* options.h: the command line of a verb as one table.
 *
 * A command keeps its settings in a struct, fills in the defaults, and describes each option in one
 * row. Parsing, range checks, `--help` (defaults included, read from the struct) and the echo of
 * the settings into logs and model files all come from that table.
 *
 *     typedef struct { CommonSettings common; int epochs; const char *out; } Settings;
 *     static const Option options[] = {
 *         OPTION_INTEGER(Settings, epochs, "epochs", "N", 1, 100000, "passes over the data"),
 *         OPTION_STRING(Settings, out, "out", 'o', "FILE", "where to write the model"),
 *         OPTION_COMMON(Settings, common),
 *         OPTION_END,
 *     };
 */
#ifndef NN_BASE_OPTIONS_H
#define NN_BASE_OPTIONS_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses of every command. One that was stopped by a signal and saved its work returns
 * EXIT_STOPPED + the signal's number, as shells report it: 130 for Ctrl-C. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_STOPPED = 128 };

/* The options of every command. */
typedef struct CommonSettings {
    bool quiet;
    int threads; /* 0 = one for each processor */
} CommonSettings;

typedef enum OptionKind {
    OPTION_KIND_FLAG,    /* bool; where it is set by default, help shows --no-NAME and "without "
                            before its text */
    OPTION_KIND_INTEGER, /* int */
    OPTION_KIND_SEED,    /* uint64_t */
    OPTION_KIND_FLOAT,   /* float, NAN while unset */
    OPTION_KIND_STRING,  /* const char *, pointing into argv */
    OPTION_KIND_CHOICE,  /* const char *, one of `choices` */
} OptionKind;

typedef struct Option {
    OptionKind kind;
    const char *name;     /* without the dashes */
    char letter;          /* short form, or 0 */
    const char *argument; /* what help shows as its value: "N", "FILE" */
    size_t offset;        /* of the value in the settings struct */
    double minimum, maximum;
    const char *const *choices; /* NULL-terminated */
    const char *help;
} Option;

#define OPTION_FLAG(S, field, name, help)                                                          \
    { OPTION_KIND_FLAG, name, 0, NULL, offsetof(S, field), 0, 0, NULL, help }
#define OPTION_INTEGER(S, field, name, argument, low, high, help)                                  \
    { OPTION_KIND_INTEGER, name, 0, argument, offsetof(S, field), low, high, NULL, help }
#define OPTION_SEED(S, field, name, help)                                                          \
    { OPTION_KIND_SEED, name, 0, "N", offsetof(S, field), 0, 0, NULL, help }
#define OPTION_FLOAT(S, field, name, argument, low, high, help)                                    \
    { OPTION_KIND_FLOAT, name, 0, argument, offsetof(S, field), low, high, NULL, help }
#define OPTION_STRING(S, field, name, letter, argument, help)                                      \
    { OPTION_KIND_STRING, name, letter, argument, offsetof(S, field), 0, 0, NULL, help }
#define OPTION_CHOICE(S, field, name, argument, choices, help)                                     \
    { OPTION_KIND_CHOICE, name, 0, argument, offsetof(S, field), 0, 0, choices, help }
#define OPTION_COMMON(S, field)                                                                    \
    {OPTION_KIND_INTEGER,                                                                          \
     "threads",                                                                                    \
     0,                                                                                            \
     "N",                                                                                          \
     offsetof(S, field.threads),                                                                   \
     0,                                                                                            \
     256,                                                                                          \
     NULL,                                                                                         \
     "threads to use (0: one for each processor)"},                                                \
    {                                                                                              \
        OPTION_KIND_FLAG, "quiet", 'q', NULL, offsetof(S, field.quiet), 0, 0, NULL,                \
            "no progress or notes on standard error"                                               \
    }
#define OPTION_END                                                                                 \
    { OPTION_KIND_FLAG, NULL, 0, NULL, 0, 0, 0, NULL, NULL }

/* The texts of a command's help. */
typedef struct Usage {
    const char *command;     /* "affekt train face" */
    const char *positionals; /* "FILE…", or "" when there are none */
    const char *summary;     /* what it does: first line of its help */
    const char *notes;       /* more help after the options, or NULL */
} Usage;

/* What options_parse returns when the command is to run. */
enum { OPTIONS_RUN = -1 };

/* Parses argv[1 …] into `settings`. Options take `--name value` or `--name=value`; other arguments
 * (and all after `--`) are moved to the front of argv, in order, and counted in `*n_positionals`
 * (argv[0] … argv[n-1]; a lone `-` counts); where the usage has none, one is an error and
 * `n_positionals` may be NULL. Returns OPTIONS_RUN, or else the command's exit status: EXIT_DONE
 * after --help, which goes to standard output, EXIT_USAGE after an error, which goes to standard
 * error. */
int options_parse(const Usage *usage, const Option *options, void *settings, int argc, char **argv,
                  int *n_positionals);

/* Prints "COMMAND: <message>" and a pointer to --help to standard error; returns
 * EXIT_USAGE. */
int options_wrong(const Usage *usage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How many letters to change, drop or add to make `a` into `b` (Levenshtein 1966): for "did you
 * mean". Words at a distance of up to NEAR_SPELLING are near. Texts of 64 bytes or more are near
 * none. */
enum { NEAR_SPELLING = 2 };
int spelling_distance(const char *a, const char *b);

/* The exit status of a command whose work returned `status`: 0 means EXIT_DONE, a signal's number
 * that the signal stopped it, and -1 EXIT_FAILED, for which it prints "COMMAND: <error's message>"
 * to standard error. */
int command_status(const Usage *usage, int status, const Error *error);

/* The index of a choice among those of its OPTION_CHOICE; of the NULL after the last when it is
 * none of them. */
int choice_index(const char *const *choices, const char *choice);

/* Writes the option's value as text ("0.05", "true", "vgg"; "" for an unset one) into
 * `buffer`. */
void option_value(const Option *option, const void *settings, char *buffer, size_t size);

#endif
