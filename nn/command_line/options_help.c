#include "nn/command_line/options_help.h"

#include <ctype.h>
#include <string.h>

int help_form(const char *argument) {
    static const char *const forms[HELP_FORMS] = {"--help", "--help=man", "--help=words"};
    if (!strcmp(argument, "-h"))
        return HELP_TEXT;
    for (int form = 0; form < HELP_FORMS; form++)
        if (!strcmp(argument, forms[form]))
            return form;
    return -1;
}

/* What can be said of an option: a flag that is set by default is named by how to clear it. */
typedef struct Entry {
    char name[64], text[1024];
} Entry;

static Entry describe(const Option *option, const void *settings) {
    Entry entry;
    char value[256];
    option_value(option, settings, value, sizeof value);
    bool set_flag = option->kind == OPTION_KIND_FLAG && !strcmp(value, "true");
    snprintf(entry.name, sizeof entry.name, "--%s%s", set_flag ? "no-" : "", option->name);
    size_t room = sizeof entry.text;
    size_t used =
        (size_t)snprintf(entry.text, room, "%s%s", set_flag ? "without " : "", option->help);
    for (int i = 0; option->choices && option->choices[i] && used < room; i++)
        used += (size_t)snprintf(entry.text + used, room - used, "%s%s", i ? ", " : ": ",
                                 option->choices[i]);
    if (option->kind != OPTION_KIND_FLAG && value[0] && used < room)
        snprintf(entry.text + used, room - used, " [%s]", value);
    return entry;
}

/* ------------------------------------------------------------------ for a terminal */

/* The help column starts here; longer heads push their text to the next line. */
enum { HELP_COLUMN = 30, HELP_WIDTH = 92 };

/* How many columns UTF-8 text takes: its bytes but for those that continue a character. */
static int width(const char *text, size_t bytes) {
    int columns = 0;
    for (size_t i = 0; i < bytes; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

/* Prints the words of `text` wrapped between the help column and the right margin. */
static void print_wrapped(const char *text, FILE *stream) {
    int column = HELP_COLUMN;
    while (*text) {
        size_t word = strcspn(text, " ");
        int columns = width(text, word);
        if (column > HELP_COLUMN && column + 1 + columns > HELP_WIDTH) {
            fprintf(stream, "\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        } else if (column > HELP_COLUMN) {
            column += fprintf(stream, " ");
        }
        fprintf(stream, "%.*s", (int)word, text);
        column += columns;
        text += word + (text[word] == ' ');
    }
    fprintf(stream, "\n");
}

static void print_option(const Option *option, const void *settings, FILE *stream) {
    Entry entry = describe(option, settings);
    char head[128];
    int used = option->letter ? snprintf(head, sizeof head, "  -%c, ", option->letter)
                              : snprintf(head, sizeof head, "      ");
    snprintf(head + used, sizeof head - (size_t)used, "%s%s%s", entry.name,
             option->argument ? " " : "", option->argument ? option->argument : "");
    int columns = width(head, strlen(head));
    if (columns < HELP_COLUMN)
        fprintf(stream, "%s%*s", head, HELP_COLUMN - columns, "");
    else
        fprintf(stream, "%s\n%*s", head, HELP_COLUMN, "");
    print_wrapped(entry.text, stream);
}

static void print_text(const Usage *usage, const Option *options, const void *settings,
                       FILE *stream) {
    fprintf(stream, "%s: %s\n\nUsage: %s [options]%s%s\n\nOptions:\n", usage->command,
            usage->summary, usage->command, usage->positionals[0] ? " " : "", usage->positionals);
    for (const Option *option = options; option->name; option++)
        print_option(option, settings, stream);
    fprintf(stream, "  -h, --help                  this text\n");
    if (usage->notes)
        fprintf(stream, "\n%s", usage->notes);
}

/* ------------------------------------------------------------------ the manual */

void man_text(const char *text, FILE *stream) {
    bool begins_line = true;
    for (; *text; text++) {
        if (begins_line && (*text == '.' || *text == '\''))
            fputs("\\&", stream);
        if (*text == '\\')
            fputs("\\e", stream);
        else if (*text == '-')
            fputs("\\-", stream);
        else
            fputc(*text, stream);
        begins_line = *text == '\n';
    }
}

/* "affekt train face" as "affekt-train-face", in capitals or not. */
static void print_page_name(const char *command, bool capitals, FILE *stream) {
    char name[64];
    snprintf(name, sizeof name, "%s", command);
    for (char *c = name; *c; c++)
        *c = *c == ' ' ? '-' : capitals ? (char)toupper((unsigned char)*c) : *c;
    man_text(name, stream);
}

static void print_man_option(const Option *option, const void *settings, FILE *stream) {
    Entry entry = describe(option, settings);
    fputs(".TP\n\\fB", stream);
    if (option->letter)
        fprintf(stream, "\\-%c\\fR, \\fB", option->letter);
    man_text(entry.name, stream);
    fputs("\\fR", stream);
    if (option->argument) {
        fputs(" \\fI", stream);
        man_text(option->argument, stream);
        fputs("\\fR", stream);
    }
    fputc('\n', stream);
    man_text(entry.text, stream);
    fputc('\n', stream);
}

static void print_man(const Usage *usage, const Option *options, const void *settings,
                      FILE *stream) {
    fputs(".TH ", stream);
    print_page_name(usage->command, true, stream);
    fputs(" 1 \"\" Affekt \"User Commands\"\n.SH NAME\n", stream);
    print_page_name(usage->command, false, stream);
    fputs(" \\- ", stream);
    man_text(usage->summary, stream);
    fprintf(stream, "\n.SH SYNOPSIS\n\\fB%s\\fR [\\fIoptions\\fR]%s", usage->command,
            usage->positionals[0] ? " " : "");
    man_text(usage->positionals, stream);
    fputs("\n.SH OPTIONS\nDefaults are in brackets.\n", stream);
    for (const Option *option = options; option->name; option++)
        print_man_option(option, settings, stream);
    fputs(".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nprint the options\n", stream);
    if (usage->notes) {
        fputs(".SH NOTES\n.nf\n", stream);
        man_text(usage->notes, stream);
        fputs(".fi\n", stream);
    }
    fprintf(stream,
            ".SH EXIT STATUS\n0 done, 1 failed, 2 wrong usage, 128 and the signal's number when a "
            "signal stopped it.\n.SH SEE ALSO\n\\fB%.*s\\fR(1)\n",
            (int)strcspn(usage->command, " "), usage->command);
}

/* ------------------------------------------------------------------ completion */

static void print_word(const Option *option, const void *settings, FILE *stream) {
    Entry entry = describe(option, settings);
    fprintf(stream, "%s\t%s\t%s", entry.name, option->argument ? option->argument : "-",
            option->choices ? "" : "-");
    for (int i = 0; option->choices && option->choices[i]; i++)
        fprintf(stream, "%s%s", i ? "," : "", option->choices[i]);
    fprintf(stream, "\t%s\n", option->help);
}

void help_print(HelpForm form, const Usage *usage, const Option *options, const void *settings,
                FILE *stream) {
    if (form == HELP_TEXT)
        print_text(usage, options, settings, stream);
    else if (form == HELP_MAN)
        print_man(usage, options, settings, stream);
    else
        for (const Option *option = options; option->name; option++)
            print_word(option, settings, stream);
}
