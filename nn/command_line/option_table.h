/* option_table.h: the options of a command as one table.
 *
 * A command keeps its settings in a struct, fills in the defaults, and describes each option in one
 * row. Parsing and range checks (options.h), `--help` (options_help.h; defaults included, read from
 * the struct) and the echo of the settings into logs and model files all come from that table.
 *
 *     typedef struct { CommonSettings common; int epochs; const char *out; } Settings;
 *     static const Option options[] = {
 *         OPTION_INTEGER(Settings, epochs, "epochs", "N", 1, 100000, "passes over the data"),
 *         OPTION_OUTPUT(Settings, out, "out", 'o', "FILE", "where to write the model"),
 *         OPTION_COMMON(Settings, common),
 *         OPTION_END,
 *     };
 */
#ifndef NN_COMMAND_LINE_OPTION_TABLE_H
#define NN_COMMAND_LINE_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    OPTION_KIND_INPUT,   /* the same: the path of what the command reads, or several, separated by
                            commas */
    OPTION_KIND_OUTPUT,  /* the same: the path of what it writes */
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
#define OPTION_INPUT(S, field, name, letter, argument, help)                                       \
    { OPTION_KIND_INPUT, name, letter, argument, offsetof(S, field), 0, 0, NULL, help }
#define OPTION_OUTPUT(S, field, name, letter, argument, help)                                      \
    { OPTION_KIND_OUTPUT, name, letter, argument, offsetof(S, field), 0, 0, NULL, help }
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

/* The value of a string, an input or an output, NULL where it is unset; of other kinds NULL. */
const char *option_text(const Option *option, const void *settings);

/* The index of a choice among those of its OPTION_CHOICE; of the NULL after the last when it is
 * none of them. */
int choice_index(const char *const *choices, const char *choice);

/* Writes the option's value as text ("0.05", "true", "vgg"; "" for an unset one) into
 * `buffer`. */
void option_value(const Option *option, const void *settings, char *buffer, size_t size);

#endif
