#include "datasets/music/notation.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_PLACES = 1 << 20, MIDDLE_C = 60 };

void notation_free(Notation *notation) {
    for (int p = 0; p < notation->n_parts; p++)
        for (int s = 0; s < NOTATION_STAVES; s++)
            free(notation->parts[p].staves[s].events);
    free(notation->parts);
    free(notation->bars);
    *notation = (Notation){0};
}

static double exact_place(const Song *song, uint32_t tick) {
    return 4.0 * tick / song->ticks_per_quarter;
}

int notation_place(const Song *song, uint32_t tick) {
    return (int)lround(exact_place(song, tick));
}

/* ------------------------------------------------------------------ bars */

/* A bar's length in sixteenths, or 0 where it has none. */
static int bar_length(const SongMeter *meter) {
    int sixteenths = meter ? 16 * meter->numerator : 16, unit = meter ? meter->denominator : 1;
    return unit > 0 && sixteenths % unit == 0 ? sixteenths / unit : 0;
}

/* The meter that begins at `place` (or before, where it was overlooked); NULL for none. */
static const SongMeter *next_meter(const Song *song, int *index, int place) {
    const SongMeter *found = NULL;
    while (*index < song->n_meters && notation_place(song, song->meters[*index].at.tick) <= place)
        found = &song->meters[(*index)++];
    return found;
}

static const SongKey *next_key(const Song *song, int *index, int place) {
    const SongKey *found = NULL;
    while (*index < song->n_keys && notation_place(song, song->keys[*index].at.tick) <= place)
        found = &song->keys[(*index)++];
    return found;
}

/* Cuts the song into bars; with `bars` NULL only counts them. Returns -1 for an odd meter. */
static int cut_bars(const Song *song, NotationBar *bars) {
    static const SongMeter common = {.numerator = 4, .denominator = 4};
    int end = notation_place(song, song->ticks), meters = 0, keys = 0, n = 0;
    int last = song->n_notes ? notation_place(song, song->notes[song->n_notes - 1].onset) : 0;
    end = end > last ? end : last + 1; /* a short note may end where it begins */
    const SongMeter *meter = &common;
    for (int place = 0; place < end || !n; n++) {
        const SongMeter *found = next_meter(song, &meters, place);
        meter = found ? found : meter;
        int length = bar_length(meter);
        if (length <= 0)
            return -1;
        if (meters < song->n_meters) { /* a meter may begin early */
            int next = notation_place(song, song->meters[meters].at.tick);
            length = next < place + length ? next - place : length;
        }
        const SongKey *key = next_key(song, &keys, place);
        if (bars)
            bars[n] = (NotationBar){place, length, !n ? meter : found, key};
        place += length;
    }
    return n;
}

/* ------------------------------------------------------------------ staves */

typedef struct Staff {
    NotationStaff *staff;
    int room, end; /* place up to which it is filled */
    double sum;    /* of pitches */
    int notes;
} Staff;

static int add_event(Staff *staff, NotationEvent event, Error *error) {
    NotationStaff *to = staff->staff;
    if (to->n_events == staff->room) {
        int room = staff->room ? 2 * staff->room : 64;
        NotationEvent *larger = realloc(to->events, (size_t)room * sizeof *larger);
        if (!larger)
            return error_memory(error, "notation", (size_t)room * sizeof *larger);
        to->events = larger;
        staff->room = room;
    }
    to->events[to->n_events++] = event;
    staff->end = event.place + event.length;
    return 0;
}

static int rest_until(Staff *staff, int place, Error *error) {
    int from = staff->end;
    return place > from
               ? add_event(staff, (NotationEvent){.place = from, .length = place - from}, error)
               : 0;
}

static void add_pitch(NotationEvent *event, const SongNote *note) {
    int at = event->n_pitches;
    for (int i = 0; i < event->n_pitches; i++)
        if (event->pitches[i] == note->pitch)
            return;
    if (at == NOTATION_CHORD)
        return;
    for (; at > 0 && event->pitches[at - 1] > note->pitch; at--)
        event->pitches[at] = event->pitches[at - 1];
    event->pitches[at] = note->pitch;
    event->velocity = note->velocity > event->velocity ? note->velocity : event->velocity;
    event->n_pitches++;
}

/* How long a chord is written that is held for `held` sixteenths and followed after `gap`: at least
 * to the next beat, which is easier to read than a rest. */
static void set_length(NotationEvent *event, double held, int gap, bool drums) {
    enum { BEAT = 4 };
    const double short_share = 0.6;
    int to_beat = BEAT - event->place % BEAT, length = (int)lround(held);
    length = length < to_beat || drums ? to_beat : length;
    event->length = length < gap ? length : gap;
    event->staccato = !drums && event->length >= 2 && held < short_share * event->length;
}

static bool is_of(const SongNote *note, int track, int staff, int n_staves) {
    return note->track == track && (n_staves == 1 || (note->pitch < MIDDLE_C) == staff);
}

/* The next note of a staff from `i` on, or n_notes. */
static int next_note(const Song *song, int i, int track, int staff, int n_staves) {
    while (i < song->n_notes && !is_of(&song->notes[i], track, staff, n_staves))
        i++;
    return i;
}

static int fill_staff(const Notation *notation, NotationPart *part, int index, Error *error) {
    const Song *song = notation->song;
    int track = (int)(part->track - song->tracks), n = part->n_staves;
    const NotationBar *last = &notation->bars[notation->n_bars - 1];
    int end = last->place + last->length;
    Staff staff = {.staff = &part->staves[index]};
    for (int i = next_note(song, 0, track, index, n); i < song->n_notes;) {
        NotationEvent event = {.place = notation_place(song, song->notes[i].onset)};
        double held = 0;
        int next = i;
        if (event.place >= end)
            break;
        for (; next < song->n_notes && notation_place(song, song->notes[next].onset) == event.place;
             next = next_note(song, next + 1, track, index, n)) {
            const SongNote *note = &song->notes[next];
            held = fmax(held, exact_place(song, note->release) - event.place);
            add_pitch(&event, note);
            staff.sum += note->pitch;
            staff.notes++;
        }
        int until = next < song->n_notes ? notation_place(song, song->notes[next].onset) : end;
        until = until < end ? until : end;
        set_length(&event, held, until - event.place, part->drums);
        if (rest_until(&staff, event.place, error) || add_event(&staff, event, error))
            return -1;
        i = next;
    }
    const double bass_below = 57;
    part->staves[index].bass = staff.notes ? staff.sum / staff.notes < bass_below : index == 1;
    return rest_until(&staff, end, error);
}

/* ------------------------------------------------------------------ parts */

/* Whether a track needs two staves: it goes well below and well above middle C. */
static bool is_wide(const Song *song, int track) {
    enum { BELOW = 6, ABOVE = 12 };
    int low = 127, high = 0;
    for (int i = 0; i < song->n_notes; i++)
        if (song->notes[i].track == track) {
            low = song->notes[i].pitch < low ? song->notes[i].pitch : low;
            high = song->notes[i].pitch > high ? song->notes[i].pitch : high;
        }
    return low < MIDDLE_C - BELOW && high >= MIDDLE_C + ABOVE;
}

static int make_parts(Notation *notation, Error *error) {
    const Song *song = notation->song;
    for (int t = 0; t < song->n_tracks; t++) {
        if (!song->tracks[t].notes)
            continue;
        NotationPart *part = &notation->parts[notation->n_parts++];
        *part = (NotationPart){
            .track = &song->tracks[t], .drums = song->tracks[t].drum_notes > 0, .n_staves = 1};
        int first = next_note(song, 0, t, 0, 1);
        part->channel = song->notes[first].channel;
        part->n_staves = !part->drums && is_wide(song, t) ? 2 : 1;
        for (int s = 0; s < part->n_staves; s++)
            if (fill_staff(notation, part, s, error))
                return -1;
    }
    return 0;
}

int notation_make(const Song *song, Notation *notation, Error *error) {
    *notation = (Notation){.song = song};
    if (song->grid == SONG_GRID_PERFORMED)
        return error_set(error, "the piece lies off the beat, so that it has no bars to be written "
                                "in; compose one with --style arranged or --grid metric");
    if (!song->n_notes)
        return error_set(error, "there are no notes to be written");
    if (exact_place(song, song->ticks) > MOST_PLACES)
        return error_set(error, "the piece is too long to be written on staves");
    int n = cut_bars(song, NULL);
    if (n < 0)
        return error_set(error, "a bar of the piece does not consist of sixteenths");
    notation->bars = calloc((size_t)n, sizeof *notation->bars);
    notation->parts = calloc((size_t)song->n_tracks, sizeof *notation->parts);
    int status = notation->bars && notation->parts
                     ? 0
                     : error_memory(error, "notation", (size_t)n * sizeof *notation->bars);
    if (!status) {
        notation->n_bars = cut_bars(song, notation->bars);
        status = make_parts(notation, error);
    }
    if (status)
        notation_free(notation);
    return status;
}
