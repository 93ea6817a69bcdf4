#include "compose/web/page_songs.h"

#include "compose/library/feedback.h"
#include "nn/base/clock.h"
#include "nn/base/number.h"
#include "nn/base/plain_text.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const page_songs_sources[QUEUE_SOURCES] = {"songs", "compose", "mix"};

/* A song left between the first two was skipped (before it, nobody has heard it), one heard for the
 * third was played; a mood set by hand counts when it has stood for the last. */
static const double judged_after = 1, skipped_before = 30, played_after = 5, hand_rests = 0.8;

/* Songs in a row that cannot be played, after which no other is tried. */
enum { MOST_FAILURES = 20 };

typedef struct Turn {
    char id[GATE_TOKEN + 1]; /* "" = nothing plays */
    QueueItem item;
    char path[PAGE_SONGS_PATH]; /* of its file: the item may outlive its queue */
    MoodSource kind;
    Mood planned_for;
    double heard;  /* seconds */
    bool recorded; /* as played */
} Turn;

struct PageSongs {
    pthread_mutex_t lock;
    Library *library;
    Queue *queue;
    PageSongsWish wish; /* whose texts the queue uses */
    MoodPolicy policy;
    uint64_t seed;
    Turn turn, last; /* what plays, and what played before */
    Mood felt;
    bool feels;
    double felt_at, set_at; /* when the mood was last set by hand, NAN = it has been followed */
    int failures;           /* songs in a row that could not be played */
    bool failed;            /* the queue had nothing, or the library could not be written */
    Error trouble;
};

/* ------------------------------------------------------------------ opening and closing */

static Queue *open_queue(const PageSongs *songs, const PageSongsWish *wish, Error *error) {
    QueueSettings settings = queue_defaults();
    settings.source = wish->source;
    settings.policy = songs->policy;
    settings.languages = *wish->languages ? wish->languages : NULL;
    settings.strict = wish->strict;
    settings.genre = *wish->genre ? wish->genre : NULL;
    settings.seed = songs->seed;
    return queue_open(songs->library, &settings, error);
}

PageSongs *page_songs_open(const char *library, uint64_t seed, Error *error) {
    PageSongs *songs = calloc(1, sizeof *songs);
    if (!songs) {
        error_memory(error, "a page's songs", sizeof *songs);
        return NULL;
    }
    pthread_mutex_init(&songs->lock, NULL);
    songs->wish.source = QUEUE_COMPOSE;
    songs->seed = seed;
    songs->set_at = NAN;
    if ((songs->library = library_open(library, error)) &&
        (songs->queue = open_queue(songs, &songs->wish, error)))
        return songs;
    page_songs_close(songs);
    return NULL;
}

void page_songs_close(PageSongs *songs) {
    if (!songs)
        return;
    queue_close(songs->queue);
    library_close(songs->library);
    pthread_mutex_destroy(&songs->lock);
    free(songs);
}

/* ------------------------------------------------------------------ turns */

/* What plays becomes what played before; where nothing plays, that stays. With the lock held, as
 * all below. */
static void leave_turn(PageSongs *songs) {
    if (*songs->turn.id)
        songs->last = songs->turn;
    *songs->turn.id = 0;
}

/* Silence, and the reason for it. */
static void stop(PageSongs *songs, const char *because) {
    leave_turn(songs);
    songs->failures = 0;
    songs->failed = true;
    error_set(&songs->trouble, "%s", because);
}

/* What comes next plays from now on. */
static int begin_next(PageSongs *songs, double now, Error *error) {
    Turn turn = {.planned_for = queue_felt(songs->queue)};
    int count;
    if (gate_random(turn.id, error))
        return -1;
    const QueueItem *plan = queue_plan(songs->queue, now, clock_calendar(), &count);
    if (!count) {
        stop(songs, "no song is left that can be played");
        return 0;
    }
    leave_turn(songs);
    songs->turn = turn;
    songs->turn.item = turn.item = plan[0];
    LibrarySong song = queue_song(songs->queue, &turn.item);
    songs->turn.kind = song.kind;
    snprintf(songs->turn.path, sizeof songs->turn.path, "%s", song.path);
    return queue_begin(songs->queue, &turn.item, clock_calendar(), error);
}

/* The next one plays even when the last one could not be `recorded`; the first failure is told. */
static int go_on(PageSongs *songs, int recorded, double now, Error *error) {
    Error second;
    int begun = begin_next(songs, now, recorded ? &second : error);
    return recorded ? recorded : begun;
}

static bool plays(const PageSongs *songs) {
    return *songs->turn.id;
}

/* What plays has been heard: it can be played, and the library records it. */
static int record_play(PageSongs *songs, Error *error) {
    songs->failures = 0;
    if (songs->turn.recorded)
        return 0;
    songs->turn.recorded = true;
    return queue_record_play(songs->queue, &songs->turn.item, clock_calendar(), error);
}

static bool is_composed(const Turn *turn) {
    return turn->item.song == QUEUE_COMPOSED_PIECE;
}

/* Where the source is composing alone nothing takes turns. */
static bool takes_turns(const PageSongs *songs) {
    return songs->wish.source != QUEUE_COMPOSE;
}

int page_songs_wish(PageSongs *songs, const PageSongsWish *wish, double now, Error *error) {
    pthread_mutex_lock(&songs->lock);
    PageSongsWish before = songs->wish;
    songs->wish = *wish; /* the queue keeps pointers to its texts */
    songs->seed++;
    Queue *queue = open_queue(songs, &songs->wish, error);
    int status = queue ? 0 : -1;
    if (queue) {
        queue_close(songs->queue);
        songs->queue = queue;
        if (songs->feels)
            queue_set_mood(queue, songs->felt, now);
        leave_turn(songs);
        if (takes_turns(songs))
            status = begin_next(songs, now, error);
    } else {
        songs->wish = before;
    }
    pthread_mutex_unlock(&songs->lock);
    return status;
}

PageSongsWish page_songs_wished(PageSongs *songs) {
    pthread_mutex_lock(&songs->lock);
    PageSongsWish wish = songs->wish;
    pthread_mutex_unlock(&songs->lock);
    return wish;
}

int page_songs_set_policy(PageSongs *songs, MoodPolicy policy, double now, Error *error) {
    int status = 0;
    pthread_mutex_lock(&songs->lock);
    bool other = songs->policy != policy;
    songs->policy = policy;
    if (other)
        queue_set_policy(songs->queue, policy, now);
    if (other && takes_turns(songs))
        status = begin_next(songs, now, error);
    pthread_mutex_unlock(&songs->lock);
    return status;
}

static bool is_far(Mood a, Mood b) {
    return hypotf(a.valence - b.valence, a.arousal - b.arousal) > QUEUE_FAR;
}

/* Takes in the mood; whether what plays is to make way for it. A mood that is set by hand counts
 * once it rests: on its way through the plane it is many. */
static bool take_mood(PageSongs *songs, Mood felt, bool by_hand, double now) {
    bool moved = by_hand && (felt.valence != songs->felt.valence ||
                             felt.arousal != songs->felt.arousal || isnan(songs->set_at));
    songs->felt = felt;
    songs->feels = true;
    if (!by_hand) {
        songs->set_at = NAN;
        return queue_feel(songs->queue, felt, now);
    }
    if (moved) {
        queue_set_mood(songs->queue, felt, now);
        songs->set_at = now;
    }
    return now - songs->set_at >= hand_rests && is_far(felt, songs->turn.planned_for);
}

void page_songs_feel(PageSongs *songs, Mood felt, bool by_hand, bool playing, double now) {
    if (pthread_mutex_trylock(&songs->lock))
        return;
    double passed = fmin(fmax(now - songs->felt_at, 0), 1);
    songs->felt_at = now;
    if (!playing) { /* what waits is not to be another song when it goes on */
        pthread_mutex_unlock(&songs->lock);
        return;
    }
    bool over = take_mood(songs, felt, by_hand, now);
    songs->turn.heard += passed;
    if (plays(songs) && songs->turn.heard >= played_after)
        songs->failed = record_play(songs, &songs->trouble) || songs->failed;
    over = over || (is_composed(&songs->turn) && songs->turn.heard >= songs->turn.item.seconds);
    if (over && takes_turns(songs) && plays(songs))
        songs->failed = begin_next(songs, now, &songs->trouble) || songs->failed;
    pthread_mutex_unlock(&songs->lock);
}

bool page_songs_taste(PageSongs *songs, MoodTaste *taste) {
    if (pthread_mutex_trylock(&songs->lock))
        return false;
    *taste = listener_taste(queue_listener(songs->queue));
    pthread_mutex_unlock(&songs->lock);
    return true;
}

bool page_songs_composes(PageSongs *songs) {
    pthread_mutex_lock(&songs->lock);
    bool composes = !takes_turns(songs) || (plays(songs) && is_composed(&songs->turn));
    pthread_mutex_unlock(&songs->lock);
    return composes;
}

/* ------------------------------------------------------------------ what is said */

static int hear(PageSongs *songs, Verdict verdict, Error *error) {
    if (record_play(songs, error))
        return -1;
    return queue_hear(songs->queue, &songs->turn.item, verdict, clock_calendar(), error);
}

int page_songs_next(PageSongs *songs, double now, Error *error) {
    int status = 0;
    pthread_mutex_lock(&songs->lock);
    double heard = songs->turn.heard;
    if (plays(songs) && heard >= judged_after && heard < skipped_before)
        status = hear(songs, VERDICT_SKIP, error);
    if (takes_turns(songs))
        status = go_on(songs, status, now, error);
    pthread_mutex_unlock(&songs->lock);
    return status;
}

int page_songs_ended(PageSongs *songs, const char *id, bool failed, double now, Error *error) {
    int status = 0;
    pthread_mutex_lock(&songs->lock);
    if (plays(songs) && !strcmp(songs->turn.id, id)) {
        if (failed)
            queue_refuse(songs->queue, &songs->turn.item);
        else if (queue_was_heard(&songs->turn.item, songs->turn.heard))
            status = hear(songs, VERDICT_FINISH, error);
        if (failed && ++songs->failures >= MOST_FAILURES)
            stop(songs, "one song after another cannot be played");
        else
            status = go_on(songs, status, now, error);
    }
    pthread_mutex_unlock(&songs->lock);
    return status;
}

void page_songs_stop(PageSongs *songs, const char *because) {
    pthread_mutex_lock(&songs->lock);
    stop(songs, because);
    pthread_mutex_unlock(&songs->lock);
}

int page_songs_say(PageSongs *songs, Verdict verdict, Error *error) {
    pthread_mutex_lock(&songs->lock);
    int status = plays(songs) ? hear(songs, verdict, error)
                              : error_set(error, "nothing is playing to give feedback on");
    pthread_mutex_unlock(&songs->lock);
    return status;
}

int page_songs_undo(PageSongs *songs, Error *error) {
    bool undone;
    pthread_mutex_lock(&songs->lock);
    int status = queue_undo(songs->queue, clock_calendar(), &undone, error);
    if (!status && !undone)
        status = error_set(error, "there is nothing to take back");
    pthread_mutex_unlock(&songs->lock);
    return status;
}

/* ------------------------------------------------------------------ replies */

bool page_songs_find(PageSongs *songs, const char *id, char path[PAGE_SONGS_PATH],
                     MoodSource *kind) {
    bool found = false;
    pthread_mutex_lock(&songs->lock);
    const Turn *turns[] = {&songs->turn, &songs->last};
    for (int i = 0; i < 2 && !found; i++) {
        found = *turns[i]->id && !is_composed(turns[i]) && !strcmp(turns[i]->id, id);
        if (found) {
            memcpy(path, turns[i]->path, PAGE_SONGS_PATH);
            *kind = turns[i]->kind;
        }
    }
    pthread_mutex_unlock(&songs->lock);
    return found;
}

bool page_songs_turn(PageSongs *songs, PageSongsTurn *turn) {
    pthread_mutex_lock(&songs->lock);
    bool song = takes_turns(songs) && plays(songs) && !is_composed(&songs->turn);
    if (song) {
        LibrarySong facts = queue_song(songs->queue, &songs->turn.item);
        *turn = (PageSongsTurn){.kind = songs->turn.kind,
                                .gain = facts.gain,
                                .loudness = facts.loudness,
                                .seconds = facts.seconds};
        memcpy(turn->id, songs->turn.id, sizeof turn->id);
        memcpy(turn->path, songs->turn.path, sizeof turn->path);
    }
    pthread_mutex_unlock(&songs->lock);
    return song;
}

static json_t *text(const char *bytes) {
    PlainText plain;
    return json_string(plain_text(bytes, &plain));
}

static json_t *number(double value) {
    return isfinite(value) ? json_real(number_round(value, 3)) : json_null();
}

/* A file's name stands in for a title without suffix and underscores. */
static json_t *title_of(const LibrarySong *song) {
    char name[256];
    if (*song->title)
        return text(song->title);
    snprintf(name, sizeof name, "%s", library_song_title(song));
    char *dot = strrchr(name, '.');
    if (dot > name)
        *dot = 0;
    for (char *at = name; *at; at++)
        if (*at == '_')
            *at = ' ';
    return text(name);
}

/* What the page puts into words of its language: only what there is. */
static json_t *reasons_json(const ChoiceReasons *reasons) {
    json_t *json = json_object();
    if (reasons->composed) {
        json_object_set_new(json, "composed", json_true());
        return json;
    }
    if (reasons->has_mood)
        json_object_set_new(
            json, "mood",
            json_pack("{s:o, s:o, s:s}", "valence", number((double)reasons->valence), "arousal",
                      number((double)reasons->arousal), "by", origin_names[reasons->origin]));
    if (!isnan(reasons->faster))
        json_object_set_new(json, "faster", number((double)reasons->faster));
    if (reasons->key != KEY_OTHER)
        json_object_set_new(json, "key",
                            json_string(reasons->key == KEY_SAME ? "same" : "related"));
    if (!isnan(reasons->days))
        json_object_set_new(json, "days", number((double)reasons->days));
    if (reasons->kind)
        json_object_set_new(json, "liked", json_boolean(reasons->kind > 0));
    return json;
}

static json_t *item_json(const PageSongs *songs, const QueueItem *item) {
    LibrarySong song = queue_song(songs->queue, item);
    json_t *json = json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "composed",
                             item->song == QUEUE_COMPOSED_PIECE, "title", title_of(&song), "artist",
                             text(song.artist), "album", text(song.album), "genre",
                             text(song.genre), "language", text(song.language), "why",
                             text(item->reason), "seconds", number(item->seconds));
    json_object_set_new(json, "valence", number(song.has_mood ? (double)song.mood.valence : NAN));
    json_object_set_new(json, "arousal", number(song.has_mood ? (double)song.mood.arousal : NAN));
    json_object_set_new(json, "gain", number(library_song_gain(&song)));
    json_object_set_new(json, "reasons", reasons_json(&item->reasons));
    return json;
}

static json_t *languages_json(const char *languages) {
    json_t *list = json_array();
    for (const char *at = languages; *at;) {
        size_t length = strcspn(at, ",");
        json_array_append_new(list, json_stringn(at, length));
        at += length + (at[length] == ',');
    }
    return list;
}

json_t *page_songs_json(PageSongs *songs, double now) {
    pthread_mutex_lock(&songs->lock);
    json_t *next = json_array(), *playing = json_null();
    if (takes_turns(songs) && plays(songs)) {
        int count;
        double left = songs->turn.item.seconds - songs->turn.heard;
        playing = item_json(songs, &songs->turn.item);
        json_object_set_new(playing, "id", json_string(songs->turn.id));
        const QueueItem *plan =
            queue_plan(songs->queue, now + fmax(left, 0), clock_calendar(), &count);
        for (int i = 0; i < count; i++)
            json_array_append_new(next, item_json(songs, &plan[i]));
    }
    json_t *json = json_pack(
        "{s:s, s:o, s:b, s:o, s:o, s:o, s:i}", "source", page_songs_sources[songs->wish.source],
        "languages", languages_json(songs->wish.languages), "strict", songs->wish.strict, "genre",
        *songs->wish.genre ? text(songs->wish.genre) : json_null(), "playing", playing, "queue",
        next, "learnt", queue_listener(songs->queue)->events);
    if (songs->failed)
        json_object_set_new(json, "error", text(songs->trouble.message));
    songs->failed = false;
    pthread_mutex_unlock(&songs->lock);
    return json;
}

/* Counts a word in an object of counts. */
static void count(json_t *counts, const char *word) {
    PlainText plain;
    if (*word)
        word = plain_text(word, &plain);
    if (*word)
        json_object_set_new(counts, word,
                            json_integer(json_integer_value(json_object_get(counts, word)) + 1));
}

json_t *page_songs_choices(PageSongs *songs) {
    json_t *languages = json_object(), *genres = json_object();
    int there = 0;
    pthread_mutex_lock(&songs->lock);
    const LibrarySongs *all = queue_songs(songs->queue);
    for (int i = 0; i < all->count; i++) {
        const LibrarySong *song = &all->list[i];
        if (!song->present || *song->failure)
            continue;
        there++;
        count(languages, song->language);
        count(genres, song->genre);
    }
    pthread_mutex_unlock(&songs->lock);
    return json_pack("{s:i, s:o, s:o}", "count", there, "languages", languages, "genres", genres);
}
