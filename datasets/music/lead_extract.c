#include "datasets/music/lead_extract.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_SLOTS = LEAD_MOST_BARS * LEAD_PLACES, SILENT_BARS = 2 };

/* The song on a grid of sixteenths. */
typedef struct Grid {
    int slots;
    double phase;            /* of the sixteenths, in sixteenths */
    float (*chroma)[12];     /* (slots) how long each pitch class sounds */
    float *change, *low;     /* (slots) harmony changes here; low notes begin here */
    int16_t *onset, *length; /* (slots) melody: pitch or -1, and sixteenths */
    uint8_t *lowest;         /* (slots) */
} Grid;

/* ------------------------------------------------------------------ which notes are melody */

static int melody_track(const Song *song) {
    int sounding = 0, first = -1;
    for (int t = 0; t < song->n_tracks; t++) {
        const SongTrack *track = &song->tracks[t];
        if (track->notes == track->drum_notes)
            continue;
        if (!strcasecmp(track->name, "melody") || !strcasecmp(track->name, "solo"))
            return t;
        first = first < 0 ? t : first;
        sounding++;
    }
    return sounding == 2 ? first : -1;
}

/* ------------------------------------------------------------------ the grid */

static double sixteenth(const Song *song, uint32_t tick) {
    return 4.0 * tick / song->ticks_per_quarter;
}

static int find_phase(const Song *song, double *phase, Error *error) {
    double x = 0, y = 0;
    int n = 0;
    for (int i = 0; i < song->n_notes; i++) {
        if (song->notes[i].drum)
            continue;
        double angle = 2 * M_PI * sixteenth(song, song->notes[i].onset);
        x += cos(angle);
        y += sin(angle);
        n++;
    }
    if (!n)
        return error_set(error, "no pitched note");
    if (hypot(x, y) / n < 0.5)
        return error_set(error, "the notes follow no steady beat, so there are no bars");
    *phase = atan2(y, x) / (2 * M_PI);
    return 0;
}

static void grid_free(Grid *grid) {
    free(grid->chroma);
    free(grid->change);
    free(grid->low);
    free(grid->onset);
    free(grid->length);
    free(grid->lowest);
}

static int grid_allocate(Grid *grid, Error *error) {
    size_t n = (size_t)grid->slots;
    if (!(grid->chroma = calloc(n, sizeof *grid->chroma)) ||
        !(grid->change = calloc(n, sizeof *grid->change)) ||
        !(grid->low = calloc(n, sizeof *grid->low)) ||
        !(grid->onset = malloc(n * sizeof *grid->onset)) ||
        !(grid->length = calloc(n, sizeof *grid->length)) || !(grid->lowest = malloc(n)))
        return error_memory(error, "a lead sheet", n * 64);
    memset(grid->onset, -1, n * sizeof *grid->onset);
    memset(grid->lowest, 255, n);
    return 0;
}

static int slot_of(const Grid *grid, const Song *song, uint32_t tick) {
    long slot = lround(sixteenth(song, tick) - grid->phase);
    return slot < 0 ? 0 : slot >= grid->slots ? grid->slots - 1 : (int)slot;
}

static void add_melody(Grid *grid, int from, int to, int pitch) {
    if (grid->onset[from] >= pitch)
        return;
    grid->onset[from] = (int16_t)pitch;
    grid->length[from] = (int16_t)(to - from);
}

static void fill_grid(Grid *grid, const Song *song, int melody) {
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        if (note->drum)
            continue;
        int from = slot_of(grid, song, note->onset), to = slot_of(grid, song, note->release);
        to = to > from ? to : from + 1;
        bool is_melody = melody < 0 || note->track == melody;
        for (int s = from; s < to && s < grid->slots; s++) {
            grid->chroma[s][note->pitch % 12] += melody >= 0 && is_melody ? 0.5f : 1;
            if (note->pitch < grid->lowest[s])
                grid->lowest[s] = note->pitch;
        }
        if (note->pitch < 55)
            grid->low[from] = 1;
        if (is_melody)
            add_melody(grid, from, to, note->pitch);
    }
}

/* Without a melody track, lower notes under a held higher one are accompaniment. */
static void keep_skyline(Grid *grid) {
    int held = -1, until = 0;
    for (int s = 0; s < grid->slots; s++) {
        if (grid->onset[s] < 0)
            continue;
        if (s < until && grid->onset[s] < held - 2) {
            grid->onset[s] = -1;
            continue;
        }
        held = grid->onset[s];
        until = s + grid->length[s];
    }
}

static double cosine(const float *a, const float *b) {
    double ab = 0, aa = 0, bb = 0;
    for (int c = 0; c < 12; c++) {
        ab += (double)a[c] * b[c];
        aa += (double)a[c] * a[c];
        bb += (double)b[c] * b[c];
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

static void sum_chroma(const Grid *grid, int from, int to, float sum[12]) {
    memset(sum, 0, 12 * sizeof *sum);
    for (int s = from < 0 ? 0 : from; s < to && s < grid->slots; s++)
        for (int c = 0; c < 12; c++)
            sum[c] += grid->chroma[s][c];
}

static void find_changes(Grid *grid) {
    enum { WINDOW = 8 };
    for (int s = WINDOW; s < grid->slots; s++) {
        float before[12], after[12];
        sum_chroma(grid, s - WINDOW, s, before);
        sum_chroma(grid, s, s + WINDOW, after);
        grid->change[s] = (float)(1 - cosine(before, after));
    }
}

/* Where bars of `places` begin: the offset with the most evidence. */
static int find_bar_line(const Grid *grid, int places) {
    int best = 0;
    double most = -1;
    for (int offset = 0; offset < places; offset++) {
        double sum = 0;
        for (int s = offset; s < grid->slots; s += places)
            sum += grid->change[s] + 0.3 * grid->low[s] +
                   (grid->onset[s] >= 0 ? fmin(grid->length[s], 8) * 0.03 : 0);
        if (sum > most + 1e-9) {
            most = sum;
            best = offset;
        }
    }
    return best;
}

static LeadMeter find_meter(const Song *song) {
    double ticks[LEAD_METERS] = {0};
    for (int i = 0; i < song->n_meters; i++) {
        const SongMeter *meter = &song->meters[i];
        uint32_t until = i + 1 < song->n_meters ? song->meters[i + 1].at.tick : song->ticks;
        bool triple = meter->numerator % 3 == 0;
        LeadMeter kind = !triple ? LEAD_4_4 : meter->denominator == 8 ? LEAD_6_8 : LEAD_3_4;
        until = until < song->ticks ? until : song->ticks;
        ticks[kind] += until > meter->at.tick ? until - meter->at.tick : 0;
    }
    LeadMeter best = LEAD_4_4;
    for (int kind = 1; kind < LEAD_METERS; kind++)
        best = ticks[kind] > ticks[best] ? (LeadMeter)kind : best;
    return best;
}

/* ------------------------------------------------------------------ bars */

static double chord_fit(const float sum[12], int chord, int tonic, int bass) {
    const double root_in_bass = 0.12;
    float notes[12] = {0};
    for (int c = 0; c < 12; c++)
        notes[(c + tonic) % 12] = lead_chord_has(chord, c);
    int root = (chord / LEAD_QUALITIES + tonic) % 12;
    return cosine(sum, notes) + (bass == root ? root_in_bass : 0);
}

/* The nearest chord of some places, or `before` where it is nearly as near or nothing sounds. */
static int name_chord(const Grid *grid, int from, int to, int tonic, int before) {
    const double keep = 0.06;
    float sum[12];
    int bass = 255, best = before;
    double most = 0;
    sum_chroma(grid, from, to, sum);
    for (int s = from < 0 ? 0 : from; s < to && s < grid->slots; s++)
        bass = grid->lowest[s] < bass ? grid->lowest[s] : bass;
    if (bass == 255)
        return before < LEAD_CHORDS ? before : 0;
    bass %= 12;
    if (before < LEAD_CHORDS)
        most = chord_fit(sum, before, tonic, bass) + keep;
    for (int chord = 0; chord < LEAD_CHORDS; chord++) {
        double fit = chord_fit(sum, chord, tonic, bass);
        if (fit > most) {
            most = fit;
            best = chord;
        }
    }
    return best;
}

/* The melody's usual octave: what to add to its pitches so that their mean is near the octave above
 * the tonic. */
static int usual_shift(const Grid *grid, int home) {
    double sum = 0;
    int n = 0;
    for (int s = 0; s < grid->slots; s++)
        if (grid->onset[s] >= 0) {
            sum += grid->onset[s] - home;
            n++;
        }
    return n ? 12 * (int)lround((9 - sum / n) / 12) - home : -home;
}

static void fill_bar(const Grid *grid, int start, int places, int shift, int *silent_from,
                     LeadBar *bar) {
    for (int p = 0; p < places; p++) {
        int s = start + p;
        if (s < 0 || s >= grid->slots)
            continue;
        if (grid->onset[s] >= 0) {
            bar->events[bar->n_events++] =
                (LeadEvent){(uint8_t)p, (int8_t)lead_fold(grid->onset[s] + shift)};
            *silent_from = s + grid->length[s];
        } else if (s == *silent_from) {
            int gap = 0;
            while (s + gap < grid->slots && grid->onset[s + gap] < 0)
                gap++;
            if (gap >= 2)
                bar->events[bar->n_events++] = (LeadEvent){(uint8_t)p, LEAD_REST};
        }
    }
}

static bool has_melody(const LeadBar *bar) {
    for (int i = 0; i < bar->n_events; i++)
        if (bar->events[i].pitch != LEAD_REST)
            return true;
    return false;
}

static int fill_sheet(const Grid *grid, const Song *song, LeadSheet *sheet) {
    SongKey key = song_estimate_key(song);
    int places = lead_places(sheet->head.meter), silent_from = -1, silent = 0, used = 0;
    int home = 60 + (key.tonic > 6 ? key.tonic - 12 : key.tonic), shift = usual_shift(grid, home);
    int line = find_bar_line(grid, places), chord = LEAD_CHORDS;
    sheet->head.minor = key.minor;
    for (int start = line - places; start < grid->slots; start += places) {
        LeadBar bar = {0};
        for (int half = 0; half < 2; half++) {
            int from = start + half * places / 2;
            chord =
                name_chord(grid, from, from + places / 2, key.tonic, half ? chord : LEAD_CHORDS);
            bar.chords[half] = (uint8_t)chord;
        }
        fill_bar(grid, start, places, shift, &silent_from, &bar);
        bool sings = has_melody(&bar);
        silent = sings ? 0 : silent + 1;
        if (used < LEAD_MOST_BARS && (sings || used) && silent <= SILENT_BARS)
            sheet->bars[used++] = bar;
    }
    while (used && !has_melody(&sheet->bars[used - 1]))
        used--;
    return used;
}

int lead_extract(const Song *song, LeadSheet *sheet, Error *error) {
    Grid grid = {0};
    *sheet = (LeadSheet){.head = {.valence = NAN, .arousal = NAN, .style = -1}};
    if (find_phase(song, &grid.phase, error))
        return -1;
    double last = sixteenth(song, song->ticks) + 2;
    grid.slots = last < MOST_SLOTS ? (int)last : MOST_SLOTS;
    sheet->head.meter = find_meter(song);
    sheet->bars = calloc(LEAD_MOST_BARS, sizeof *sheet->bars);
    int status = sheet->bars
                     ? grid_allocate(&grid, error)
                     : error_memory(error, "a lead sheet", LEAD_MOST_BARS * sizeof *sheet->bars);
    if (!status) {
        int melody = melody_track(song);
        fill_grid(&grid, song, melody);
        if (melody < 0)
            keep_skyline(&grid);
        find_changes(&grid);
        sheet->n_bars = fill_sheet(&grid, song, sheet);
        if (sheet->n_bars < 4)
            status =
                error_set(error, "the melody has %d bars, at least 4 are needed", sheet->n_bars);
    }
    grid_free(&grid);
    if (status)
        lead_sheet_free(sheet);
    return status;
}

void lead_sheet_free(LeadSheet *sheet) {
    free(sheet->bars);
    sheet->bars = NULL;
    sheet->n_bars = 0;
}
