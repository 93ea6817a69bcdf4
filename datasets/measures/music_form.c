#include "datasets/measures/music_form.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const form_measure_names[FORM_MEASURES] = {
    "figures_again", "segments_again", "chord_changes", "onset_variation",
    "onset_entropy", "repeated_notes", "note_rate",     "unplayable",
};

enum { PITCHES = 128 };

static const double together = 0.05; /* seconds within which notes begin as one onset */

/* Notes that begin together. */
typedef struct Onset {
    double start;
    int first, count; /* in the list of notes */
} Onset;

typedef struct Heard {
    const SongNote **notes;  /* (n_notes) pitched, by onset */
    Onset *onsets;           /* (n_onsets) */
    const SongNote **melody; /* (n_melody) */
    int n_notes, n_onsets, n_melody;
    double start;   /* of the first note */
    double seconds; /* from there to the last release */
} Heard;

/* ------------------------------------------------------------------ what is heard */

static void heard_free(Heard *heard) {
    free(heard->notes);
    free(heard->onsets);
    free(heard->melody);
    *heard = (Heard){0};
}

static void group_onsets(Heard *heard) {
    for (int i = 0; i < heard->n_notes; i++) {
        const SongNote *note = heard->notes[i];
        Onset *last = heard->n_onsets ? &heard->onsets[heard->n_onsets - 1] : NULL;
        if (last && note->start - last->start < together)
            last->count++;
        else
            heard->onsets[heard->n_onsets++] = (Onset){note->start, i, 1};
    }
}

static void find_melody(Heard *heard) {
    double silent[PITCHES] = {0}; /* seconds at which each pitch has faded */
    for (int i = 0; i < heard->n_onsets; i++) {
        const Onset *onset = &heard->onsets[i];
        const SongNote *top = heard->notes[onset->first];
        for (int k = 1; k < onset->count; k++) {
            const SongNote *note = heard->notes[onset->first + k];
            top = note->pitch > top->pitch ? note : top;
        }
        int higher = top->pitch + 1;
        while (higher < PITCHES && silent[higher] <= onset->start + together)
            higher++;
        if (higher == PITCHES)
            heard->melody[heard->n_melody++] = top;
        for (int k = 0; k < onset->count; k++) {
            const SongNote *note = heard->notes[onset->first + k];
            silent[note->pitch] = fmax(silent[note->pitch], note->sound_end);
        }
    }
}

static int hear(const Song *song, double seconds, Heard *heard, Error *error) {
    size_t n = (size_t)song->n_notes + 1;
    *heard = (Heard){0};
    if (!(heard->notes = malloc(n * sizeof *heard->notes)) ||
        !(heard->onsets = malloc(n * sizeof *heard->onsets)) ||
        !(heard->melody = malloc(n * sizeof *heard->melody))) {
        heard_free(heard);
        return error_memory(error, "the form of a piece", n * sizeof *heard->onsets);
    }
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        if (note->drum)
            continue;
        if (!heard->n_notes)
            heard->start = note->start;
        if (seconds > 0 && note->start - heard->start >= seconds)
            break;
        heard->notes[heard->n_notes++] = note;
        heard->seconds = fmax(heard->seconds, note->sound_end - heard->start);
    }
    if (seconds > 0)
        heard->seconds = fmin(heard->seconds, seconds);
    if (!heard->n_notes) {
        heard_free(heard);
        return error_set(error, "a piece without pitched notes has no form");
    }
    group_onsets(heard);
    find_melody(heard);
    return 0;
}

/* ------------------------------------------------------------------ figures */

enum { FIGURE = 7 };

typedef struct Figure {
    int8_t shape[2 * FIGURE - 3]; /* intervals, then rhythm */
    int first;                    /* note of the melody */
    double start;
} Figure;

static int by_shape(const void *a, const void *b) {
    const Figure *x = a, *y = b;
    int order = memcmp(x->shape, y->shape, sizeof x->shape);
    return order ? order : (x->first > y->first) - (x->first < y->first);
}

static void describe_figure(const SongNote *const *notes, Figure *figure) {
    for (int i = 0; i + 1 < FIGURE; i++)
        figure->shape[i] = (int8_t)(notes[i + 1]->pitch - notes[i]->pitch);
    for (int i = 0; i + 2 < FIGURE; i++) {
        double ratio =
            (notes[i + 2]->start - notes[i + 1]->start) / (notes[i + 1]->start - notes[i]->start);
        figure->shape[FIGURE - 1 + i] = (int8_t)lround(fmin(fmax(log2(ratio), -4), 4));
    }
}

static int figures_again(const Heard *heard, double *share, Error *error) {
    const double later = 3;
    int n = heard->n_melody - FIGURE + 1, inside = 0;
    *share = NAN;
    if (n < 1)
        return 0;
    Figure *figures = calloc((size_t)n, sizeof *figures);
    uint8_t *again = calloc((size_t)heard->n_melody, 1);
    int status = figures && again
                     ? 0
                     : error_memory(error, "figures of a melody", (size_t)n * sizeof *figures);
    for (int i = 0; !status && i < n; i++) {
        figures[i].first = i;
        figures[i].start = heard->melody[i]->start;
        describe_figure(heard->melody + i, &figures[i]);
    }
    if (!status)
        qsort(figures, (size_t)n, sizeof *figures, by_shape);
    for (int i = 0, first = 0; !status && i < n; i++) {
        if (memcmp(figures[i].shape, figures[first].shape, sizeof figures->shape))
            first = i;
        if (figures[i].start - figures[first].start >= later)
            memset(again + figures[i].first, 1, FIGURE);
    }
    for (int i = 0; !status && i < heard->n_melody; i++)
        inside += again[i];
    if (!status)
        *share = (double)inside / heard->n_melody;
    free(figures);
    free(again);
    return status;
}

/* ------------------------------------------------------------------ segments */

enum { SLOTS_A_SECOND = 4, SEGMENT = 6 * SLOTS_A_SECOND };

typedef struct Slots {
    uint64_t (*onsets)[2]; /* (n) a bit for each pitch that begins */
    int n;
} Slots;

static int count_bits(const uint64_t a[2]) {
    return __builtin_popcountll(a[0]) + __builtin_popcountll(a[1]);
}

static double dice(const Slots *slots, int a, int b) {
    int common = 0, all = 0;
    for (int i = 0; i < SEGMENT; i++) {
        const uint64_t *x = slots->onsets[a + i], *y = slots->onsets[b + i];
        common += count_bits((uint64_t[2]){x[0] & y[0], x[1] & y[1]});
        all += count_bits(x) + count_bits(y);
    }
    return all ? 2.0 * common / all : 0;
}

static int segments_again(const Heard *heard, double *share, Error *error) {
    const double close = 0.6;
    Slots slots = {.n = (int)(heard->seconds * SLOTS_A_SECOND) + 2};
    int count = 0, again = 0;
    *share = NAN;
    if (!(slots.onsets = calloc((size_t)slots.n, sizeof *slots.onsets)))
        return error_memory(error, "segments", (size_t)slots.n * sizeof *slots.onsets);
    for (int i = 0; i < heard->n_notes; i++) {
        long slot = lround((heard->notes[i]->start - heard->start) * SLOTS_A_SECOND);
        if (slot < slots.n)
            slots.onsets[slot][heard->notes[i]->pitch / 64] |= 1ull << heard->notes[i]->pitch % 64;
    }
    for (int s = SEGMENT; s + SEGMENT <= (int)(heard->seconds * SLOTS_A_SECOND); s += SEGMENT) {
        bool found = false;
        for (int earlier = 0; !found && earlier + SEGMENT <= s; earlier++)
            found = dice(&slots, s, earlier) > close;
        again += found;
        count++;
    }
    if (count)
        *share = (double)again / count;
    free(slots.onsets);
    return 0;
}

/* ------------------------------------------------------------------ harmony, rhythm, hands */

/* The best of the 24 triads, or -1 where nothing sounds. */
static int best_triad(const double chroma[12]) {
    int best = -1;
    double most = 0;
    for (int triad = 0; triad < 24; triad++) {
        int root = triad / 2, third = triad % 2 ? 3 : 4;
        double sum = chroma[root] + chroma[(root + third) % 12] + chroma[(root + 7) % 12];
        if (sum > most + 1e-9) {
            most = sum;
            best = triad;
        }
    }
    return best;
}

static int chord_changes(const Heard *heard, double *rate, Error *error) {
    const double longest_sound = 10;
    int n = (int)(2 * heard->seconds) + 1, changes = 0, before = -1;
    double(*halves)[12] = calloc((size_t)n, sizeof *halves);
    *rate = NAN;
    if (!halves)
        return error_memory(error, "half seconds", (size_t)n * sizeof *halves);
    for (int i = 0; i < heard->n_notes; i++) {
        const SongNote *note = heard->notes[i];
        double start = note->start - heard->start, end = note->sound_end - heard->start;
        double from = 2 * start, to = 2 * fmin(end, start + longest_sound);
        for (int h = (int)from; h < to && h < n; h++)
            halves[h][note->pitch % 12] += fmin(to, h + 1) - fmax(from, h);
    }
    for (int h = 0; h < n; h++) {
        int triad = best_triad(halves[h]);
        changes += before >= 0 && triad >= 0 && triad != before;
        before = triad >= 0 ? triad : before;
    }
    free(halves);
    if (heard->seconds > 1)
        *rate = changes / heard->seconds;
    return 0;
}

static void rhythm(const Heard *heard, double values[FORM_MEASURES]) {
    enum { BINS = 41, BINS_A_SECOND = 20 };
    const double longest = 2;
    double sum = 0, squares = 0, bins[BINS] = {0}, entropy = 0;
    int n = 0, repeated = 0;
    for (int i = 1; i < heard->n_melody; i++)
        repeated += heard->melody[i]->pitch == heard->melody[i - 1]->pitch;
    for (int i = 1; i < heard->n_onsets; i++) {
        double interval = heard->onsets[i].start - heard->onsets[i - 1].start;
        if (interval > longest)
            continue;
        sum += interval;
        squares += interval * interval;
        bins[lround(interval * BINS_A_SECOND)]++;
        n++;
    }
    for (int i = 0; i < BINS; i++)
        entropy -= bins[i] > 0 ? bins[i] / n * log2(bins[i] / n) : 0;
    values[FORM_ONSET_VARIATION] =
        n > 1 ? sqrt(fmax(squares / n - sum / n * sum / n, 0)) / (sum / n) : NAN;
    values[FORM_ONSET_ENTROPY] = n ? entropy : NAN;
    values[FORM_REPEATED_NOTES] =
        heard->n_melody > 1 ? (double)repeated / (heard->n_melody - 1) : NAN;
}

static bool one_hand(const int *pitches, int n) {
    enum { FINGERS = 5, SPAN = 16 };
    return n <= FINGERS && (n < 2 || pitches[n - 1] - pitches[0] <= SPAN);
}

static bool two_hands_strike(const Heard *heard, const Onset *onset) {
    enum { TEN = 10 };
    bool struck[PITCHES] = {0}; /* two tracks may double a key */
    int pitches[TEN], n = 0;
    for (int i = 0; i < onset->count; i++)
        struck[heard->notes[onset->first + i]->pitch] = true;
    for (int pitch = 0; pitch < PITCHES; pitch++)
        if (struck[pitch] && n == TEN)
            return false;
        else if (struck[pitch])
            pitches[n++] = pitch;
    for (int left = 0; left <= n; left++)
        if (one_hand(pitches, left) && one_hand(pitches + left, n - left))
            return true;
    return false;
}

int music_form(const Song *song, double seconds, double values[FORM_MEASURES], Error *error) {
    Heard heard;
    if (hear(song, seconds, &heard, error))
        return -1;
    int unplayable = 0;
    for (int i = 0; i < heard.n_onsets; i++)
        unplayable += !two_hands_strike(&heard, &heard.onsets[i]);
    values[FORM_UNPLAYABLE] = (double)unplayable / heard.n_onsets;
    values[FORM_NOTE_RATE] = heard.n_notes / fmax(heard.seconds, 1);
    rhythm(&heard, values);
    int status = figures_again(&heard, &values[FORM_FIGURES], error) ||
                         segments_again(&heard, &values[FORM_SEGMENTS], error) ||
                         chord_changes(&heard, &values[FORM_CHORD_CHANGES], error)
                     ? -1
                     : 0;
    heard_free(&heard);
    return status;
}
