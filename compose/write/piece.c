#include "compose/write/piece.h"

#include "datasets/music/music_encode.h"
#include "nn/base/rng.h"

#include <math.h>

/* A section is no shorter than this share of its piece. */
static const double shortest_section = 0.2;

static int quadrant(Mood mood) {
    return (mood.valence < 0) << 1 | (mood.arousal < 0);
}

static Mood mood_after(const PieceSettings *settings, double progress) {
    return mood_for_taste(settings->taste, mood_at(settings->policy, settings->felt, progress));
}

/* Where in the piece (0 … 1) the section that begins at `start` ends. */
static double section_end(const PieceSettings *settings, double start) {
    const int looks = 64;
    int now = quadrant(mood_after(settings, start));
    for (int i = 0; i < looks; i++) {
        double place = (double)i / looks;
        if (place - start >= shortest_section && 1 - place >= shortest_section &&
            quadrant(mood_after(settings, place)) != now)
            return place;
    }
    return 1;
}

/* ------------------------------------------------------------------ sections into one song */

static uint32_t ticks_per_step(const MusicState *state) {
    return state->performed ? MUSIC_PERFORMED_TICKS * 2 * MUSIC_STEP_MILLISECONDS / 1000
                            : MUSIC_METRIC_TICKS / MUSIC_STEPS_PER_QUARTER;
}

/* The tick at which the next section begins: the bar line, or where the shifts have led. */
static uint32_t end_tick(const MusicState *state) {
    return (uint32_t)(state->performed ? state->now : state->bar_start) * ticks_per_step(state);
}

/* Adds what `part` holds before `end`, moved on by `offset` ticks. */
static int add_part(Song *whole, const Song *part, uint32_t offset, uint32_t end, double tempo,
                    Error *error) {
    int status = 0;
    whole->grid = part->grid;
    whole->ticks_per_quarter = part->ticks_per_quarter;
    for (int i = 0; i < part->n_tempos && !status; i++)
        status = song_add_tempo(
            whole, offset + part->tempos[i].at.tick,
            tempo > 0 ? (uint32_t)lround(60e6 / tempo) : part->tempos[i].microseconds, error);
    for (int i = 0; i < part->n_meters && !status; i++)
        status = song_add_meter(whole, offset + part->meters[i].at.tick, part->meters[i].numerator,
                                part->meters[i].denominator, error);
    for (int i = 0; i < part->n_keys && !status; i++)
        status = song_add_key(whole, offset + part->keys[i].at.tick, part->keys[i].tonic,
                              part->keys[i].minor, error);
    for (int i = 0; i < part->n_notes && !status; i++) {
        SongNote note = part->notes[i];
        uint32_t release = note.release < end ? note.release : end;
        if (note.onset >= end)
            continue;
        note.onset += offset;
        note.release = note.sounding = offset + release;
        status = song_add_note(whole, note, error);
    }
    return status;
}

/* ------------------------------------------------------------------ composing */

typedef struct Course {
    Composer *composer;
    const PieceSettings *settings;
    ComposerSettings section; /* of the section at hand */
    Song *song;
    double length;  /* of the whole, in seconds or bars */
    double done;    /* so much of it lies before the section at hand */
    uint32_t ticks; /* and so many ticks */
} Course;

static double section_length(const Course *course) {
    const MusicState *state = composer_state(course->composer);
    return course->section.bars > 0 ? (double)state->bars - 1 : composer_time(course->composer);
}

/* Writes the section until the share `until` of the piece, or to the end of the piece. */
static int write_section(Course *course, double until, Error *error) {
    const PieceSettings *settings = course->settings;
    for (;;) {
        double progress = (course->done + section_length(course)) / course->length;
        if (until < 1 && progress >= until)
            return 0;
        composer_set_mood(course->composer, mood_after(settings, progress));
        int advanced = composer_advance(course->composer, error);
        if (advanced <= 0)
            return advanced;
    }
}

static int keep_section(Course *course, Error *error) {
    int count;
    const uint16_t *tokens = composer_tokens(course->composer, &count);
    const MusicState *state = composer_state(course->composer);
    Song *part = music_decode(tokens, count, course->settings->program, error);
    if (!part)
        return -1;
    double tempo = course->settings->composer.prime_count ? 0 : course->section.tempo;
    int status = add_part(course->song, part, course->ticks,
                          state->ended ? UINT32_MAX : end_tick(state), tempo, error);
    song_free(part);
    course->ticks += end_tick(state);
    return status;
}

/* Prepares for the section after this one: what is left of the length, and the same frame. */
static void next_section(Course *course) {
    const MusicState *state = composer_state(course->composer);
    double length = section_length(course);
    ComposerSettings *section = &course->section;
    course->done += length;
    section->seed = section->seed * 6364136223846793005u + 1442695040888963407u;
    section->prime_count = 0;
    section->grid = state->performed;
    section->tonic = state->tonic;
    if (section->bars > 0)
        section->bars -= (int)length;
    else
        section->seconds -= length;
    if (!state->performed)
        section->meter = state->meter;
}

/* Writes the section from the share `start` of the piece to `end`, anew where it was written. */
static int try_section(Course *course, double start, double end, Error *error) {
    ComposerSettings section = course->section;
    if (end < 1) { /* only the last section ends as a piece does */
        section.grid = section.bars > 0 ? 0 : section.grid;
        section.seconds = section.bars = 0;
    }
    if (composer_begin(course->composer, &section, mood_after(course->settings, start), error))
        return -1;
    return write_section(course, end, error);
}

/* Whether another section has room after the one that is written: it ends with a whole bar, which
 * may be most of a short piece, or more than all of it. */
static bool leaves_room(const Course *course) {
    double left = course->length - course->done - section_length(course);
    return left >= shortest_section / 2 * course->length;
}

static int write_piece(Course *course, Error *error) {
    for (double start = 0, end; start < 1; start = end) {
        end = section_end(course->settings, start);
        if (end < 1 && course->done / course->length >= end)
            continue; /* the last bar of the section before went beyond it */
        if (try_section(course, start, end, error))
            return -1;
        if (end < 1 && !leaves_room(course)) {
            end = 1;
            if (try_section(course, start, end, error))
                return -1;
        }
        if (keep_section(course, error))
            return -1;
        next_section(course);
    }
    return song_finish(course->song, error);
}

Song *piece_compose(Composer *composer, const PieceSettings *settings, Error *error) {
    const ComposerSettings *wished = &settings->composer;
    Course course = {.composer = composer,
                     .settings = settings,
                     .section = *wished,
                     .song = song_create(MUSIC_METRIC_TICKS),
                     .length = wished->bars > 0 ? wished->bars : wished->seconds};
    if (!course.song) {
        error_memory(error, "a song", sizeof *course.song);
    } else if (song_add_track(course.song, "Piano", error) || write_piece(&course, error)) {
        song_free(course.song);
        course.song = NULL;
    }
    return course.song;
}

uint64_t piece_seed(uint64_t seed, Emotion emotion) {
    uint32_t words[4];
    rng_block(rng_seed(seed), (uint64_t)emotion, words);
    return (uint64_t)words[0] << 31 | words[1] >> 1;
}
