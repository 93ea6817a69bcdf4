/* affekt library list, library show: what is in the library of songs. */
#include "compose/commands/commands.h"
#include "compose/commands/library_common.h"
#include "datasets/music/song.h"
#include "nn/base/json_text.h"
#include "nn/base/plain_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Settings {
    LibrarySettings library;
    const char *language, *genre;
    char code[LANGUAGE_CODE]; /* of the language */
    bool gone, failed;
} Settings;

static const Option options[] = {
    OPTION_LIBRARY(Settings, library),
    OPTION_STRING(Settings, language, "language", 0, "CODE",
                  "only songs in that language, a code of ISO 639 or a name; '' for unknown ones"),
    OPTION_STRING(Settings, genre, "genre", 0, "NAME", "only songs of that genre"),
    OPTION_FLAG(Settings, gone, "gone", "only songs that are no longer there"),
    OPTION_FLAG(Settings, failed, "failed", "only files that cannot be read, and why"),
    OPTION_END,
};

static const Usage list_usage = {
    .command = "affekt library list",
    .positionals = "[PATH…]",
    .summary = "lists the songs with valence, arousal, their standard deviation and source",
    .notes = NULL,
};

static bool is_wanted(const LibrarySong *song, const Settings *settings) {
    if (settings->failed && !*song->failure)
        return false;
    if (!settings->failed && *song->failure)
        return false;
    return (!settings->gone || !song->present) &&
           (!settings->language || !strcmp(song->language, settings->code)) &&
           (!settings->genre || !strcasecmp(song->genre, settings->genre));
}

static void list_song(const LibrarySong *song, const Settings *settings, json_t *list) {
    if (!is_wanted(song, settings))
        return;
    if (list) {
        json_array_append_new(list, library_song_json(song));
    } else if (*song->failure) {
        plain_print(song->path, stdout);
        printf(": ");
        plain_print(song->failure, stdout);
        printf("\n");
    } else {
        library_song_print(song);
    }
}

static int list_found(const LibrarySongs *songs, const char *path, const Settings *settings,
                      json_t *list, Error *error) {
    int count;
    int *found = library_find(songs, path, &count, error);
    for (int i = 0; found && i < count; i++)
        list_song(&songs->list[found[i]], settings, list);
    free(found);
    return found ? 0 : -1;
}

static void print_json(json_t *value) {
    json_dumpf(value, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    printf("\n");
    json_decref(value);
}

static int list(const Settings *settings, char **paths, int count, Error *error) {
    LibrarySongs songs;
    Library *library = library_open_named(&settings->library, error);
    if (!library || library_songs(library, &songs, error)) {
        library_close(library);
        return -1;
    }
    json_t *array = settings->library.json ? json_array() : NULL;
    int status = 0;
    for (int i = 0; i < count && !status; i++)
        status = list_found(&songs, paths[i], settings, array, error);
    for (int i = 0; i < songs.count && !count; i++)
        list_song(&songs.list[i], settings, array);
    if (!songs.count && !count && !array && !settings->library.common.quiet)
        fprintf(stderr, "no song in the library: it is empty ('affekt library add FOLDER')\n");
    if (array && !status)
        print_json(array);
    library_songs_free(&songs);
    library_close(library);
    return status;
}

int library_list_command(int argc, char **argv) {
    Settings settings = {0};
    int count = 0;
    int status = options_parse(&list_usage, options, &settings, argc, argv, &count);
    if (status != OPTIONS_RUN)
        return status;
    if (settings.language && *settings.language &&
        library_read_language(&list_usage, settings.language, settings.code))
        return EXIT_USAGE;
    Error error;
    return command_status(&list_usage, list(&settings, argv, count, &error), &error);
}

/* ------------------------------------------------------------------ show */

static const Option show_options[] = {
    OPTION_LIBRARY(Settings, library),
    OPTION_END,
};

static const Usage show_usage = {
    .command = "affekt library show",
    .positionals = "[SONG]",
    .summary = "shows all that is known of a song (a path or #number), or of the library",
    .notes = NULL,
};

static int show_moods(Library *library, int64_t song, json_t *object, Error *error) {
    Statement *row = statement_begin(library_database(library),
                                     "SELECT origin, valence, arousal, valence_deviation, "
                                     "arousal_deviation FROM moods WHERE song = ?1"
                                     " AND origin >= 0 AND origin < ?2 ORDER BY origin",
                                     error);
    json_t *moods = json_array();
    int status = row ? 1 : -1;
    if (row) {
        statement_bind_integer(row, 1, song);
        statement_bind_integer(row, 2, ORIGINS);
    }
    while (status > 0 && (status = statement_next(row, error)) > 0)
        json_array_append_new(moods,
                              json_pack("{s:s, s:f, s:f, s:f, s:f}", "origin",
                                        origin_names[statement_integer(row, 0)], "valence",
                                        statement_real(row, 1), "arousal", statement_real(row, 2),
                                        "valence_deviation", statement_real(row, 3),
                                        "arousal_deviation", statement_real(row, 4)));
    statement_end(row);
    json_object_set_new(object, "moods", moods);
    return status;
}

static void print_moods(const json_t *object) {
    size_t i;
    json_t *mood;
    json_array_foreach(json_object_get(object, "moods"), i, mood) {
        printf("  %-9s valence %+.2f ± %.2f, arousal %+.2f ± %.2f%s\n",
               json_string_value(json_object_get(mood, "origin")),
               json_real_value(json_object_get(mood, "valence")),
               json_real_value(json_object_get(mood, "valence_deviation")),
               json_real_value(json_object_get(mood, "arousal")),
               json_real_value(json_object_get(mood, "arousal_deviation")), i ? "" : "  (counts)");
    }
}

static void print_facts(const LibrarySong *song) {
    plain_print(song->path, stdout);
    printf("\n");
    library_song_print(song);
    if (*song->failure) {
        printf("  ");
        plain_print(song->failure, stdout);
        printf("\n");
        return;
    }
    printf("  %s, %s", song->kind == MOOD_FROM_NOTES ? "MIDI" : "audio",
           song_key_name(song->tonic, song->minor));
    if (!isnan(song->tempo))
        printf(", %.0f a minute", (double)song->tempo);
    if (!isnan(song->loudness))
        printf(", %.1f LUFS", (double)song->loudness);
    printf("\n");
}

static int show_song(Library *library, const LibrarySongs *songs, const char *text, bool json,
                     Error *error) {
    int count, status = 0;
    int *found = library_find(songs, text, &count, error);
    for (int i = 0; found && i < count && !status; i++) {
        const LibrarySong *song = &songs->list[found[i]];
        json_t *object = library_song_json(song);
        status = show_moods(library, song->id, object, error);
        if (!status && !json) {
            print_facts(song);
            print_moods(object);
        }
        if (!status && json)
            print_json(json_incref(object));
        json_decref(object);
    }
    free(found);
    return found ? status : -1;
}

static void show_library(Library *library, const LibrarySongs *songs, bool json) {
    int present = 0, failed = 0, origins[ORIGINS] = {0}, quadrants[2][2] = {{0}};
    double seconds = 0;
    for (int i = 0; i < songs->count; i++) {
        const LibrarySong *song = &songs->list[i];
        failed += *song->failure != 0;
        if (!song->present || *song->failure)
            continue;
        present++;
        seconds += song->seconds;
        if (song->has_mood) {
            origins[song->origin]++;
            quadrants[song->mood.valence >= 0][song->mood.arousal >= 0]++;
        }
    }
    const char *file = database_path(library_database(library));
    if (json) {
        print_json(json_pack("{s:o, s:i, s:i, s:i, s:f}", "library", json_text(file), "songs",
                             present, "gone", songs->count - present - failed, "failed", failed,
                             "hours", seconds / 3600));
        return;
    }
    printf("%s: %d song%s, %.1f hours; %d gone, %d that cannot be read\n", file, present,
           present == 1 ? "" : "s", seconds / 3600, songs->count - present - failed, failed);
    for (int origin = 0; origin < ORIGINS; origin++)
        printf("  mood by %-9s %6d\n", origin_names[origin], origins[origin]);
    printf("  pleasant: %d excited, %d calm; unpleasant: %d excited, %d calm\n", quadrants[1][1],
           quadrants[1][0], quadrants[0][1], quadrants[0][0]);
}

static int show(const Settings *settings, char **words, int count, Error *error) {
    LibrarySongs songs;
    Library *library = library_open_named(&settings->library, error);
    if (!library || library_songs(library, &songs, error)) {
        library_close(library);
        return -1;
    }
    int status = 0;
    if (!count)
        show_library(library, &songs, settings->library.json);
    for (int i = 0; i < count && !status; i++)
        status = show_song(library, &songs, words[i], settings->library.json, error);
    library_songs_free(&songs);
    library_close(library);
    return status;
}

int library_show_command(int argc, char **argv) {
    Settings settings = {0};
    int count = 0;
    int status = options_parse(&show_usage, show_options, &settings, argc, argv, &count);
    if (status != OPTIONS_RUN)
        return status;
    Error error;
    return command_status(&show_usage, show(&settings, argv, count, &error), &error);
}
