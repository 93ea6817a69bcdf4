#include "compose/library/queue.h"

#include "compose/library/feedback.h"
#include "nn/base/array.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many songs, or half of them all, pass before one comes again. */
enum { PASSED = 30 };

/* Where in a song its mood is meant: at its middle, or so many seconds after its beginning. */
static const double meant_at = 90;

struct Queue {
    Library *library;
    QueueSettings settings;
    char *languages;                /* of the settings */
    LibrarySongs songs;             /* list has a place more, for the piece to be composed */
    ListenerProperties *properties; /* (songs.count + 1) */
    bool *unfit;                    /* (songs.count) for the filters */
    bool *refused;                  /* (songs.count) cannot be played */
    bool *excluded;                 /* (songs.count + 1) from the choice at hand */
    Listener listener;
    int *before; /* (n_before) what was played: indices into songs.list */
    int n_before, room_before;
    uint64_t drawn; /* choices so far */

    Mood planned; /* the mood that is planned for, */
    double began; /* since when */
    Mood smooth;  /* what is felt, smoothed, at … */
    double felt_at;
    double far_since; /* since when that is far from the mood planned for, NAN = it is not */
    bool feels;       /* whether any mood was felt */

    QueueItem plan[QUEUE_AHEAD];
    int n_plan;
};

QueueSettings queue_defaults(void) {
    return (QueueSettings){.source = QUEUE_SONGS,
                           .policy = MOOD_MIRROR,
                           .journey = 1200,
                           .composed_seconds = 90,
                           .seed = 1,
                           .draw = true,
                           .keeps = true};
}

static bool keeps(const Queue *queue) {
    return queue->library && queue->settings.keeps;
}

/* ------------------------------------------------------------------ opening */

/* Fills `unfit`; returns how many songs are left, or -1. */
static int filter(Queue *queue, const char *languages, bool *unfit, Error *error) {
    const PlaylistSettings filters = {
        .languages = languages, .strict = queue->settings.strict, .genre = queue->settings.genre};
    int left = playlist_filter(&queue->songs, &filters, unfit, error);
    if (left < 0 || left > 0 || queue->settings.source != QUEUE_SONGS)
        return left;
    return error_set(error, "no song in the library matches%s",
                     queue->songs.count ? "" : ": it is empty ('affekt library add FOLDER')");
}

static int read_library(Queue *queue, Error *error) {
    listener_start(&queue->listener);
    if (!queue->library)
        return 0;
    return library_songs(queue->library, &queue->songs, error) ||
                   feedback_learn(queue->library, &queue->listener, error)
               ? -1
               : 0;
}

static int prepare(Queue *queue, Error *error) {
    if (read_library(queue, error))
        return -1;
    size_t places = (size_t)queue->songs.count + 1;
    LibrarySong *list = realloc(queue->songs.list, places * sizeof *list);
    if (list)
        queue->songs.list = list;
    queue->properties = calloc(places, sizeof *queue->properties);
    queue->unfit = calloc(places, sizeof *queue->unfit);
    queue->refused = calloc(places, sizeof *queue->refused);
    queue->excluded = calloc(places, sizeof *queue->excluded);
    if (queue->settings.languages)
        queue->languages = strdup(queue->settings.languages);
    if (!list || !queue->properties || !queue->unfit || !queue->refused || !queue->excluded ||
        (queue->settings.languages && !queue->languages))
        return error_memory(error, "a queue of songs", places * sizeof *list);
    for (int i = 0; i < queue->songs.count; i++)
        queue->properties[i] = listener_properties(&queue->songs.list[i]);
    return filter(queue, queue->languages, queue->unfit, error) < 0 ? -1 : 0;
}

Queue *queue_open(Library *library, const QueueSettings *settings, Error *error) {
    Queue *queue = calloc(1, sizeof *queue);
    if (!queue) {
        error_memory(error, "a queue of songs", sizeof *queue);
        return NULL;
    }
    *queue = (Queue){.library = library,
                     .settings = *settings,
                     .planned = mood_of_emotion(EMOTION_NEUTRAL),
                     .far_since = NAN};
    if (!prepare(queue, error))
        return queue;
    queue_close(queue);
    return NULL;
}

void queue_close(Queue *queue) {
    if (!queue)
        return;
    library_songs_free(&queue->songs);
    free(queue->languages);
    free(queue->properties);
    free(queue->unfit);
    free(queue->refused);
    free(queue->excluded);
    free(queue->before);
    free(queue);
}

const LibrarySongs *queue_songs(const Queue *queue) {
    return &queue->songs;
}

const Listener *queue_listener(const Queue *queue) {
    return &queue->listener;
}

/* ------------------------------------------------------------------ the mood */

static void plan_for(Queue *queue, Mood felt, double now) {
    queue->planned = felt;
    queue->began = now;
    queue->far_since = NAN;
    queue->n_plan = 0;
}

static Mood towards(Mood from, Mood to, float share) {
    return (Mood){from.valence + share * (to.valence - from.valence),
                  from.arousal + share * (to.arousal - from.arousal),
                  from.loudness + share * (to.loudness - from.loudness)};
}

bool queue_feel(Queue *queue, Mood felt, double now) {
    if (!queue->feels) {
        queue->feels = true;
        queue->smooth = felt;
        queue->felt_at = now;
        plan_for(queue, felt, now);
        return false;
    }
    double passed = fmax(now - queue->felt_at, 0);
    queue->smooth = towards(queue->smooth, felt, (float)(1 - exp(-passed / QUEUE_SMOOTH)));
    queue->felt_at = now;
    float away = hypotf(queue->smooth.valence - queue->planned.valence,
                        queue->smooth.arousal - queue->planned.arousal);
    if (away <= QUEUE_FAR)
        queue->far_since = NAN;
    else if (isnan(queue->far_since))
        queue->far_since = now;
    bool steady = now - queue->far_since >= QUEUE_STEADY; /* not with NAN */
    if (steady)
        plan_for(queue, queue->smooth, now);
    return steady;
}

void queue_set_mood(Queue *queue, Mood felt, double now) {
    queue->feels = true;
    queue->smooth = felt;
    queue->felt_at = now;
    plan_for(queue, felt, now);
}

void queue_set_policy(Queue *queue, MoodPolicy policy, double now) {
    queue->settings.policy = policy;
    plan_for(queue, queue->planned, now);
}

MoodPolicy queue_policy(const Queue *queue) {
    return queue->settings.policy;
}

int queue_set_languages(Queue *queue, const char *languages, Error *error) {
    char *kept = languages ? strdup(languages) : NULL;
    bool *unfit = calloc((size_t)queue->songs.count + 1, sizeof *unfit);
    int left = -1;
    if (!unfit || (languages && !kept))
        error_memory(error, "a queue of songs", (size_t)queue->songs.count);
    else
        left = filter(queue, languages, unfit, error);
    if (left < 0) {
        free(kept);
        free(unfit);
        return -1;
    }
    free(queue->languages);
    free(queue->unfit);
    queue->languages = kept;
    queue->unfit = unfit;
    queue->n_plan = 0;
    return 0;
}

Mood queue_felt(const Queue *queue) {
    return queue->planned;
}

static Mood asked_of(const Queue *queue, Mood felt, double now) {
    double progress = fmin(fmax((now - queue->began) / queue->settings.journey, 0), 1);
    return mood_at(queue->settings.policy, felt, progress);
}

static Mood as_the_listener_hears(const Queue *queue, Mood asked) {
    float valence, arousal;
    return listener_mood(&queue->listener, asked, &valence, &arousal);
}

Mood queue_asked(const Queue *queue, double now) {
    return asked_of(queue, queue->planned, now);
}

Mood queue_wanted(const Queue *queue, double now) {
    return as_the_listener_hears(queue, queue_asked(queue, now));
}

Mood queue_wanted_at_once(const Queue *queue, double now) {
    return as_the_listener_hears(
        queue, asked_of(queue, queue->feels ? queue->smooth : queue->planned, now));
}

/* ------------------------------------------------------------------ choosing */

static const char composer_name[] = "Affekt";

/* The piece that would be composed for a mood, in the key of the song before it. */
static LibrarySong composed_song(const Queue *queue, Mood wanted, uint64_t seed, double seconds) {
    int played = queue->n_before + queue->n_plan;
    const LibrarySong *last = played ? &queue->songs.list[queue->before[played - 1]] : NULL;
    return (LibrarySong){
        .hash = (int64_t)seed,
        .path = "",
        .title = "",
        .artist = composer_name,
        .album = "",
        .genre = "",
        .language = "",
        .failure = "",
        .kind = MOOD_FROM_NOTES,
        .present = true,
        .has_mood = true,
        .origin = ORIGIN_ESTIMATE,
        .mood = {wanted.valence, wanted.arousal, QUEUE_COMPOSED_DOUBT, QUEUE_COMPOSED_DOUBT},
        .seconds = seconds,
        .tempo = NAN,
        .loudness = NAN,
        .gain = NAN,
        .tonic = last ? last->tonic : 0,
        .minor = last && last->minor};
}

LibrarySong queue_song(const Queue *queue, const QueueItem *item) {
    if (item->song != QUEUE_COMPOSED_PIECE)
        return queue->songs.list[item->song];
    LibrarySong song = composed_song(queue, item->wanted, item->seed, item->seconds);
    song.title = item->title;
    return song;
}

/* Those that are unfit or refused, and those played or planned just before, which lie in `before`.
 */
static void exclude(Queue *queue) {
    int count = queue->songs.count, fit = 0, played = queue->n_before + queue->n_plan;
    for (int i = 0; i < count; i++) {
        queue->excluded[i] =
            queue->unfit[i] || queue->refused[i] || queue->settings.source == QUEUE_COMPOSE;
        fit += !queue->excluded[i];
    }
    queue->excluded[count] = queue->settings.source == QUEUE_SONGS;
    int passed = fit / 2 < PASSED ? fit / 2 : PASSED;
    for (int back = 1; back <= passed && back <= played; back++)
        if (queue->before[played - back] < count)
            queue->excluded[queue->before[played - back]] = true;
}

/* What is reserved in `before` for the songs planned ahead, which the choice sees as played. */
static bool reserve(Queue *queue) {
    int need = queue->n_before + QUEUE_AHEAD;
    if (need <= queue->room_before)
        return true;
    if (!ARRAY_RESIZE(queue->before, 2 * need))
        return false;
    queue->room_before = 2 * need;
    return true;
}

static void describe(QueueItem *item) {
    snprintf(item->title, sizeof item->title, "composed for valence %+.1f, arousal %+.1f",
             (double)item->wanted.valence, (double)item->wanted.arousal);
}

/* Chooses what begins at `from` after what is planned; false when there is nothing. */
static bool choose(Queue *queue, double from, double wall) {
    const QueueSettings *settings = &queue->settings;
    QueueItem *item = &queue->plan[queue->n_plan];
    Rng rng = rng_split(rng_seed(settings->seed), queue->drawn);
    float weights[LIKING], means[LIKING];
    int composed = queue->songs.count;
    Choice choice = {.songs = queue->songs.list,
                     .count = composed + 1,
                     .excluded = queue->excluded,
                     .weights = weights,
                     .means = means,
                     .properties = queue->properties,
                     .before = queue->before,
                     .n_before = queue->n_before + queue->n_plan,
                     .now = wall};
    *item = (QueueItem){.asked = queue_asked(queue, from + meant_at), .seconds = 0};
    choice.wanted = item->wanted = listener_mood(
        &queue->listener, item->asked, &choice.valence_deviation, &choice.arousal_deviation);
    item->seed = (uint64_t)rng_bits(rng, 0) << 16 ^ rng_bits(rng, 1);
    queue->songs.list[composed] =
        composed_song(queue, item->wanted, item->seed, settings->composed_seconds);
    queue->properties[composed] = listener_properties(&queue->songs.list[composed]);
    Rng draw = rng_split(rng, 1);
    listener_draw(&queue->listener, settings->draw ? &draw : NULL, weights);
    listener_draw(&queue->listener, NULL, means);
    exclude(queue);
    item->song = choice_best(&choice);
    if (item->song < 0)
        return false;
    item->seconds = queue->songs.list[item->song].seconds;
    item->reasons = choice_reasons(&choice, item->song);
    queue->before[queue->n_before + queue->n_plan] = item->song;
    if (item->song == composed) {
        item->song = QUEUE_COMPOSED_PIECE;
        item->reasons.composed = true;
        describe(item);
    }
    choice_reason(&item->reasons, item->reason);
    queue->drawn++;
    queue->n_plan++;
    return true;
}

const QueueItem *queue_plan(Queue *queue, double from, double wall, int *count) {
    for (int i = 0; i < queue->n_plan; i++)
        from += queue->plan[i].seconds;
    if (reserve(queue))
        while (queue->n_plan < QUEUE_AHEAD && choose(queue, from, wall))
            from += queue->plan[queue->n_plan - 1].seconds;
    *count = queue->n_plan;
    return queue->plan;
}

/* ------------------------------------------------------------------ playing */

bool queue_is_same(const QueueItem *a, const QueueItem *b) {
    return a->song == b->song && (a->song != QUEUE_COMPOSED_PIECE || a->seed == b->seed);
}

/* What plays moves into the past; where it was the plan's first, the others move up. */
static void move_on(Queue *queue, const QueueItem *item) {
    bool first = queue->n_plan && queue_is_same(item, &queue->plan[0]);
    queue->n_plan = first ? queue->n_plan - 1 : 0;
    memmove(queue->plan, queue->plan + 1, (size_t)queue->n_plan * sizeof *queue->plan);
    queue->before[queue->n_before++] =
        item->song == QUEUE_COMPOSED_PIECE ? queue->songs.count : item->song;
}

int queue_begin(Queue *queue, const QueueItem *item, double wall, Error *error) {
    QueueItem begun = *item; /* which may lie in the plan */
    if (!reserve(queue))
        return error_memory(error, "a queue of songs", sizeof *queue->before);
    move_on(queue, &begun);
    if (begun.song == QUEUE_COMPOSED_PIECE)
        return 0;
    LibrarySong *song = &queue->songs.list[begun.song];
    song->last_played = wall;
    queue->properties[begun.song] = listener_properties(song);
    return 0;
}

int queue_record_play(Queue *queue, const QueueItem *item, double wall, Error *error) {
    if (item->song == QUEUE_COMPOSED_PIECE || !keeps(queue))
        return 0;
    return feedback_played(queue->library, &queue->songs.list[item->song], wall, error);
}

void queue_refuse(Queue *queue, const QueueItem *item) {
    if (item->song == QUEUE_COMPOSED_PIECE)
        return;
    queue->refused[item->song] = true;
    queue->n_plan = 0;
}

bool queue_was_heard(const QueueItem *item, double heard) {
    return heard >= item->seconds / 2;
}

int queue_hear(Queue *queue, const QueueItem *item, Verdict verdict, double wall, Error *error) {
    LibrarySong song = queue_song(queue, item);
    ListenerProperties properties = listener_properties(&song);
    if (keeps(queue) && feedback_add(queue->library, &song, item->asked, verdict, wall, error))
        return -1;
    properties.numbers[LIKING_NOVELTY] = 0; /* it has just been heard, as in the replay of events */
    listener_hear(&queue->listener, &properties, item->asked, verdict);
    queue->n_plan = 0;
    return 0;
}

int queue_undo(Queue *queue, double wall, bool *undone, Error *error) {
    *undone = false;
    if (!keeps(queue))
        return 0;
    if (feedback_undo(queue->library, wall, undone, error))
        return -1;
    queue->n_plan = 0;
    return feedback_learn(queue->library, &queue->listener, error);
}
