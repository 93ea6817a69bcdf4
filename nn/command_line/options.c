#include "nn/command_line/options.h"

#include "nn/base/number.h"
#include "nn/base/plain_text.h"
#include "nn/command_line/options_help.h"
#include "nn/command_line/spelling.h"
#include "nn/io/file.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *field(const Option *option, void *settings) {
    return (char *)settings + option->offset;
}

int options_wrong(const Usage *usage, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Error error;
    vsnprintf(error.message, sizeof error.message, format, arguments);
    fprintf(stderr, "%s: ", usage->command);
    plain_print(error.message, stderr);
    fprintf(stderr, "\nTry '%s --help'.\n", usage->command);
    va_end(arguments);
    return EXIT_USAGE;
}

int command_status(const Usage *usage, int status, const Error *error) {
    if (status >= 0)
        return status ? EXIT_STOPPED + status : EXIT_DONE;
    fprintf(stderr, "%s: ", usage->command);
    plain_print(error->message, stderr);
    fputc('\n', stderr);
    return EXIT_FAILED;
}

/* `argument` as it was typed, with its dashes. */
static int unknown_option(const Usage *usage, const Option *options, const char *argument) {
    char typed[64];
    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(argument, "="), argument);
    const Option *nearest = NULL;
    int nearest_distance = NEAR_SPELLING + 1;
    for (const Option *option = options; option->name; option++) {
        int distance = spelling_distance(typed + strspn(typed, "-"), option->name);
        if (distance < nearest_distance) {
            nearest = option;
            nearest_distance = distance;
        }
    }
    return nearest ? options_wrong(usage, "unknown option '%s'; did you mean '--%s'?", typed,
                                   nearest->name)
                   : options_wrong(usage, "unknown option '%s'", typed);
}

static bool store_number(const Usage *usage, const Option *option, void *settings,
                         const char *text) {
    bool integer = option->kind == OPTION_KIND_INTEGER;
    char *end;
    double value = integer ? (double)strtol(text, &end, 10) : number_read(text, &end);
    if (end == text || *end || isnan(value)) {
        options_wrong(usage, "--%s: '%s' is not %s number", option->name, text,
                      integer ? "a whole" : "a");
        return false;
    }
    if (value < option->minimum || value > option->maximum) {
        options_wrong(usage, "--%s: %s is outside %.10g … %.10g", option->name, text,
                      option->minimum, option->maximum);
        return false;
    }
    if (integer)
        *(int *)field(option, settings) = (int)value;
    else
        *(float *)field(option, settings) = (float)value;
    return true;
}

static bool store_seed(const Usage *usage, const Option *option, void *settings, const char *text) {
    char *end;
    errno = 0;
    uint64_t value = strtoull(text, &end, 10);
    if (end == text || *end || errno || strchr(text, '-')) {
        options_wrong(usage, "--%s: '%s' is not a whole number from 0 to 2^64-1", option->name,
                      text);
        return false;
    }
    *(uint64_t *)field(option, settings) = value;
    return true;
}

static bool store_choice(const Usage *usage, const Option *option, void *settings,
                         const char *text) {
    char list[512] = "";
    size_t used = 0;
    for (int i = 0; option->choices[i]; i++) {
        if (!strcmp(option->choices[i], text)) {
            *(const char **)field(option, settings) = option->choices[i];
            return true;
        }
        int wrote =
            snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", option->choices[i]);
        used += used + (size_t)wrote < sizeof list ? (size_t)wrote : 0;
    }
    options_wrong(usage, "--%s: there is no '%s'; choose from %s", option->name, text, list);
    return false;
}

/* Stores the text as the option's value. Returns false after saying what is wrong with it. */
static bool store(const Usage *usage, const Option *option, void *settings, const char *text) {
    switch (option->kind) {
    case OPTION_KIND_INTEGER:
    case OPTION_KIND_FLOAT:
        return store_number(usage, option, settings, text);
    case OPTION_KIND_SEED:
        return store_seed(usage, option, settings, text);
    case OPTION_KIND_CHOICE:
        return store_choice(usage, option, settings, text);
    case OPTION_KIND_STRING:
    case OPTION_KIND_INPUT:
    case OPTION_KIND_OUTPUT:
        *(const char **)field(option, settings) = text;
        return true;
    case OPTION_KIND_FLAG:
        break;
    }
    return true;
}

static const Option *find_option(const Option *options, const char *name, size_t length) {
    for (const Option *option = options; option->name; option++)
        if (strlen(option->name) == length && !memcmp(option->name, name, length))
            return option;
    return NULL;
}

/* Finds what argv[i] names: the option, the text after '=' if any, and whether it was
 * "--no-NAME". */
static const Option *match(const Option *options, const char *argument, const char **value,
                           bool *negated) {
    *value = NULL;
    *negated = false;
    if (argument[1] != '-') {
        for (const Option *option = options; option->name; option++)
            if (option->letter && option->letter == argument[1]) {
                if (argument[2])
                    *value = argument + 2;
                return option;
            }
        return NULL;
    }
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");
    if (name[length] == '=')
        *value = name + length + 1;
    const Option *option = find_option(options, name, length);
    if (!option && length > 3 && !memcmp(name, "no-", 3)) {
        option = find_option(options, name + 3, length - 3);
        *negated = option && option->kind == OPTION_KIND_FLAG;
        if (!*negated)
            option = NULL;
    }
    return option;
}

/* ------------------------------------------------------------------ what is written */

/* Whether the value of another option is the file at `path`, or will be. */
static bool names(const Option *option, const char *value, const char *path) {
    if (option->kind == OPTION_KIND_INPUT)
        return file_is_listed(value, path);
    return file_exists(path) ? file_is_same(value, path)
                             : strcmp(path, "-") != 0 && !strcmp(value, path);
}

static int spare(const Usage *usage, const Option *output, const char *path, const Option *options,
                 const void *settings, char **positionals, int n) {
    for (int i = 0; i < n; i++)
        if (file_is_same(positionals[i], path))
            return options_wrong(usage, "--%s: %s would take the place of %s itself; name another",
                                 output->name, path, positionals[i]);
    for (const Option *other = options; other->name; other++) {
        bool path_too = other != output && other->kind != OPTION_KIND_STRING;
        const char *given = path_too ? option_text(other, settings) : NULL;
        if (given && names(other, given, path))
            return options_wrong(usage,
                                 "--%s: %s would take the place of what --%s names; name another",
                                 output->name, path, other->name);
    }
    return OPTIONS_RUN;
}

/* No command replaces the files that it was given. */
static int spare_files(const Usage *usage, const Option *options, const void *settings,
                       char **positionals, int n) {
    for (const Option *option = options; option->name; option++) {
        const char *path =
            option->kind == OPTION_KIND_OUTPUT ? option_text(option, settings) : NULL;
        if (path && !*path)
            return options_wrong(usage, "--%s: a file needs a name", option->name);
        int status =
            path ? spare(usage, option, path, options, settings, positionals, n) : OPTIONS_RUN;
        if (status != OPTIONS_RUN)
            return status;
    }
    return OPTIONS_RUN;
}

/* ------------------------------------------------------------------ the whole line */

int options_parse(const Usage *usage, const Option *options, void *settings, int argc, char **argv,
                  int *n_positionals) {
    int n = 0;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        int form = help_form(argv[i]);
        if (form >= 0) {
            help_print((HelpForm)form, usage, options, settings, stdout);
            return EXIT_DONE;
        }
    }
    bool only_positionals = false;
    for (int i = 1; i < argc; i++) {
        char *argument = argv[i];
        if (only_positionals || argument[0] != '-' || !argument[1]) {
            argv[n++] = argument;
            continue;
        }
        if (!strcmp(argument, "--")) {
            only_positionals = true;
            continue;
        }
        const char *value;
        bool negated;
        const Option *option = match(options, argument, &value, &negated);
        if (!option)
            return unknown_option(usage, options, argument);
        if (option->kind == OPTION_KIND_FLAG) {
            if (value)
                return options_wrong(usage, "--%s takes no value", option->name);
            *(bool *)field(option, settings) = !negated;
            continue;
        }
        if (!value && ++i >= argc)
            return options_wrong(usage, "--%s needs a value (%s)", option->name, option->argument);
        if (!store(usage, option, settings, value ? value : argv[i]))
            return EXIT_USAGE;
    }
    if (n && !usage->positionals[0])
        return options_wrong(usage, "unexpected '%s': this command takes only options", argv[0]);
    if (n_positionals)
        *n_positionals = n;
    return spare_files(usage, options, settings, argv, n);
}
