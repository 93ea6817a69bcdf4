#include "compose/web/visit.h"

#include "compose/live/recording.h"
#include "compose/sound/player.h"
#include "compose/web/here_songs.h"
#include "nn/base/clock.h"
#include "nn/base/threads.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* A stream that is behind by more goes on from now rather than catch up in a burst. */
static const double latest = 1, write_every = 0.02, wait = 0.005, feed_every = 0.2;
enum { BLOCK = 64, LEAST_FRAMES = 1024, LEAST_HERE = 256 };

struct Visit {
    pthread_mutex_t looking; /* guards the watcher and what belongs to it */
    Watcher *watcher;
    double looked; /* at a frame, in visit_seconds; 0 = never */
    int threads;   /* for it */
    bool hidden;   /* the page, which sends no frames then */

    atomic_bool busy; /* with a frame */
    bool writing;     /* the writer is there */
    double started;
    PageSongs *songs; /* NULL = no library */
    HereSongs *here;  /* plays them, where that is asked for */
    LiveMusic *music;
    pthread_t writer;

    pthread_mutex_t lock; /* guards what follows */
    EmotionState mood;
    float valence, arousal;
    int leader; /* wanted; 0 = none in particular */
    bool by_hand, paused, ending, failed;
    Pcm *pcm;
    Player *player; /* of the computer's own output, where that is asked for */
    Recording *recording;
    int program;  /* of notes that name no instrument; General MIDI */
    int listener; /* number of the one who listens now */
    bool listening;
    bool waiting;  /* for music that is not written yet */
    double origin; /* of the stream's clock, in clock_seconds */
    double sent;   /* seconds of the stream */
    double now;    /* seconds of music */
    long gaps;
    long told; /* number of the last status */
};

/* ------------------------------------------------------------------ the mood */

/* With the lock held, lest the music follow a face when the mood has just been set by hand. */
static void feel_face(Visit *visit) {
    visit->valence = visit->mood.valence;
    visit->arousal = visit->mood.arousal;
    live_music_feel(visit->music, &visit->mood, visit->now);
}

/* What was read of the frame becomes what the music feels, unless that is set by hand. */
static void feel(Visit *visit) {
    const EmotionState *mood = watcher_mood(visit->watcher);
    pthread_mutex_lock(&visit->lock);
    visit->mood = *mood;
    if (!visit->by_hand)
        feel_face(visit);
    pthread_mutex_unlock(&visit->lock);
}

/* After a while without frames: the camera is lost. */
static void look_away(Visit *visit) {
    if (pthread_mutex_trylock(&visit->looking))
        return; /* there is a frame */
    double now = visit_seconds(visit);
    if (visit->looked > 0 && !visit->hidden && now - visit->looked > VISIT_BLIND_AFTER) {
        watcher_blind(visit->watcher, now);
        feel(visit);
    }
    pthread_mutex_unlock(&visit->looking);
}

/* What the music follows, for the songs; and what they have taught, for the music. */
static void feed_songs(Visit *visit) {
    if (!visit->songs)
        return;
    pthread_mutex_lock(&visit->lock);
    bool by_hand = visit->by_hand, playing = !visit->paused;
    Mood felt = by_hand ? mood_of_feeling(visit->valence, visit->arousal)
                        : mood_of_probabilities(visit->mood.probabilities);
    pthread_mutex_unlock(&visit->lock);
    page_songs_feel(visit->songs, felt, by_hand, playing, visit_seconds(visit));
    MoodTaste taste;
    if (page_songs_taste(visit->songs, &taste))
        live_music_set_taste(visit->music, taste);
}

static void *write_ahead(void *user) {
    Visit *visit = user;
    Error error;
    double fed = 0;
    threads_use(1);
    for (;;) {
        pthread_mutex_lock(&visit->lock);
        bool ending = visit->ending, idle = !visit->listening || visit->paused;
        double now = visit->now;
        pthread_mutex_unlock(&visit->lock);
        if (ending)
            return NULL;
        if (!idle && live_music_write(visit->music, now, &error)) {
            pthread_mutex_lock(&visit->lock);
            visit->failed = true;
            pthread_mutex_unlock(&visit->lock);
            return NULL;
        }
        if (clock_seconds() - fed >= feed_every) {
            look_away(visit);
            feed_songs(visit);
            fed = clock_seconds();
        }
        clock_sleep(write_every);
    }
}

PageSongs *visit_songs(Visit *visit) {
    return visit->songs;
}

double visit_seconds(const Visit *visit) {
    return clock_seconds() - visit->started;
}

static int open_all(Visit *visit, const VisitSettings *settings, Error *error) {
    visit->watcher = watcher_create(&settings->watching, error);
    visit->music =
        visit->watcher ? live_music_create(settings->model, &settings->music, error) : NULL;
    visit->pcm = visit->music ? pcm_open(settings->soundfont, settings->program, error) : NULL;
    visit->recording = visit->pcm ? recording_create(settings->program, error) : NULL;
    if (!visit->recording)
        return -1;
    if (settings->library &&
        !(visit->songs = page_songs_open(settings->library, settings->music.composer.seed, error)))
        return -1;
    const HereSongsSettings songs_here = {.output = {.card = true, .driver = settings->driver},
                                          .soundfont = settings->soundfont,
                                          .started = visit->started};
    if (settings->here && visit->songs &&
        !(visit->here = here_songs_open(visit->songs, &songs_here, error)))
        return -1;
    const PlayerSettings output = {
        .soundfont = settings->soundfont, .program = settings->program, .driver = settings->driver};
    if (settings->here && !(visit->player = player_open(&output, error)))
        return -1;
    if (pthread_create(&visit->writer, NULL, write_ahead, visit))
        return error_set(error, "cannot start a thread for the music");
    visit->writing = true;
    return 0;
}

Visit *visit_create(const VisitSettings *settings, Error *error) {
    Visit *visit = calloc(1, sizeof *visit);
    if (!visit) {
        error_memory(error, "a page's session", sizeof *visit);
        return NULL;
    }
    pthread_mutex_init(&visit->looking, NULL);
    pthread_mutex_init(&visit->lock, NULL);
    visit->started = clock_seconds();
    visit->threads = settings->threads;
    visit->program = settings->program;
    visit->mood.emotion = EMOTION_NEUTRAL;
    visit->mood.probabilities[EMOTION_NEUTRAL] = 1;
    if (!open_all(visit, settings, error))
        return visit;
    visit_destroy(visit);
    return NULL;
}

void visit_destroy(Visit *visit) {
    if (!visit)
        return;
    pthread_mutex_lock(&visit->lock);
    visit->ending = true;
    pthread_mutex_unlock(&visit->lock);
    if (visit->writing)
        pthread_join(visit->writer, NULL);
    here_songs_close(visit->here);
    page_songs_close(visit->songs);
    recording_destroy(visit->recording);
    player_close(visit->player);
    pcm_close(visit->pcm);
    live_music_destroy(visit->music);
    watcher_destroy(visit->watcher);
    pthread_mutex_destroy(&visit->lock);
    pthread_mutex_destroy(&visit->looking);
    free(visit);
}

/* ------------------------------------------------------------------ the face */

static int look(Visit *visit, const Image *frame, VisitFace *faces, int *count, Error *error) {
    const WatchedFace *watched;
    pthread_mutex_lock(&visit->lock);
    if (visit->leader)
        watcher_follow(visit->watcher, visit->leader);
    visit->leader = 0;
    pthread_mutex_unlock(&visit->lock);
    int n = watcher_frame(visit->watcher, image_view(frame), visit_seconds(visit), &watched, error);
    if (n < 0)
        return -1;
    const WatchedFace *leader = watcher_leader(visit->watcher);
    *count = n < VISIT_FACES ? n : VISIT_FACES;
    for (int i = 0; i < *count; i++)
        faces[i] = (VisitFace){watched[i], &watched[i] == leader};
    feel(visit);
    return 0;
}

int visit_look(Visit *visit, const Image *frame, VisitFace faces[VISIT_FACES], int *count,
               Error *error) {
    if (atomic_exchange(&visit->busy, true))
        return VISIT_BUSY;
    threads_use(visit->threads); /* the caller is a thread of the server's */
    pthread_mutex_lock(&visit->looking);
    int status = look(visit, frame, faces, count, error);
    visit->looked = visit_seconds(visit);
    pthread_mutex_unlock(&visit->looking);
    atomic_store(&visit->busy, false);
    return status;
}

bool visit_is_busy(const Visit *visit) {
    return atomic_load(&visit->busy);
}

/* ------------------------------------------------------------------ commands */

void visit_set_policy(Visit *visit, MoodPolicy policy) {
    live_music_set_policy(visit->music, policy);
}

void visit_set_genre(Visit *visit, int genre) {
    live_music_set_genre(visit->music, genre);
    live_music_skip(visit->music);
}

void visit_set_program(Visit *visit, int program) {
    live_music_set_program(visit->music, program);
    pthread_mutex_lock(&visit->lock);
    visit->program = program;
    pthread_mutex_unlock(&visit->lock);
}

void visit_set_speed(Visit *visit, double speed) {
    live_music_set_speed(visit->music, speed);
}

void visit_skip(Visit *visit) {
    live_music_skip(visit->music);
}

void visit_hide(Visit *visit, bool hidden) {
    pthread_mutex_lock(&visit->looking);
    visit->hidden = hidden;
    if (visit->looked > 0)
        visit->looked = visit_seconds(visit);
    pthread_mutex_unlock(&visit->looking);
}

void visit_pause(Visit *visit, bool pause) {
    pthread_mutex_lock(&visit->lock);
    visit->paused = pause;
    double now = visit->now;
    pthread_mutex_unlock(&visit->lock);
    if (pause)
        live_music_damp(visit->music, now);
    if (visit->here)
        here_songs_pause(visit->here, pause);
}

void visit_seek(Visit *visit, double seconds) {
    if (visit->here)
        here_songs_seek(visit->here, seconds);
}

void visit_set_volume(Visit *visit, double volume) {
    if (visit->here)
        here_songs_set_volume(visit->here, volume);
    if (visit->player)
        player_set_volume(visit->player, volume);
}

double visit_heard(Visit *visit) {
    return visit->here ? here_songs_heard(visit->here) : -1;
}

void visit_lead(Visit *visit, int face) {
    pthread_mutex_lock(&visit->lock);
    visit->leader = face;
    pthread_mutex_unlock(&visit->lock);
}

void visit_feel(Visit *visit, float valence, float arousal) {
    pthread_mutex_lock(&visit->lock);
    visit->by_hand = true;
    visit->valence = valence;
    visit->arousal = arousal;
    live_music_feel_mood(visit->music, mood_of_feeling(valence, arousal), visit->now);
    pthread_mutex_unlock(&visit->lock);
    feed_songs(visit);
}

void visit_follow(Visit *visit) {
    pthread_mutex_lock(&visit->lock);
    visit->by_hand = false;
    feel_face(visit);
    pthread_mutex_unlock(&visit->lock);
    feed_songs(visit);
}

VisitStatus visit_status(Visit *visit) {
    LiveMusicStatus music = live_music_status(visit->music);
    pthread_mutex_lock(&visit->lock);
    VisitStatus status = {.number = ++visit->told,
                          .mood = visit->mood,
                          .by_hand = visit->by_hand,
                          .valence = visit->valence,
                          .arousal = visit->arousal,
                          .music = music,
                          .seconds = visit->now,
                          .gaps = visit->gaps,
                          .paused = visit->paused,
                          .listening = visit->listening};
    pthread_mutex_unlock(&visit->lock);
    return status;
}

/* ------------------------------------------------------------------ the sound */

int visit_begin_listening(Visit *visit) {
    pthread_mutex_lock(&visit->lock);
    int listener = ++visit->listener;
    visit->listening = true;
    visit->origin = clock_seconds();
    visit->sent = 0;
    pthread_mutex_unlock(&visit->lock);
    return listener;
}

void visit_end_listening(Visit *visit, int listener) {
    pthread_mutex_lock(&visit->lock);
    if (visit->listener == listener) {
        visit->listening = false;
        pcm_release(visit->pcm);
        Error error;
        if (visit->player)
            (void)!player_finish(visit->player, &error);
    }
    pthread_mutex_unlock(&visit->lock);
}

static void play(Visit *visit, NoteEvent event) {
    Error error; /* sound and record go on without a note that is lost */
    if (!event.program)
        event.program = (uint8_t)(visit->program + 1);
    if (visit->player)
        (void)!player_play(visit->player, event, &error);
    else
        pcm_play(visit->pcm, event);
    (void)!recording_add(visit->recording, event, &error);
}

/* Renders `frames`, moving the music on as far as it is written. With the lock held. */
static void render(Visit *visit, int16_t *samples, int frames) {
    for (int at = 0; at < frames; at += BLOCK) {
        int count = frames - at < BLOCK ? frames - at : BLOCK;
        double next = visit->now + (double)count / PCM_RATE;
        bool behind = next > live_music_status(visit->music).written;
        visit->gaps += behind && !visit->waiting && !visit->paused && visit->now > 0;
        visit->waiting = behind;
        NoteEvent event;
        if (visit->paused || behind)
            next = visit->now;
        while (live_music_next(visit->music, next, &event))
            play(visit, event);
        visit->now = next;
        pcm_render(visit->pcm, samples + (ptrdiff_t)at * PCM_CHANNELS, count);
    }
}

/* How many frames are due now, so that the stream stays VISIT_AHEAD of its clock. */
static int due(Visit *visit) {
    double ahead = visit->player ? 0 : VISIT_AHEAD;
    double owed = clock_seconds() - visit->origin + ahead - visit->sent;
    if (owed > latest + ahead) {
        visit->origin += owed - ahead;
        owed = ahead;
    }
    return (int)(owed * PCM_RATE);
}

int visit_listen(Visit *visit, int listener, int16_t *samples, int frames) {
    for (;;) {
        pthread_mutex_lock(&visit->lock);
        bool over = visit->listener != listener || visit->ending, failed = visit->failed;
        int count = over || failed ? 0 : due(visit);
        count = count < frames ? count : frames;
        int least = visit->player ? LEAST_HERE : LEAST_FRAMES;
        if (count >= least || (count == frames && count > 0)) {
            render(visit, samples, count);
            visit->sent += (double)count / PCM_RATE;
        } else {
            count = 0;
        }
        pthread_mutex_unlock(&visit->lock);
        if (over || failed || count)
            return failed ? -1 : count;
        clock_sleep(wait);
    }
}

int visit_record(Visit *visit, unsigned char **bytes, size_t *size, Error *error) {
    pthread_mutex_lock(&visit->lock);
    Recording *copy = recording_copy(visit->recording, error);
    double now = visit->now;
    pthread_mutex_unlock(&visit->lock);
    int status = copy ? recording_encode(copy, now, bytes, size, error) : -1;
    recording_destroy(copy);
    return status;
}
