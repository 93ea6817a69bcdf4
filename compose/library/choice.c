#include "compose/library/choice.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const float tempo_width = 0.35f; /* octaves that cost half a nat */
static const float loudness_width = 8;  /* decibels that do */
static const float key_weight = 0.5f;   /* nats between keys that are farthest apart */
static const float heard_weight = 3, heard_days = 4;
static const float artist_weight = 1.5f;
static const float liking_weight = 1.5f; /* nats for a song that is liked */
enum { ARTIST_MEMORY = 5 };

static float squared(float x) {
    return x * x;
}

static float variance_of(float wish, float doubt) {
    return squared(wish) + squared(doubt) + squared(CHOICE_TOLERANCE);
}

static float mood_cost(const Choice *choice, const LibrarySong *song) {
    /* A song of which nothing is known may lie anywhere in the plane. */
    MoodEstimate mood = song->has_mood ? song->mood : (MoodEstimate){0, 0, 1, 1};
    float valence = variance_of(choice->valence_deviation, mood.valence_deviation),
          arousal = variance_of(choice->arousal_deviation, mood.arousal_deviation);
    return 0.5f * (squared(choice->wanted.valence - mood.valence) / valence +
                   squared(choice->wanted.arousal - mood.arousal) / arousal +
                   logf(valence * arousal / squared(squared(CHOICE_TOLERANCE))));
}

/* Octaves from one tempo to the other, the nearest of half, same and double. */
static float tempo_step(float from, float to) {
    float octaves = log2f(to / from);
    return octaves - roundf(octaves);
}

/* Steps on the circle of fifths between two keys, 0 … 6; a minor key stands with its relative. */
static int key_steps(const LibrarySong *a, const LibrarySong *b) {
    int from = (a->tonic + (a->minor ? 3 : 0)) * 7 % 12,
        to = (b->tonic + (b->minor ? 3 : 0)) * 7 % 12;
    int steps = (from - to + 12) % 12;
    return steps > 6 ? 12 - steps : steps;
}

static float transition_cost(const LibrarySong *last, const LibrarySong *song) {
    float cost = key_weight * (float)key_steps(last, song) / 6;
    if (last->tempo > 0 && song->tempo > 0)
        cost += 0.5f * squared(tempo_step(last->tempo, song->tempo) / tempo_width);
    if (!isnan(last->loudness) && !isnan(song->loudness))
        cost += 0.5f * squared((song->loudness - last->loudness) / loudness_width);
    return cost;
}

static float artist_cost(const Choice *choice, const LibrarySong *song) {
    if (!*song->artist)
        return 0;
    for (int back = 1; back <= choice->n_before && back <= ARTIST_MEMORY; back++)
        if (!strcasecmp(choice->songs[choice->before[choice->n_before - back]].artist,
                        song->artist))
            return artist_weight / (float)back;
    return 0;
}

static float liking_cost(const Choice *choice, int index) {
    if (!choice->weights)
        return 0;
    ListenerProperties properties =
        choice->properties ? choice->properties[index] : listener_properties(&choice->songs[index]);
    return -liking_weight * listener_liking(choice->weights, &properties);
}

/* The costs that are never below 0, added to the others. */
static ChoiceCost add_delays(const Choice *choice, int index, ChoiceCost cost) {
    const LibrarySong *song = &choice->songs[index];
    if (choice->n_before)
        cost.transition =
            transition_cost(&choice->songs[choice->before[choice->n_before - 1]], song);
    if (song->last_played > 0)
        cost.recency = heard_weight *
                       expf(-(float)fmax(choice->now - song->last_played, 0) / 86400 / heard_days);
    cost.artist = artist_cost(choice, song);
    cost.total = cost.mood + cost.liking + cost.transition + cost.recency + cost.artist;
    return cost;
}

static ChoiceCost mood_and_liking(const Choice *choice, int index) {
    return (ChoiceCost){.mood = mood_cost(choice, &choice->songs[index]),
                        .liking = liking_cost(choice, index)};
}

ChoiceCost choice_cost(const Choice *choice, int index) {
    return add_delays(choice, index, mood_and_liking(choice, index));
}

int choice_best(const Choice *choice) {
    int best = -1;
    float least = INFINITY;
    for (int i = 0; i < choice->count; i++) {
        if (choice->excluded && choice->excluded[i])
            continue;
        ChoiceCost cost = mood_and_liking(choice, i);
        if (best >= 0 && cost.mood + cost.liking >= least) /* the rest can only add to it */
            continue;
        float total = add_delays(choice, i, cost).total;
        if (best < 0 || total < least) {
            best = i;
            least = total;
        }
    }
    return best;
}

/* ------------------------------------------------------------------ why */

static size_t add(char text[CHOICE_REASON], size_t used, const char *part) {
    int more = snprintf(text + used, CHOICE_REASON - used, "%s%s", used ? ", " : "", part);
    size_t end = used + (size_t)(more > 0 ? more : 0);
    return end < CHOICE_REASON ? end : CHOICE_REASON - 1;
}

ChoiceReasons choice_reasons(const Choice *choice, int index) {
    const LibrarySong *song = &choice->songs[index];
    const LibrarySong *last =
        choice->n_before ? &choice->songs[choice->before[choice->n_before - 1]] : NULL;
    ChoiceReasons reasons = {.has_mood = song->has_mood,
                             .valence = song->mood.valence,
                             .arousal = song->mood.arousal,
                             .origin = song->origin,
                             .faster = NAN,
                             .days = NAN};
    if (last && last->tempo > 0 && song->tempo > 0)
        reasons.faster = 100 * (exp2f(tempo_step(last->tempo, song->tempo)) - 1);
    if (last && key_steps(last, song) <= 1)
        reasons.key = key_steps(last, song) ? KEY_RELATED : KEY_SAME;
    if (song->last_played > 0)
        reasons.days = (float)(fmax(choice->now - song->last_played, 0) / 86400);
    ListenerProperties properties = listener_properties(song);
    float liking = choice->means ? listener_liking(choice->means, &properties) : 0;
    reasons.kind = (liking > 0.2f) - (liking < -0.2f);
    return reasons;
}

const char *choice_reason(const ChoiceReasons *reasons, char text[CHOICE_REASON]) {
    static const char *const by[ORIGINS] = {"your word", "your table", "its tag", "its folder",
                                            "estimate"};
    char part[96];
    size_t used = 0;
    *text = 0;
    if (reasons->composed) {
        add(text, used, "composed for what is wanted");
        return text;
    }
    if (reasons->has_mood)
        snprintf(part, sizeof part, "valence %+.1f and arousal %+.1f by %s",
                 (double)reasons->valence, (double)reasons->arousal, by[reasons->origin]);
    else
        snprintf(part, sizeof part, "of unknown mood");
    used = add(text, used, part);
    if (fabsf(reasons->faster) < 0.5f) {
        used = add(text, used, "as fast as the last");
    } else if (!isnan(reasons->faster)) {
        snprintf(part, sizeof part, "%.0f %% %s than the last", fabs((double)reasons->faster),
                 reasons->faster > 0 ? "faster" : "slower");
        used = add(text, used, part);
    }
    if (reasons->key != KEY_OTHER)
        used = add(text, used, reasons->key == KEY_SAME ? "in the same key" : "in a related key");
    if (!isnan(reasons->days)) {
        bool lately = reasons->days < 2;
        snprintf(part, sizeof part, lately ? "last heard %.0f h ago" : "not heard for %.0f days",
                 lately ? 24 * (double)reasons->days : (double)reasons->days);
        used = add(text, used, part);
    }
    if (reasons->kind)
        add(text, used,
            reasons->kind > 0 ? "of the kind that you like" : "though not of your kind");
    return text;
}
