#include "compose/library/playlist.h"

#include "compose/library/labels.h"
#include "nn/base/array.h"
#include "nn/base/text_list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_spoken(const LibrarySong *song, char **languages, int count, bool strict) {
    if (!*song->language)
        return !strict;
    for (int i = 0; i < count; i++) {
        char code[LANGUAGE_CODE];
        if (label_language(languages[i], code) && !strcmp(code, song->language))
            return true;
    }
    return false;
}

static int check_languages(char **languages, int count, Error *error) {
    char code[LANGUAGE_CODE];
    for (int i = 0; i < count; i++)
        if (!label_language(languages[i], code))
            return error_set(error, "'%s' is not the code or name of a language", languages[i]);
    return 0;
}

int playlist_filter(const LibrarySongs *songs, const PlaylistSettings *settings, bool *excluded,
                    Error *error) {
    int n_languages = 0, left = 0;
    char **languages = NULL;
    if (settings->languages) {
        languages = text_list_split(settings->languages, &n_languages, error);
        if (!languages || check_languages(languages, n_languages, error)) {
            free(languages);
            return -1;
        }
    }
    for (int i = 0; i < songs->count; i++) {
        const LibrarySong *song = &songs->list[i];
        bool fits = song->present && !*song->failure && song->seconds > 0 &&
                    (!settings->genre || !strcasecmp(song->genre, settings->genre)) &&
                    (!languages || is_spoken(song, languages, n_languages, settings->strict));
        excluded[i] = !fits;
        left += fits;
    }
    free(languages);
    return left;
}

/* What the list is made with. */
typedef struct Making {
    const LibrarySongs *songs;
    const Listener *listener;
    const PlaylistSettings *settings;
    bool *excluded; /* (songs->count) */
    bool *unfit;    /* (songs->count) for the next place */
    int *before;    /* (playlist->count) */
    int room_before;
} Making;

/* Marks what would leave the list farther from its length than it is, unless by little. Returns
 * whether anything is left; a list without a song takes any. */
static bool mark_unfit(Making *making, const Playlist *playlist) {
    const double little = 120;
    double left = making->settings->seconds - playlist->seconds;
    bool some = false;
    for (int i = 0; i < making->songs->count; i++) {
        making->unfit[i] =
            making->excluded[i] || making->songs->list[i].seconds > left + fmax(left, little);
        some |= !making->unfit[i];
    }
    if (!some && !playlist->count)
        memcpy(making->unfit, making->excluded,
               (size_t)making->songs->count * sizeof *making->unfit);
    return some || !playlist->count;
}

static int add_song(Making *making, Playlist *playlist, int *room, Error *error) {
    const PlaylistSettings *settings = making->settings;
    if (!mark_unfit(making, playlist))
        return 0;
    float weights[LIKING], means[LIKING];
    double left = settings->seconds - playlist->seconds;
    /* A song is meant for the mood at its middle; its length is known only when it is chosen. */
    double middle = playlist->seconds + fmin(90, left / 2);
    Mood asked = mood_at(settings->policy, settings->felt, middle / settings->seconds);
    Choice choice = {.songs = making->songs->list,
                     .count = making->songs->count,
                     .excluded = making->unfit,
                     .wanted = asked,
                     .before = making->before,
                     .n_before = playlist->count,
                     .now = settings->now};
    if (making->listener) {
        Rng rng = rng_split(rng_seed(settings->seed), (uint64_t)playlist->count);
        listener_draw(making->listener, settings->draw ? &rng : NULL, weights);
        listener_draw(making->listener, NULL, means);
        choice.weights = weights;
        choice.means = means;
        choice.wanted = listener_mood(making->listener, asked, &choice.valence_deviation,
                                      &choice.arousal_deviation);
    }
    int song = choice_best(&choice);
    if (song < 0)
        return 0;
    if (!ARRAY_GROW(playlist->entries, *room, playlist->count) ||
        !ARRAY_GROW(making->before, making->room_before, playlist->count))
        return error_memory(error, "a playlist", sizeof *playlist->entries);
    PlaylistEntry *entry = &playlist->entries[playlist->count];
    *entry = (PlaylistEntry){.song = song,
                             .start = playlist->seconds,
                             .wanted = asked,
                             .cost = choice_cost(&choice, song)};
    ChoiceReasons reasons = choice_reasons(&choice, song);
    choice_reason(&reasons, entry->reason);
    making->excluded[song] = true;
    making->before[playlist->count++] = song;
    playlist->seconds += making->songs->list[song].seconds;
    return 1;
}

int playlist_choose(const LibrarySongs *songs, const Listener *listener,
                    const PlaylistSettings *settings, Playlist *playlist, Error *error) {
    *playlist = (Playlist){0};
    Making making = {.songs = songs,
                     .listener = listener,
                     .settings = settings,
                     .excluded = calloc((size_t)songs->count + 1, sizeof *making.excluded),
                     .unfit = calloc((size_t)songs->count + 1, sizeof *making.unfit)};
    int room = 0, left = making.excluded && making.unfit
                             ? playlist_filter(songs, settings, making.excluded, error)
                             : error_memory(error, "a playlist", (size_t)songs->count);
    int status = left < 0 ? -1 : 1;
    if (!left)
        status = error_set(error, "no song in the library matches%s",
                           songs->count ? "" : ": it is empty ('affekt library add FOLDER')");
    while (status > 0 && playlist->seconds < settings->seconds)
        status = add_song(&making, playlist, &room, error);
    free(making.excluded);
    free(making.unfit);
    free(making.before);
    if (status < 0)
        playlist_free(playlist);
    return status < 0 ? -1 : 0;
}

void playlist_free(Playlist *playlist) {
    free(playlist->entries);
    *playlist = (Playlist){0};
}
