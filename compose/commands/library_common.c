#include "compose/commands/library_common.h"

#include "compose/library/database.h"
#include "datasets/music/song.h"
#include "nn/base/json_text.h"
#include "nn/base/number.h"
#include "nn/command_line/progress.h"
#include "nn/io/file.h"

#include <math.h>

int library_check_named(const char *file, Error *error) {
    return !file || file_exists(file)
               ? 0
               : error_set(error,
                           "there is no library '%s'; 'affekt library add FOLDER --library FILE' "
                           "makes one",
                           file);
}

Library *library_open_named(const LibrarySettings *settings, Error *error) {
    return library_check_named(settings->file, error) ? NULL : library_open(settings->file, error);
}

int library_spare(const Usage *usage, const char *file, const char *option, const char *out) {
    char own[4096];
    Error nowhere;
    if (file || !out || database_default_path(own, sizeof own, &nowhere) || !file_is_same(own, out))
        return OPTIONS_RUN;
    return options_wrong(usage, "--%s: %s would take the place of the library itself; name another",
                         option, out);
}

static void put_number(json_t *object, const char *key, double value, int decimals) {
    json_object_set_new(object, key,
                        isfinite(value) ? json_real(number_round(value, decimals)) : json_null());
}

static void put_text(json_t *object, const char *key, const char *text) {
    if (*text)
        json_object_set_new(object, key, json_text(text));
}

json_t *library_song_json(const LibrarySong *song) {
    json_t *object = json_object();
    json_object_set_new(object, "id", json_integer(song->id));
    put_text(object, "file", song->path);
    put_text(object, "title", song->title);
    put_text(object, "artist", song->artist);
    put_text(object, "album", song->album);
    put_text(object, "genre", song->genre);
    put_text(object, "language", song->language);
    put_text(object, "failure", song->failure);
    json_object_set_new(object, "kind", json_string(mood_source_names[song->kind]));
    json_object_set_new(object, "present", json_boolean(song->present));
    put_number(object, "seconds", song->seconds, 2);
    if (!isnan(song->tempo))
        put_number(object, "tempo", (double)song->tempo, 1);
    if (!isnan(song->loudness))
        put_number(object, "loudness", (double)song->loudness, 1);
    if (!*song->failure)
        put_text(object, "key", song_key_name(song->tonic, song->minor));
    if (song->has_mood) {
        put_number(object, "valence", (double)song->mood.valence, 3);
        put_number(object, "arousal", (double)song->mood.arousal, 3);
        put_number(object, "valence_deviation", (double)song->mood.valence_deviation, 3);
        put_number(object, "arousal_deviation", (double)song->mood.arousal_deviation, 3);
        put_text(object, "origin", origin_names[song->origin]);
    }
    return object;
}

static int use_word(Library *library, const LibrarySongs *songs, const char *word,
                    int (*use)(Library *, const LibrarySong *, void *, Error *), void *context,
                    int *count, Error *error) {
    int n, status = 0, *found = library_find(songs, word, &n, error);
    if (!found)
        return -1;
    for (int i = 0; i < n && !status; i++)
        status = use(library, &songs->list[found[i]], context, error);
    *count += n;
    free(found);
    return status;
}

int library_use_named(Library *library, char **words, int n,
                      int (*use)(Library *, const LibrarySong *, void *, Error *), void *context,
                      int *count, Error *error) {
    LibrarySongs songs;
    if (library_songs(library, &songs, error))
        return -1;
    int status = database_run(library_database(library), "BEGIN IMMEDIATE", error);
    bool begun = !status;
    for (int w = 0; w < n && !status; w++)
        status = use_word(library, &songs, words[w], use, context, count, error);
    if (begun && database_run(library_database(library), status ? "ROLLBACK" : "COMMIT",
                              status ? NULL : error))
        status = -1;
    library_songs_free(&songs);
    return status;
}

void library_song_print(const LibrarySong *song) {
    char duration[DURATION_TEXT], id[24];
    PlainText name;
    snprintf(id, sizeof id, "#%lld", (long long)song->id);
    printf("%-6s ", id);
    if (song->has_mood)
        printf("%+.2f ± %.2f  %+.2f ± %.2f  %-8s", (double)song->mood.valence,
               (double)song->mood.valence_deviation, (double)song->mood.arousal,
               (double)song->mood.arousal_deviation, origin_names[song->origin]);
    else
        printf("%-36s", *song->failure ? "cannot be read" : "no mood");
    printf(" %8s  %-3s ", isnan(song->seconds) ? "–" : duration_text(song->seconds, duration),
           *song->language ? song->language : "–");
    if (!song->present)
        printf("(gone) ");
    printf("%s\n", library_song_name(song, &name));
}

int library_read_mood(const Usage *usage, const char *emotion, float valence, float arousal,
                      MoodEstimate *mood) {
    static const float surest = 0.1f;
    bool plane = !isnan(valence) || !isnan(arousal);
    if (emotion && plane)
        return options_wrong(usage, "--emotion and --valence, --arousal are mutually exclusive");
    if (plane && (isnan(valence) || isnan(arousal)))
        return options_wrong(usage, "--valence and --arousal must be given together");
    if (emotion && emotion_from_name(emotion) < 0)
        return options_wrong(usage,
                             "--emotion: '%s' is none of angry, disgust, fear, happy, sad, "
                             "surprise, neutral",
                             emotion);
    *mood = emotion ? label_emotion((Emotion)emotion_from_name(emotion), surest)
                    : (MoodEstimate){valence, arousal, surest, surest};
    return EXIT_DONE;
}

int library_read_language(const Usage *usage, const char *text, char code[LANGUAGE_CODE]) {
    *code = '\0';
    return text && !label_language(text, code)
               ? options_wrong(usage, "--language: '%s' is not the code or name of a language",
                               text)
               : EXIT_DONE;
}
