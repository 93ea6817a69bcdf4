/* library_common.h: shared by the commands that use the song library. */
#ifndef COMPOSE_COMMANDS_LIBRARY_COMMON_H
#define COMPOSE_COMMANDS_LIBRARY_COMMON_H

#include "compose/library/labels.h"
#include "compose/library/library.h"
#include "nn/command_line/options.h"

#include <jansson.h>

typedef struct LibrarySettings {
    CommonSettings common;
    const char *file; /* NULL for the user's own */
    bool json;
} LibrarySettings;

#define OPTION_LIBRARY(S, field)                                                                   \
    OPTION_INPUT(S, field.file, "library", 0, "FILE",                                              \
                 "the library (default: affekt/library.db in $XDG_DATA_HOME or ~/.local/share)"),  \
        OPTION_FLAG(S, field.json, "json", "print the result as JSON"),                            \
        OPTION_COMMON(S, field.common)

/* Fails where a library that was named is missing: library add makes one. NULL is fine. */
int library_check_named(const char *file, Error *error) MUST_CHECK;
/* Opens the library, unless that fails. */
Library *library_open_named(const LibrarySettings *settings, Error *error);

/* Where no library is named (`file` NULL): EXIT_USAGE, with a message, if `option` would write over
 * the user's own; else OPTIONS_RUN. What is named, options_parse spares. */
int library_spare(const Usage *usage, const char *file, const char *option, const char *out);

/* The song as library list and show print it (caller decrefs). */
json_t *library_song_json(const LibrarySong *song);

/* Calls `use` for every song that the words name (library_find), all in one transaction: a failure
 * undoes them all. Adds to `*count` how many songs were named. */
int library_use_named(Library *library, char **words, int n,
                      int (*use)(Library *library, const LibrarySong *song, void *context,
                                 Error *error),
                      void *context, int *count, Error *error) MUST_CHECK;

/* A line: "#12  0.8 ± 0.3  0.5 ± 0.3  folder    3:25  hi  Artist – Title". */
void library_song_print(const LibrarySong *song);

/* Reads a mood from options, an emotion's name or valence and arousal: returns EXIT_DONE, or
 * EXIT_USAGE with a message. `*mood` becomes the mood of music for that emotion. */
int library_read_mood(const Usage *usage, const char *emotion, float valence, float arousal,
                      MoodEstimate *mood);

/* Reads --language, "" for NULL: EXIT_DONE, or EXIT_USAGE with a message. */
int library_read_language(const Usage *usage, const char *text, char code[LANGUAGE_CODE]);

#endif
