#include "compose/live/live_music.h"

#include "nn/kernels/isa.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A piece begins to end after so long; a section is no shorter; regulation takes so long. */
static const double piece_seconds = 150, shortest_section = 4, regulation_seconds = 40;

/* A distance between moods, which lie in [-1, 1]², that asks for another section: from neutral all
 * but calm surprise are farther. */
static const float far = 0.8f;

/* A section waits for its openings: 0.14 s on average (0.25 at most) with AVX2, and 1.1 s with the
 * portable kernels, which the lead of the music does not cover. */
LiveMusicSettings live_music_defaults(void) {
    LiveMusicSettings settings = {
        .composer = composer_defaults, .policy = MOOD_MIRROR, .genre = GENRE_FREE, .program = -1};
    settings.composer.openings = isa_current() == ISA_KIND_PORTABLE ? 1 : OPENINGS_LIVE;
    return settings;
}

enum { common_time = 2 }; /* of music_meters */

enum { BEATS_KEPT = 64 }; /* more than the lead and a slow reader need */

struct LiveMusic {
    /* Of the thread that writes. */
    Composer *composer;        /* of performed music, or */
    LiveArranged *arranged;    /* of arranged */
    ComposerSettings settings; /* of the section at hand */
    ComposerSettings wished;   /* as asked for at first */
    Mood section_mood;
    double piece_start, section_start;
    double anchor, anchor_piece; /* the same moment, played and in the section's own time */
    double speed;                /* of what is being written */
    double far_since;   /* written up to there when the mood was first seen far; INFINITY */
    bool closing, over; /* the piece is coming to its end; has */
    uint64_t sections;  /* so far */
    int piece, section; /* as the status tells them */
    double written;     /* as the status tells it */

    pthread_mutex_t lock; /* guards what follows */
    NoteQueue queue;
    Mood felt;
    Emotion emotion;
    float probabilities[EMOTION_COUNT]; /* of the face, or all 0 for a mood that was chosen */
    double felt_since;
    MoodTaste taste;
    bool skip;
    double wished_speed;
    int wished_genre, wished_program;
    LiveMusicStatus status;
    double beats[BEATS_KEPT + 1]; /* when the latest beats begin, and the end of the last, */
    long n_beats;                 /* round and round: beat i is at i % (BEATS_KEPT + 1) */
};

LiveMusic *live_music_create(const MusicModel *model, const LiveMusicSettings *settings,
                             Error *error) {
    LiveMusic *music = calloc(1, sizeof *music);
    if (!music) {
        error_memory(error, "live music", sizeof *music);
        return NULL;
    }
    pthread_mutex_init(&music->lock, NULL);
    music->wished = settings->composer;
    music->wished.seconds = music->wished.bars = music->wished.prime_count = 0;
    music->wished.span = LIVE_MUSIC_SPAN;
    music->wished_genre = settings->lead ? settings->genre + 1 : settings->composer.genre;
    music->wished_program = settings->program;
    music->over = true;
    music->emotion = EMOTION_NEUTRAL;
    music->wished_speed = music->speed = 1;
    music->taste = settings->taste;
    music->status = (LiveMusicStatus){.policy = settings->policy, .speed = 1};
    const LiveArrangedSettings arranged = {.sampler = settings->composer.sampler,
                                           .ensemble = settings->ensemble,
                                           .tempo = settings->composer.tempo};
    if (settings->lead)
        music->arranged = live_arranged_create(settings->lead, &arranged, error);
    else
        music->composer = composer_create(model, error);
    if (music->arranged || music->composer)
        return music;
    live_music_destroy(music);
    return NULL;
}

void live_music_destroy(LiveMusic *music) {
    if (!music)
        return;
    composer_destroy(music->composer);
    live_arranged_destroy(music->arranged);
    note_queue_free(&music->queue);
    pthread_mutex_destroy(&music->lock);
    free(music);
}

/* ------------------------------------------------------------------ pieces and sections */

/* Every section has chances of its own. */
static uint64_t section_seed(const LiveMusic *music) {
    uint32_t words[4];
    rng_block(rng_seed(music->wished.seed), music->sections, words);
    return (uint64_t)words[0] << 32 | words[1];
}

static int begin_section(LiveMusic *music, double start, Mood mood, Error *error) {
    music->settings.seed = section_seed(music);
    music->sections++;
    music->section_mood = mood;
    music->section_start = music->anchor = start;
    music->anchor_piece = 0;
    music->far_since = INFINITY;
    music->closing = music->over = false;
    return composer_begin(music->composer, &music->settings, mood, error);
}

static int begin_piece(LiveMusic *music, double start, Mood mood, Error *error) {
    music->settings = music->wished;
    music->piece_start = start;
    music->piece++;
    music->section = 1;
    return begin_section(music, start, mood, error);
}

/* Another section of the same piece: what is not the mood's stays. */
static int turn(LiveMusic *music, double start, Mood mood, Error *error) {
    const MusicState *state = composer_state(music->composer);
    music->settings.grid = state->performed;
    music->settings.tonic = state->tonic;
    music->settings.meter = state->performed ? COMPOSER_FREE : state->meter;
    music->section++;
    return begin_section(music, start, mood, error);
}

/* Whether the mood has been far from the section's for long enough, and this is the place. */
static bool is_time_to_turn(LiveMusic *music, Mood mood) {
    float distance = hypotf(mood.valence - music->section_mood.valence,
                            mood.arousal - music->section_mood.arousal);
    if (distance <= far || music->written - music->section_start < shortest_section) {
        music->far_since = INFINITY;
        return false;
    }
    music->far_since = fmin(music->far_since, music->written);
    return composer_at_bar(music->composer) || music->written - music->far_since >= LIVE_MUSIC_SPAN;
}

/* Sees to it that there is a piece to write on, under the mood. */
static int prepare(LiveMusic *music, Mood mood, bool skip, Error *error) {
    if (music->over || skip)
        return begin_piece(music, music->written, mood, error);
    if (is_time_to_turn(music, mood))
        return turn(music, music->written, mood, error);
    if (!music->closing && music->written - music->piece_start > piece_seconds) {
        composer_close(music->composer);
        music->closing = true;
    }
    composer_set_mood(music->composer, mood);
    return 0;
}

/* ------------------------------------------------------------------ writing */

static double played_at(const LiveMusic *music, double piece_time) {
    return music->anchor + (piece_time - music->anchor_piece) / music->speed;
}

static void set_pace(LiveMusic *music, double speed) {
    double now = composer_time(music->composer);
    music->anchor = played_at(music, now);
    music->anchor_piece = now;
    music->speed = speed;
}

static int queue_notes(LiveMusic *music, const ComposerNote *notes, int count, Error *error) {
    for (int i = 0; i < count; i++) {
        ComposerNote note = notes[i];
        note.start = played_at(music, note.start);
        note.end = played_at(music, note.end);
        if (note_queue_add(&music->queue, note, error))
            return -1;
    }
    return 0;
}

static void note_status(LiveMusic *music, Mood mood) {
    LiveMusicStatus *status = &music->status;
    status->asked = mood;
    status->speed = music->speed;
    status->written = music->written;
    status->piece = music->piece;
    status->section = music->section;
    if (music->arranged) {
        LiveArrangedState now = live_arranged_state(music->arranged);
        status->section = now.section;
        status->tonic = now.tonic;
        status->minor = now.minor;
        status->performed = false;
        status->meter = common_time;
        status->tempo = music->speed * now.tempo;
        return;
    }
    const MusicState *state = composer_state(music->composer);
    status->tonic = state->tonic;
    status->minor = state->minor;
    status->performed = state->performed;
    status->meter = state->meter;
    status->tempo = 0;
    if (!state->performed && state->tempo >= 0)
        status->tempo = music->speed * (music->settings.tempo > 0 ? music->settings.tempo
                                                                  : music_tempo_bpm(state->tempo));
}

/* Where a mood stands on the way that the policy leads it, for this listener. */
static Mood led_mood(const LiveMusic *music) {
    double since = music->written - music->felt_since;
    return mood_for_taste(music->taste,
                          mood_at(music->status.policy, music->felt, since / regulation_seconds));
}

/* What to write under, as it stands. */
typedef struct Wanted {
    Mood mood;
    Cues cues;          /* of arranged music */
    int genre, program; /* as well */
    bool skip;
    double speed;
} Wanted;

/* A face's emotions sound as themselves; where the policy leads, a mood was chosen, or a listener
 * wants them otherwise, the plane counts. */
static Cues cues_for(const LiveMusic *music, Mood mood) {
    double weights[CUES_ROWS] = {0}, sum = 0;
    for (int i = 0; i < EMOTION_COUNT; i++)
        sum += weights[i] = (double)music->probabilities[i];
    bool plain = music->status.policy == MOOD_MIRROR && mood_taste_is_plain(music->taste);
    return sum > 0 && plain ? cues_mix(weights) : cues_at(mood);
}

static Wanted take_wanted(LiveMusic *music) {
    pthread_mutex_lock(&music->lock);
    Wanted wanted = {.mood = led_mood(music),
                     .genre = music->wished_genre,
                     .program = music->wished_program,
                     .skip = music->skip,
                     .speed = music->wished_speed};
    if (music->arranged)
        wanted.cues = cues_for(music, wanted.mood);
    music->wished.genre = music->wished_genre;
    music->skip = false;
    pthread_mutex_unlock(&music->lock);
    return wanted;
}

/* Notes that a beat ends at `written`; for the first, that it began at `from`. */
static void note_beat(LiveMusic *music, double from) {
    if (!music->n_beats)
        music->beats[0] = from;
    music->n_beats++;
    music->beats[music->n_beats % (BEATS_KEPT + 1)] = music->written;
}

static int finish_span(LiveMusic *music, Mood mood, const ComposerNote *notes, int count,
                       Error *error) {
    pthread_mutex_lock(&music->lock);
    int status = queue_notes(music, notes, count, error);
    note_status(music, mood);
    if (music->arranged)
        note_beat(music, music->anchor);
    pthread_mutex_unlock(&music->lock);
    return status;
}

static int write_beat(LiveMusic *music, Error *error) {
    int count;
    Wanted wanted = take_wanted(music);
    if (music->over || wanted.skip) {
        const LiveArrangedWish wish = {
            .seed = section_seed(music), .genre = wanted.genre - 1, .seconds = piece_seconds};
        if (live_arranged_begin(music->arranged, &wish, &wanted.cues, error))
            return -1;
        music->piece++;
        music->sections++;
    }
    live_arranged_set_program(music->arranged, wanted.program);
    if (live_arranged_beat(music->arranged, &wanted.cues, error))
        return -1;
    music->over = live_arranged_state(music->arranged).over;
    music->speed = wanted.speed;
    music->anchor = music->written;
    music->anchor_piece = 0;
    music->written = played_at(music, live_arranged_seconds(music->arranged));
    const ComposerNote *notes = live_arranged_notes(music->arranged, &count);
    return finish_span(music, wanted.mood, notes, count, error);
}

/* Writes the next span. The composer works without the lock. */
static int write_span(LiveMusic *music, Error *error) {
    if (music->arranged)
        return write_beat(music, error);
    Wanted wanted = take_wanted(music);
    if (prepare(music, wanted.mood, wanted.skip, error))
        return -1;
    set_pace(music, wanted.speed);
    int advanced = composer_advance(music->composer, error), count = 0;
    if (advanced < 0)
        return -1;
    music->over = composer_state(music->composer)->ended;
    music->written = played_at(music, composer_time(music->composer));
    const ComposerNote *notes = advanced ? composer_notes(music->composer, &count) : NULL;
    return finish_span(music, wanted.mood, notes, count, error);
}

int live_music_write(LiveMusic *music, double now, Error *error) {
    while (music->written < now + LIVE_MUSIC_LEAD)
        if (write_span(music, error))
            return -1;
    return 0;
}

/* ------------------------------------------------------------------ from any thread */

void live_music_feel(LiveMusic *music, const EmotionState *state, double now) {
    pthread_mutex_lock(&music->lock);
    music->felt = mood_of_probabilities(state->probabilities);
    memcpy(music->probabilities, state->probabilities, sizeof music->probabilities);
    if (state->emotion != music->emotion)
        music->felt_since = now;
    music->emotion = state->emotion;
    pthread_mutex_unlock(&music->lock);
}

void live_music_feel_mood(LiveMusic *music, Mood felt, double now) {
    pthread_mutex_lock(&music->lock);
    if (felt.valence != music->felt.valence || felt.arousal != music->felt.arousal)
        music->felt_since = now;
    music->felt = felt;
    memset(music->probabilities, 0, sizeof music->probabilities);
    pthread_mutex_unlock(&music->lock);
}

bool live_music_next(LiveMusic *music, double until, NoteEvent *event) {
    pthread_mutex_lock(&music->lock);
    bool found = note_queue_next(&music->queue, until, event);
    pthread_mutex_unlock(&music->lock);
    return found;
}

void live_music_damp(LiveMusic *music, double time) {
    pthread_mutex_lock(&music->lock);
    note_queue_damp(&music->queue, time);
    pthread_mutex_unlock(&music->lock);
}

void live_music_stop(LiveMusic *music, double time) {
    pthread_mutex_lock(&music->lock);
    note_queue_clear(&music->queue);
    note_queue_damp(&music->queue, time);
    pthread_mutex_unlock(&music->lock);
}

void live_music_set_policy(LiveMusic *music, MoodPolicy policy) {
    pthread_mutex_lock(&music->lock);
    music->status.policy = policy;
    pthread_mutex_unlock(&music->lock);
}

void live_music_set_taste(LiveMusic *music, MoodTaste taste) {
    pthread_mutex_lock(&music->lock);
    music->taste = taste;
    pthread_mutex_unlock(&music->lock);
}

void live_music_set_speed(LiveMusic *music, double speed) {
    pthread_mutex_lock(&music->lock);
    music->wished_speed = fmin(fmax(speed, LIVE_MUSIC_SLOWEST), LIVE_MUSIC_FASTEST);
    pthread_mutex_unlock(&music->lock);
}

void live_music_set_genre(LiveMusic *music, int genre) {
    pthread_mutex_lock(&music->lock);
    music->wished_genre = genre;
    pthread_mutex_unlock(&music->lock);
}

void live_music_set_program(LiveMusic *music, int program) {
    pthread_mutex_lock(&music->lock);
    music->wished_program = program;
    pthread_mutex_unlock(&music->lock);
}

void live_music_skip(LiveMusic *music) {
    pthread_mutex_lock(&music->lock);
    music->skip = true;
    pthread_mutex_unlock(&music->lock);
}

double live_music_quarters(LiveMusic *music, double time) {
    double quarters = NAN;
    pthread_mutex_lock(&music->lock);
    for (long beat = music->n_beats - 1; beat >= 0 && beat >= music->n_beats - BEATS_KEPT; beat--) {
        double start = music->beats[beat % (BEATS_KEPT + 1)],
               end = music->beats[(beat + 1) % (BEATS_KEPT + 1)];
        if (time >= start) {
            quarters = (double)beat + fmin((time - start) / (end - start), 1);
            break;
        }
    }
    pthread_mutex_unlock(&music->lock);
    return quarters;
}

LiveMusicStatus live_music_status(LiveMusic *music) {
    pthread_mutex_lock(&music->lock);
    LiveMusicStatus status = music->status;
    status.sounding = music->queue.sounding;
    note_queue_pitches(&music->queue, status.down);
    pthread_mutex_unlock(&music->lock);
    return status;
}
