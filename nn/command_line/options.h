/* options.h: the command line of a command, parsed by its table of options, and its exit status. */
#ifndef NN_COMMAND_LINE_OPTIONS_H
#define NN_COMMAND_LINE_OPTIONS_H

#include "nn/base/error.h"
#include "nn/command_line/option_table.h"

/* Exit statuses of every command. One that was stopped by a signal and saved its work returns
 * EXIT_STOPPED + the signal's number, as shells report it: 130 for Ctrl-C. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_STOPPED = 128 };

/* What options_parse returns when the command is to run. */
enum { OPTIONS_RUN = -1 };

/* Parses argv[1 …] into `settings`. Options take `--name value` or `--name=value`; other arguments
 * (and all after `--`) are moved to the front of argv, in order, and counted in `*n_positionals`
 * (argv[0] … argv[n-1]; a lone `-` counts); where the usage has none, one is an error and
 * `n_positionals` may be NULL. An output (OPTION_OUTPUT) that is the file of a positional, of an
 * input or of another output, by whatever name, is an error. Returns OPTIONS_RUN, or else the
 * command's exit status: EXIT_DONE after --help, which goes to standard output, EXIT_USAGE after an
 * error, which goes to standard error. */
int options_parse(const Usage *usage, const Option *options, void *settings, int argc, char **argv,
                  int *n_positionals);

/* Prints "COMMAND: <message>" and a pointer to --help to standard error; returns
 * EXIT_USAGE. */
int options_wrong(const Usage *usage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The exit status of a command whose work returned `status`: 0 means EXIT_DONE, a signal's number
 * that the signal stopped it, and -1 EXIT_FAILED, for which it prints "COMMAND: <error's message>"
 * to standard error. */
int command_status(const Usage *usage, int status, const Error *error);

#endif
