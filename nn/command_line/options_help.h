/* options_help.h: a command's help, man page and shell completions from its table of options. */
#ifndef NN_COMMAND_LINE_OPTIONS_HELP_H
#define NN_COMMAND_LINE_OPTIONS_HELP_H

#include "nn/command_line/option_table.h"

#include <stdio.h>

/* The forms that `--help=FORM` names; `--help` alone is the first. */
typedef enum HelpForm {
    HELP_TEXT,  /* for a terminal */
    HELP_MAN,   /* a page of section 1, in the man(7) macros */
    HELP_WORDS, /* one line per option: "--name<TAB>argument<TAB>choice,choice<TAB>help", "-" for
                   none */
    HELP_FORMS
} HelpForm;

/* The form that the argument asks for ("--help", "-h", "--help=man" …), or -1 for another argument.
 */
int help_form(const char *argument);

/* Prints the help in that form; defaults are those in `settings`. */
void help_print(HelpForm form, const Usage *usage, const Option *options, const void *settings,
                FILE *stream);

/* Writes text so that man shows it verbatim: backslashes, minus signs and dots at the beginning of
 * a line are escaped. */
void man_text(const char *text, FILE *stream);

#endif
