#include "compose/play/jukebox.h"

#include "compose/library/labels.h"
#include "compose/play/play_record.h"
#include "nn/base/plain_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORY = 64, LANGUAGES = 32, MOST_FAILURES = 20 };

static const double from_start = 5; /* seconds in which "previous" means the song before */
static const double felt_every = 1, bent_every = 0.2, volume_step = 0.05;

struct Jukebox {
    JukeboxSettings settings;
    Queue *queue;
    Outlet outlet;
    PlayRecord *record;

    QueueItem current, offered, asked; /* plays; is the outlet's next; is being opened */
    bool has_current, has_offered;
    bool forced,
        hurry; /* the next is not the plan's but `wish`; it begins as soon as it is there */
    QueueItem wish;
    QueueItem history[HISTORY]; /* ends with the one that plays */
    int n_history;
    double sought; /* seconds forward within the song that plays, by all seeks together */
    long begun;    /* of the outlet, seen so far */
    int failures;

    EmotionState state; /* that counts: the face's, or set */
    bool feels, settled, face, by_hand;
    double first_felt;
    int told; /* emotion of the last row of the record, -1 none */
    double next_felt, next_bent;

    char languages[LANGUAGES][LANGUAGE_CODE];
    int n_languages, language; /* the one that plays, -1 for all */
    long played, said, messages;
    char message[sizeof(Error)];
};

JukeboxSettings jukebox_defaults(void) {
    return (JukeboxSettings){.queue = queue_defaults(),
                             .outlet = {.composing = {.composer = composer_defaults, .program = -1},
                                        .mixer = mixer_defaults(),
                                        .track = {.strength = 0.5},
                                        .background = true}};
}

static void say(Jukebox *jukebox, const char *format, ...) PRINTF_LIKE(2, 3);

static void say(Jukebox *jukebox, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(jukebox->message, sizeof jukebox->message, format, arguments);
    va_end(arguments);
    jukebox->messages++;
}

/* ------------------------------------------------------------------ opening and closing */

static MixerStatus outlet_status(const Jukebox *jukebox) {
    return jukebox->outlet.kind->status(jukebox->outlet.self);
}

static void make_way(Jukebox *jukebox) {
    jukebox->outlet.kind->make_way(jukebox->outlet.self);
}

static void find_languages(Jukebox *jukebox) {
    const LibrarySongs *songs = queue_songs(jukebox->queue);
    jukebox->language = -1;
    for (int i = 0; i < songs->count; i++) {
        const LibrarySong *song = &songs->list[i];
        const char *code = song->present && !*song->failure ? song->language : "";
        int at = 0;
        while (at < jukebox->n_languages && strcmp(jukebox->languages[at], code) != 0)
            at++;
        if (*code && at == jukebox->n_languages && at < LANGUAGES)
            snprintf(jukebox->languages[jukebox->n_languages++], LANGUAGE_CODE, "%s", code);
    }
}

static int open_outlet(Jukebox *jukebox, Error *error) {
    const JukeboxSettings *settings = &jukebox->settings;
    return settings->mpd
               ? mpd_outlet_open(&jukebox->outlet, settings->mpd, &settings->outlet, error)
               : sound_outlet_open(&jukebox->outlet, &settings->outlet, error);
}

Jukebox *jukebox_open(Library *library, const JukeboxSettings *settings, Error *error) {
    Jukebox *jukebox = calloc(1, sizeof *jukebox);
    Error also;
    if (!jukebox) {
        error_memory(error, "a player", sizeof *jukebox);
        return NULL;
    }
    jukebox->settings = *settings;
    jukebox->told = -1;
    jukebox->queue = queue_open(library, &settings->queue, error);
    if (jukebox->queue && !open_outlet(jukebox, error) &&
        (!settings->record || (jukebox->record = play_record_open(settings->record, error)))) {
        find_languages(jukebox);
        return jukebox;
    }
    (void)!jukebox_close(jukebox, &also);
    return NULL;
}

int jukebox_close(Jukebox *jukebox, Error *error) {
    if (!jukebox)
        return 0;
    int status = play_record_close(jukebox->record, error);
    if (jukebox->outlet.kind)
        jukebox->outlet.kind->close(jukebox->outlet.self);
    queue_close(jukebox->queue);
    free(jukebox);
    return status;
}

/* ------------------------------------------------------------------ the record */

static int record_felt(Jukebox *jukebox, double now, Error *error) {
    if (!jukebox->record)
        return 0;
    PlayEvent event = {.time = now,
                       .what = "felt",
                       .valence = jukebox->state.valence,
                       .arousal = jukebox->state.arousal,
                       .wanted = queue_wanted(jukebox->queue, now)};
    if (jukebox->told >= 0)
        event.emotion = emotions[jukebox->told].name;
    return play_record_add(jukebox->record, &event, error);
}

/* An event of the song that plays. */
static int record(Jukebox *jukebox, double now, const char *what, const char *detail,
                  Error *error) {
    if (!jukebox->record)
        return 0;
    LibrarySong song;
    PlayEvent event = {.time = now,
                       .what = what,
                       .valence = NAN,
                       .arousal = NAN,
                       .wanted = {.valence = NAN, .arousal = NAN},
                       .detail = detail};
    if (jukebox->has_current) {
        song = queue_song(jukebox->queue, &jukebox->current);
        event.song = &song;
        event.wanted = jukebox->current.wanted;
        if (song.has_mood) {
            event.valence = song.mood.valence;
            event.arousal = song.mood.arousal;
        }
    }
    return play_record_add(jukebox->record, &event, error);
}

/* ------------------------------------------------------------------ moods */

/* Not more than once a second, but at once when the emotion is another one. */
static int feel(Jukebox *jukebox, Mood mood, bool at_once, double now, Error *error) {
    bool changed = true;
    if (at_once)
        queue_set_mood(jukebox->queue, mood, now);
    else
        changed = queue_feel(jukebox->queue, mood, now);
    if (changed)
        make_way(jukebox);
    if (!jukebox->feels)
        jukebox->first_felt = now;
    jukebox->feels = true;
    jukebox->settled = jukebox->settled || at_once;
    return changed ? record(jukebox, now, "set", at_once ? "mood" : "steady change of mood", error)
                   : 0;
}

int jukebox_feel(Jukebox *jukebox, const EmotionState *state, bool face, double now, Error *error) {
    jukebox->face = face;
    if (jukebox->by_hand)
        return 0;
    jukebox->state = *state;
    int told = (int)state->emotion;
    bool due = told != jukebox->told || now >= jukebox->next_felt;
    jukebox->told = told;
    if (feel(jukebox, mood_of_probabilities(state->probabilities), false, now, error))
        return -1;
    if (!due)
        return 0;
    jukebox->next_felt = now + felt_every;
    return record_felt(jukebox, now, error);
}

/* `emotion` is -1 for a mood that has no name. */
static int set_by_hand(Jukebox *jukebox, Mood mood, int emotion, const EmotionState *state,
                       double now, Error *error) {
    jukebox->by_hand = true;
    jukebox->told = emotion;
    jukebox->state = *state;
    return feel(jukebox, mood, true, now, error) || record_felt(jukebox, now, error) ? -1 : 0;
}

int jukebox_set_mood(Jukebox *jukebox, Mood mood, double now, Error *error) {
    const EmotionState state = {.time = now,
                                .emotion = EMOTION_NEUTRAL,
                                .valence = mood.valence / MOOD_GAIN,
                                .arousal = mood.arousal / MOOD_GAIN};
    return set_by_hand(jukebox, mood, -1, &state, now, error);
}

static int feel_emotion(Jukebox *jukebox, Emotion emotion, double now, Error *error) {
    EmotionState state = {.time = now,
                          .emotion = emotion,
                          .confidence = 1,
                          .valence = emotions[emotion].valence,
                          .arousal = emotions[emotion].arousal};
    state.probabilities[emotion] = 1;
    return set_by_hand(jukebox, mood_of_emotion(emotion), (int)emotion, &state, now, error);
}

/* ------------------------------------------------------------------ songs */

/* 1 when it is kept; 0 when the library cannot, and says why; -1 when the record cannot. */
static int keep_verdict(Jukebox *jukebox, Verdict verdict, double now, double wall, Error *error) {
    Error trouble;
    if (queue_hear(jukebox->queue, &jukebox->current, verdict, wall, &trouble)) {
        say(jukebox, "%.200s", trouble.message);
        return 0;
    }
    return record(jukebox, now, "said", verdict_names[verdict], error) ? -1 : 1;
}

/* The song that played is over. */
static int end_current(Jukebox *jukebox, bool whole, double now, double wall, Error *error) {
    if (!jukebox->has_current)
        return 0;
    double heard = jukebox->current.seconds - jukebox->sought;
    bool finished = whole && queue_was_heard(&jukebox->current, heard);
    int kept = finished ? keep_verdict(jukebox, VERDICT_FINISH, now, wall, error) : 0;
    const char *detail = finished ? "heard to its end" : whole ? "heard in part" : "left";
    int status = kept < 0 ? -1 : record(jukebox, now, "end", detail, error);
    jukebox->has_current = false;
    return status;
}

static int begin_offered(Jukebox *jukebox, double now, double wall, Error *error) {
    Error trouble; /* what the library cannot note is heard all the same */
    if (queue_begin(jukebox->queue, &jukebox->offered, wall, &trouble) ||
        queue_record_play(jukebox->queue, &jukebox->offered, wall, &trouble))
        say(jukebox, "%.200s", trouble.message);
    jukebox->current = jukebox->offered;
    jukebox->has_current = true;
    jukebox->sought = 0;
    jukebox->has_offered = jukebox->forced = jukebox->hurry = false;
    jukebox->played++;
    jukebox->failures = 0;
    if (jukebox->n_history == HISTORY)
        memmove(jukebox->history, jukebox->history + 1,
                (size_t)--jukebox->n_history * sizeof *jukebox->history);
    jukebox->history[jukebox->n_history++] = jukebox->current;
    return record(jukebox, now, "play", jukebox->current.reason, error);
}

/* What the outlet has done since the last step. */
static int follow_outlet(Jukebox *jukebox, double now, double wall, Error *error) {
    Error trouble;
    MixerStatus outlet = outlet_status(jukebox);
    if (jukebox->outlet.kind->trouble(jukebox->outlet.self, &trouble))
        say(jukebox, "%.200s", trouble.message);
    bool over = jukebox->has_current && (outlet.begun > jukebox->begun || !outlet.playing);
    if (over && end_current(jukebox, outlet.last_was_whole, now, wall, error))
        return -1;
    if (outlet.begun > jukebox->begun && begin_offered(jukebox, now, wall, error))
        return -1;
    jukebox->begun = outlet.begun;
    return 0;
}

/* What is to come next, NULL for nothing. */
static const QueueItem *wanted_next(Jukebox *jukebox, double now, double wall) {
    int count;
    if (jukebox->forced)
        return &jukebox->wish;
    double left = outlet_status(jukebox).left;
    const QueueItem *plan = queue_plan(jukebox->queue, now + left, wall, &count);
    return count ? plan : NULL;
}

static int refuse(Jukebox *jukebox, const QueueItem *item, const Error *trouble, Error *error) {
    say(jukebox, "%.200s", trouble->message);
    queue_refuse(jukebox->queue, item);
    /* A wish that cannot be played is over; a song that was left still makes way for another. */
    if (jukebox->forced && queue_is_same(&jukebox->wish, item))
        jukebox->forced = jukebox->hurry = false;
    if (item->song == QUEUE_COMPOSED_PIECE || ++jukebox->failures >= MOST_FAILURES)
        return error_set(error, "%.200s", trouble->message);
    return 0;
}

/* Has the outlet play next what has been opened, unless something else is wanted by now. */
static int take_opened(Jukebox *jukebox, double now, double wall, Error *error) {
    const Outlet *outlet = &jukebox->outlet;
    Error trouble;
    QueueItem item;
    int opened = outlet->kind->take(outlet->self, &item, &trouble);
    if (opened < 0)
        return refuse(jukebox, &item, &trouble, error);
    if (!opened)
        return 0;
    const QueueItem *next = wanted_next(jukebox, now, wall);
    if (!next || !queue_is_same(next, &item)) {
        outlet->kind->drop(outlet->self);
        return 0;
    }
    int offered = outlet->kind->offer(outlet->self, &trouble);
    if (offered < 0)
        return error_set(error, "%s", trouble.message);
    if (offered > 0)
        return refuse(jukebox, &item, &trouble, error);
    jukebox->offered = item;
    jukebox->has_offered = true;
    return follow_outlet(jukebox, now, wall, error);
}

static int bend(Jukebox *jukebox, double now, Error *error) {
    if (!jukebox->settings.outlet.track.bends || now < jukebox->next_bent ||
        !jukebox->has_current || jukebox->current.song == QUEUE_COMPOSED_PIECE)
        return 0;
    jukebox->next_bent = now + bent_every;
    return jukebox->outlet.kind->bend(jukebox->outlet.self,
                                      queue_wanted_at_once(jukebox->queue, now), error);
}

/* Has what is wanted next opened, and takes back what is no longer wanted. */
static int prepare_next(Jukebox *jukebox, double now, double wall, Error *error) {
    const Outlet *outlet = &jukebox->outlet;
    const QueueItem *next = wanted_next(jukebox, now, wall);
    if (jukebox->has_offered && (!next || !queue_is_same(next, &jukebox->offered)) &&
        outlet->kind->withdraw(outlet->self))
        jukebox->has_offered = false;
    if (!next && !jukebox->has_offered && jukebox_is_silent(jukebox))
        return error_set(error, "no song is left that can be played%s%.150s",
                         *jukebox->message ? "; the last message: " : "", jukebox->message);
    if (!next || jukebox->has_offered || !outlet->kind->is_idle(outlet->self))
        return 0;
    jukebox->asked = *next;
    LibrarySong song = queue_song(jukebox->queue, &jukebox->asked);
    outlet->kind->open(outlet->self, &jukebox->asked, &song,
                       queue_wanted_at_once(jukebox->queue, now));
    return jukebox->settings.outlet.background ? 0 : take_opened(jukebox, now, wall, error);
}

/* The first song is planned for what the face has come to say. */
static void settle(Jukebox *jukebox, double now) {
    if (jukebox->settled || !jukebox->feels || now < jukebox->first_felt + JUKEBOX_SETTLES)
        return;
    jukebox->settled = true;
    queue_set_mood(jukebox->queue, mood_of_probabilities(jukebox->state.probabilities), now);
}

int jukebox_step(Jukebox *jukebox, double now, double wall, Error *error) {
    const Outlet *outlet = &jukebox->outlet;
    settle(jukebox, now);
    if (outlet->kind->step(outlet->self, now, error))
        return -1;
    if (!jukebox->settled)
        return 0;
    if (follow_outlet(jukebox, now, wall, error) || take_opened(jukebox, now, wall, error) ||
        prepare_next(jukebox, now, wall, error))
        return -1;
    if (jukebox->hurry && jukebox->has_offered) {
        outlet->kind->skip(outlet->self);
        if (follow_outlet(jukebox, now, wall, error))
            return -1;
    }
    return bend(jukebox, now, error);
}

void jukebox_read(Jukebox *jukebox, float *samples, int frames) {
    jukebox->outlet.kind->read(jukebox->outlet.self, samples, frames);
}

int jukebox_end(Jukebox *jukebox, double seconds, double now, Error *error) {
    return jukebox->outlet.kind->end(jukebox->outlet.self, seconds, error)
               ? -1
               : end_current(jukebox, false, now, 0, error);
}

bool jukebox_is_silent(Jukebox *jukebox) {
    return !outlet_status(jukebox).playing;
}

/* ------------------------------------------------------------------ commands */

static int next(Jukebox *jukebox, double now, double wall, Error *error) {
    MixerStatus outlet = outlet_status(jukebox);
    if (!jukebox->has_current || jukebox->hurry)
        return 0;
    if (outlet.heard < JUKEBOX_SKIPPED && keep_verdict(jukebox, VERDICT_SKIP, now, wall, error) < 0)
        return -1;
    jukebox->hurry = true;
    return 0;
}

static void previous(Jukebox *jukebox) {
    bool again = outlet_status(jukebox).heard > from_start || jukebox->n_history < 2;
    if (!jukebox->n_history)
        return;
    if (!again && !jukebox->forced) /* else what plays is out of the history already */
        jukebox->n_history--;
    jukebox->wish = jukebox->history[--jukebox->n_history];
    jukebox->forced = jukebox->hurry = true;
}

static void change_language(Jukebox *jukebox) {
    Error error;
    if (!jukebox->n_languages) {
        say(jukebox, "the library knows no languages of its songs");
        return;
    }
    /* Those of which no song suits the other wishes are passed over. */
    for (int wanted = jukebox->language + 1; wanted <= jukebox->n_languages; wanted++) {
        const char *code = wanted < jukebox->n_languages ? jukebox->languages[wanted] : NULL;
        if (queue_set_languages(jukebox->queue, code, &error))
            continue;
        say(jukebox, "language: %s", code ? code : "all");
        jukebox->language = code ? wanted : -1;
        return;
    }
    say(jukebox, "%.200s", error.message);
}

int jukebox_set_volume(Jukebox *jukebox, double volume, Error *error) {
    return jukebox->outlet.kind->volume(jukebox->outlet.self, fmin(fmax(volume, 0), 1), error);
}

int jukebox_seek(Jukebox *jukebox, double seconds, Error *error) {
    if (!jukebox->has_current)
        return 0;
    MixerStatus outlet = outlet_status(jukebox);
    seconds = fmax(seconds, 0);
    jukebox->sought += fmin(seconds, outlet.seconds) - outlet.heard;
    return jukebox->outlet.kind->seek(jukebox->outlet.self, seconds, error);
}

static int seek_by(Jukebox *jukebox, double seconds, double now, double wall, Error *error) {
    MixerStatus outlet = outlet_status(jukebox);
    double wanted = outlet.heard + seconds;
    return outlet.seconds > 0 && wanted >= outlet.seconds ? next(jukebox, now, wall, error)
                                                          : jukebox_seek(jukebox, wanted, error);
}

static int change_volume(Jukebox *jukebox, double step, Error *error) {
    return jukebox_set_volume(jukebox, outlet_status(jukebox).volume + step, error);
}

static int change_pause(Jukebox *jukebox, double now, Error *error) {
    bool pause = !outlet_status(jukebox).paused;
    return jukebox->outlet.kind->pause(jukebox->outlet.self, pause, error)
               ? -1
               : record(jukebox, now, "set", pause ? "pause" : "go on", error);
}

static int change_policy(Jukebox *jukebox, double now, Error *error) {
    MoodPolicy policy = (MoodPolicy)((queue_policy(jukebox->queue) + 1) % MOOD_POLICIES);
    queue_set_policy(jukebox->queue, policy, now);
    make_way(jukebox);
    return record(jukebox, now, "set", mood_policy_names[policy], error);
}

static int undo(Jukebox *jukebox, double now, double wall, Error *error) {
    bool undone;
    Error trouble;
    if (queue_undo(jukebox->queue, wall, &undone, &trouble)) {
        say(jukebox, "%.200s", trouble.message);
        return 0;
    }
    say(jukebox, undone ? "taken back" : "there is nothing to take back");
    return undone ? record(jukebox, now, "said", "undo", error) : 0;
}

/* What the listener says of the song that plays; of one that is not liked, or not of the mood, no
 * more needs to be heard. */
static int hear(Jukebox *jukebox, Verdict verdict, double now, double wall, Error *error) {
    if (!jukebox->has_current) {
        say(jukebox, "nothing plays yet");
        return 0;
    }
    int kept = keep_verdict(jukebox, verdict, now, wall, error);
    if (kept < 0)
        return -1;
    jukebox->said += kept;
    if (kept)
        say(jukebox, "%s: noted", verdict_names[verdict]);
    if (verdict == VERDICT_DISLIKE)
        jukebox->hurry = true;
    else if (verdict != VERDICT_LIKE)
        make_way(jukebox);
    return 0;
}

static int do_parameter(Jukebox *jukebox, int command, double now, double wall, Error *error) {
    if (command >= JUKEBOX_FEEL && command < JUKEBOX_FEEL + EMOTION_COUNT)
        return feel_emotion(jukebox, (Emotion)(command - JUKEBOX_FEEL), now, error);
    if (command >= JUKEBOX_SAY && command < JUKEBOX_SAY + VERDICTS)
        return hear(jukebox, (Verdict)(command - JUKEBOX_SAY), now, wall, error);
    return 0;
}

int jukebox_do(Jukebox *jukebox, int command, double now, double wall, Error *error) {
    switch (command) {
    case JUKEBOX_PAUSE:
        return change_pause(jukebox, now, error);
    case JUKEBOX_NEXT:
        return next(jukebox, now, wall, error);
    case JUKEBOX_PREVIOUS:
        previous(jukebox);
        return 0;
    case JUKEBOX_REWIND:
        return seek_by(jukebox, -JUKEBOX_SEEK, now, wall, error);
    case JUKEBOX_FORWARD:
        return seek_by(jukebox, JUKEBOX_SEEK, now, wall, error);
    case JUKEBOX_LOUDER:
        return change_volume(jukebox, volume_step, error);
    case JUKEBOX_SOFTER:
        return change_volume(jukebox, -volume_step, error);
    case JUKEBOX_POLICY:
        return change_policy(jukebox, now, error);
    case JUKEBOX_LANGUAGE:
        change_language(jukebox);
        return 0;
    case JUKEBOX_UNDO:
        return undo(jukebox, now, wall, error);
    case JUKEBOX_FOLLOW:
        jukebox->by_hand = false;
        return 0;
    default:
        return do_parameter(jukebox, command, now, wall, error);
    }
}

const LibrarySongs *jukebox_songs(const Jukebox *jukebox) {
    return queue_songs(jukebox->queue);
}

JukeboxStatus jukebox_status(Jukebox *jukebox, double now, double wall) {
    MixerStatus outlet = outlet_status(jukebox);
    JukeboxStatus status = {.item = jukebox->has_current ? &jukebox->current : NULL,
                            .seconds = outlet.seconds,
                            .heard = outlet.heard,
                            .leaving = outlet.leaving,
                            .state = jukebox->feels ? &jukebox->state : NULL,
                            .face = jukebox->face,
                            .by_hand = jukebox->by_hand,
                            .asked = queue_asked(jukebox->queue, now),
                            .policy = queue_policy(jukebox->queue),
                            .volume = outlet.volume,
                            .paused = outlet.paused,
                            .played = jukebox->played,
                            .said = jukebox->said,
                            .message = jukebox->message,
                            .messages = jukebox->messages};
    if (jukebox->has_current)
        status.song = queue_song(jukebox->queue, &jukebox->current);
    if (jukebox->language >= 0)
        status.language = jukebox->languages[jukebox->language];
    status.plan = queue_plan(jukebox->queue, now + outlet.left, wall, &status.n_plan);
    return status;
}
