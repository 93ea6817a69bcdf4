/* process.h: what a command needs around its work: standard streams, the settings that libraries
 * read when they are loaded, and a status that says whether its result arrived. */
#ifndef NN_COMMAND_LINE_PROCESS_H
#define NN_COMMAND_LINE_PROCESS_H

#include <stdbool.h>

/* At the very beginning: may begin the program again, with a setting of OpenBLAS or libgomp in its
 * environment; `threaded` is whether it shares its work among threads. */
void process_begin(char **argv, bool threaded);

/* Ends with a status: returns it for main, or does not return. A result that did not reach its
 * reader (a full disk, say) is a failure. A verb that a signal has stopped ends by that signal:
 * after an exit status alone, a shell's loop would begin its next run. So does one whose reader has
 * gone, as filters do, but after it has saved what it had to. */
int process_end(int status);

#endif
