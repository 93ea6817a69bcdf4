/* Arranged music that follows a face: when it changes, and what stays. */
#include "compose/live/live_music.h"

#include "nn/base/threads.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_EVENTS = 20000, FRAMES_PER_SECOND = 25 };

static LeadModel *model;

static void setup(void) {
    Error error;
    threads_use(1);
    ck_assert_msg((model = lead_model_load(NULL, &error)) != NULL, "%s", error.message);
}

static void teardown(void) {
    lead_model_destroy(model);
}

/* ------------------------------------------------------------------ beats */

typedef struct Melody {
    int pitches[MOST_EVENTS], count;
} Melody;

/* Plays so many beats and keeps the melody's pitches. */
static Melody play_beats(LiveArranged *arranged, Emotion emotion, int beats) {
    Melody melody = {.count = 0};
    for (int i = 0; i < beats; i++) {
        int count;
        Error error;
        ck_assert_msg(!live_arranged_beat(arranged, &cues_table[emotion], &error), "%s",
                      error.message);
        const ComposerNote *notes = live_arranged_notes(arranged, &count);
        double before = 0;
        for (int k = 0; k < count; k++) {
            ck_assert_double_ge(notes[k].start, before);
            ck_assert_double_lt(notes[k].start, live_arranged_seconds(arranged));
            ck_assert_double_gt(notes[k].end, notes[k].start);
            before = notes[k].start;
            if (notes[k].channel == 0)
                melody.pitches[melody.count++] = notes[k].pitch;
        }
    }
    return melody;
}

static LiveArranged *begin_genre(uint64_t seed, Ensemble ensemble, int genre) {
    const LiveArrangedSettings settings = {.sampler = SAMPLER_DEFAULTS, .ensemble = ensemble};
    const LiveArrangedWish wish = {.seed = seed, .genre = genre, .seconds = 60};
    LiveArranged *arranged = live_arranged_create(model, &settings, NULL);
    ck_assert_ptr_nonnull(arranged);
    ck_assert_int_eq(live_arranged_begin(arranged, &wish, &cues_table[EMOTION_HAPPY], NULL), 0);
    return arranged;
}

static LiveArranged *begin(uint64_t seed, Ensemble ensemble) {
    return begin_genre(seed, ensemble, GENRE_FREE);
}

/* The last sixteenth of a swung beat comes so late that it is nearer to the next one. */
START_TEST(what_swings_late_is_played_before_the_next_beat) {
    LiveArranged *arranged = begin_genre(4, ENSEMBLE_PIANO, lead_find_style("jazz"));
    int late = 0;
    for (int i = 0; i < 128 && !live_arranged_state(arranged).over; i++) {
        int count;
        ck_assert_int_eq(live_arranged_beat(arranged, &cues_table[EMOTION_HAPPY], NULL), 0);
        const ComposerNote *notes = live_arranged_notes(arranged, &count);
        for (int k = 0; k < count; k++)
            late += notes[k].start > 0.88 * live_arranged_seconds(arranged);
    }
    ck_assert_int_gt(late, 0);
    live_arranged_destroy(arranged);
}
END_TEST

START_TEST(the_theme_survives_a_change_of_mood) {
    LiveArranged *same = begin((uint64_t)_i, ENSEMBLE_PIANO),
                 *other = begin((uint64_t)_i, ENSEMBLE_PIANO);
    play_beats(same, EMOTION_HAPPY, 4);
    play_beats(other, EMOTION_HAPPY, 4);
    double tempo = live_arranged_state(other).tempo;
    ck_assert(!live_arranged_state(other).minor);
    Melody happy = play_beats(same, EMOTION_HAPPY, 8), sad = play_beats(other, EMOTION_SAD, 8);
    ck_assert(live_arranged_state(other).minor);
    ck_assert_double_lt(live_arranged_state(other).tempo, 0.7 * tempo);
    ck_assert_int_eq(happy.count, sad.count);
    for (int i = 0; i < sad.count; i++) {
        int lower = ((happy.pitches[i] - sad.pitches[i]) % 12 + 12) % 12;
        ck_assert_msg(lower <= 1, "note %d: %d became %d", i, happy.pitches[i], sad.pitches[i]);
    }
    live_arranged_destroy(same);
    live_arranged_destroy(other);
}
END_TEST

START_TEST(a_piece_comes_to_its_end) {
    LiveArranged *arranged = begin(1, ENSEMBLE_BAND);
    int beats = 0;
    while (!live_arranged_state(arranged).over) {
        play_beats(arranged, EMOTION_HAPPY, 1);
        ck_assert_int_lt(++beats, 400);
    }
    ck_assert_int_eq(beats % 16, 0);
    ck_assert_int_gt(beats, 60);
    live_arranged_destroy(arranged);
}
END_TEST

/* ------------------------------------------------------------------ a face */

typedef struct Heard {
    NoteEvent events[MOST_EVENTS];
    int count;
} Heard;

/* Follows `first` and from `changed` on `second`, for `seconds`. */
static void follow(uint64_t seed, Ensemble ensemble, Emotion first, Emotion second, double changed,
                   double seconds, Heard *heard) {
    LiveMusicSettings settings = {
        .composer = composer_defaults, .lead = model, .ensemble = ensemble, .genre = GENRE_FREE};
    settings.composer.seed = seed;
    Error error;
    LiveMusic *music = live_music_create(NULL, &settings, &error);
    ck_assert_msg(music != NULL, "%s", error.message);
    static bool down[NOTE_KEYS];
    memset(down, 0, sizeof down);
    heard->count = 0;
    double quarters = 0, tempo = 0;
    for (int frame = 0; frame < seconds * FRAMES_PER_SECOND; frame++) {
        double now = (double)frame / FRAMES_PER_SECOND;
        EmotionState state = {.emotion = now < changed ? first : second, .confidence = 1};
        state.probabilities[state.emotion] = 1;
        live_music_feel(music, &state, now);
        ck_assert_msg(!live_music_write(music, now, &error), "%s", error.message);
        /* The beat goes on at the tempo of the moment, or that of half a second before. */
        double before = quarters, slower = fmin(tempo, live_music_status(music).tempo);
        quarters = live_music_quarters(music, now);
        tempo = live_music_status(music).tempo;
        ck_assert_double_ge(quarters - before, 0.5 * slower / 60 / FRAMES_PER_SECOND * (frame > 0));
        ck_assert_double_le(quarters - before, 5.0 / FRAMES_PER_SECOND);
        NoteEvent event;
        while (live_music_next(music, now, &event)) {
            int key = event.channel * NOTE_PITCHES + event.pitch;
            ck_assert_int_ne(down[key], event.velocity > 0);
            down[key] = event.velocity > 0;
            ck_assert_int_lt(heard->count, MOST_EVENTS);
            heard->events[heard->count++] = event;
        }
    }
    live_music_stop(music, seconds);
    NoteEvent event;
    while (live_music_next(music, seconds, &event))
        down[event.channel * NOTE_PITCHES + event.pitch] = event.velocity > 0;
    for (int key = 0; key < NOTE_KEYS; key++)
        ck_assert(!down[key]);
    live_music_destroy(music);
}

START_TEST(a_change_of_the_face_is_heard_within_two_seconds) {
    static const Emotion faces[][2] = {{EMOTION_SAD, EMOTION_HAPPY},
                                       {EMOTION_HAPPY, EMOTION_SAD},
                                       {EMOTION_NEUTRAL, EMOTION_ANGRY},
                                       {EMOTION_ANGRY, EMOTION_FEAR},
                                       {EMOTION_HAPPY, EMOTION_SURPRISE}};
    static Heard same, other;
    const double changed = 9 + 0.37 * _i;
    Emotion first = faces[_i % 5][0], second = faces[_i % 5][1];
    follow((uint64_t)_i, ENSEMBLE_PIANO, first, first, changed, changed + 6, &same);
    follow((uint64_t)_i, ENSEMBLE_PIANO, first, second, changed, changed + 6, &other);
    double last_same = 0;
    int i = 0;
    while (i < same.count && i < other.count && same.events[i].time == other.events[i].time &&
           same.events[i].pitch == other.events[i].pitch &&
           same.events[i].velocity == other.events[i].velocity) {
        last_same = same.events[i].velocity ? same.events[i].time : last_same;
        i++;
    }
    ck_assert(i < same.count && i < other.count);
    ck_assert_double_ge(fmax(same.events[i].time, other.events[i].time), changed);
    ck_assert_msg(last_same < changed + 2, "changed at %.2f, the same until %.2f", changed,
                  last_same);
}
END_TEST

START_TEST(a_band_plays_with_its_own_instruments_on_and_on) {
    static Heard heard;
    bool channels[NOTE_CHANNELS] = {false};
    follow(3, ENSEMBLE_BAND, EMOTION_HAPPY, EMOTION_HAPPY, 0, 200, &heard);
    double last = 0, longest = 0;
    for (int i = 0; i < heard.count; i++) {
        const NoteEvent *event = &heard.events[i];
        if (!event->velocity)
            continue;
        channels[event->channel] = true;
        ck_assert_int_gt(event->program, 0);
        longest = fmax(longest, event->time - last);
        last = event->time;
    }
    ck_assert(channels[0] && channels[1] && channels[2] && channels[9]);
    ck_assert_double_gt(last, 195);
    ck_assert_msg(longest < 4, "nothing begins for %.1f s", longest);
}
END_TEST

Suite *live_arranged_suite(void) {
    Suite *suite = suite_create("live_arranged");
    TCase *tcase = tcase_create("live_arranged");
    tcase_add_unchecked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, what_swings_late_is_played_before_the_next_beat);
    tcase_add_loop_test(tcase, the_theme_survives_a_change_of_mood, 0, 4);
    tcase_add_test(tcase, a_piece_comes_to_its_end);
    tcase_add_loop_test(tcase, a_change_of_the_face_is_heard_within_two_seconds, 0, 10);
    tcase_add_test(tcase, a_band_plays_with_its_own_instruments_on_and_on);
    suite_add_tcase(suite, tcase);
    return suite;
}
