#include "compose/arrange/given_melody.h"

#include "compose/arrange/arranger.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SIXTEENTH = ARRANGER_TICKS / 4 };

void given_melody_free(GivenMelody *melody) {
    song_free(melody->song);
    free(melody->sheet.bars);
    *melody = (GivenMelody){0};
}

/* The track with the melody, or -1. */
static int find_track(const Song *song, Error *error) {
    int found = -1, candidates = 0;
    for (int t = 0; t < song->n_tracks; t++) {
        if (song->tracks[t].notes == song->tracks[t].drum_notes)
            continue;
        if (!strcasecmp(song->tracks[t].name, "melody"))
            return t;
        found = t;
        candidates++;
    }
    if (!candidates)
        return error_set(error, "there are no notes to accompany");
    return candidates == 1 ? found
                           : error_set(error,
                                       "%d tracks have notes; name the one with the melody "
                                       "\"melody\", or leave only that one",
                                       candidates);
}

static int find_meter(const Song *song, LeadMeter *meter, Error *error) {
    static const struct {
        int numerator, denominator;
        LeadMeter meter;
    } known[] = {{4, 4, LEAD_4_4}, {2, 2, LEAD_4_4}, {3, 4, LEAD_3_4}, {6, 8, LEAD_6_8}};
    *meter = LEAD_4_4;
    for (int m = 0; m < song->n_meters; m++) {
        size_t i = 0, n = sizeof known / sizeof *known;
        while (i < n && (known[i].numerator != song->meters[m].numerator ||
                         known[i].denominator != song->meters[m].denominator))
            i++;
        if (i == n || (m && known[i].meter != *meter))
            return error_set(error,
                             "the melody is in %d/%d%s; accompaniments are in one meter, 4/4, 3/4 "
                             "or 6/8",
                             song->meters[m].numerator, song->meters[m].denominator,
                             m ? " after another meter" : "");
        *meter = known[i].meter;
    }
    return 0;
}

/* Copies the track's notes and the tempos. */
static int copy_song(const Song *song, int track, GivenMelody *melody, Error *error) {
    double scale = (double)ARRANGER_TICKS / song->ticks_per_quarter;
    Song *copy = melody->song = song_create(ARRANGER_TICKS);
    int status = copy ? song_add_track(copy, "Melody", error) : error_memory(error, "a song", 0);
    if (!status && !song->n_tempos)
        status = song_add_tempo(copy, 0, SONG_DEFAULT_TEMPO, error);
    for (int i = 0; i < song->n_tempos && !status; i++)
        status = song_add_tempo(copy, (uint32_t)lround(scale * song->tempos[i].at.tick),
                                song->tempos[i].microseconds, error);
    for (int i = 0; i < song->n_notes && !status; i++) {
        SongNote note = song->notes[i];
        if (note.track != track || note.drum)
            continue;
        note.track = 0;
        note.onset = (uint32_t)lround(scale * note.onset);
        note.release = note.sounding = (uint32_t)lround(scale * note.release);
        status = song_add_note(copy, note, error);
    }
    return status ? -1 : song_finish(copy, error);
}

/* A melody has one note at a time, on the beat. Legato may overlap a little. */
static int check_notes(const Song *song, Error *error) {
    const double little = 0.5, least_on_beat = 0.5;
    double x = 0, y = 0;
    if (song->n_notes < 2)
        return error_set(error, "a melody needs at least two notes");
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i], *next = note + 1;
        double phase = 2 * M_PI * note->onset / SIXTEENTH;
        x += cos(phase) / song->n_notes;
        y += sin(phase) / song->n_notes;
        if (i + 1 == song->n_notes)
            break;
        double shorter = fmin(note->release - note->onset, next->release - next->onset);
        if ((double)note->release - next->onset > little * shorter)
            return error_set(error,
                             "notes sound together at %.1f s; a melody to accompany has one at a "
                             "time",
                             next->start);
    }
    return hypot(x, y) < least_on_beat
               ? error_set(error, "the melody lies off the beat (its notes begin anywhere between "
                                  "sixteenths), so its bars cannot be determined")
               : 0;
}

static SongKey find_key(const Song *song, const Song *melody) {
    bool says = song->n_keys && (song->keys[0].tonic != 0 || song->keys[0].minor);
    return says ? song->keys[0] : song_estimate_key(melody);
}

static void add_event(LeadBar *bar, int place, int pitch) {
    int last = bar->n_events - 1;
    if (last >= 0 && bar->events[last].place == place)
        bar->events[last].pitch = (int8_t)pitch;
    else
        bar->events[bar->n_events++] = (LeadEvent){(uint8_t)place, (int8_t)pitch};
}

static void fill_sheet(GivenMelody *melody) {
    int places = lead_places(melody->sheet.head.meter);
    int home = 60 + (melody->tonic > 6 ? melody->tonic - 12 : melody->tonic);
    for (int i = 0; i < melody->song->n_notes; i++) {
        const SongNote *note = &melody->song->notes[i];
        int on = (int)lround((double)note->onset / SIXTEENTH);
        int off = (int)lround((double)note->release / SIXTEENTH);
        int next = i + 1 < melody->song->n_notes ? (int)lround((double)note[1].onset / SIXTEENTH)
                                                 : melody->sheet.n_bars * places;
        if (on / places >= melody->sheet.n_bars)
            break;
        add_event(&melody->sheet.bars[on / places], on % places, lead_fold(note->pitch - home));
        if (next - off >= 2 && off > on && off / places < melody->sheet.n_bars)
            add_event(&melody->sheet.bars[off / places], off % places, LEAD_REST);
    }
}

static int read_melody(const Song *song, GivenMelody *melody, Error *error) {
    int track = find_track(song, error);
    if (track < 0 || find_meter(song, &melody->sheet.head.meter, error) ||
        copy_song(song, track, melody, error) || check_notes(melody->song, error))
        return -1;
    SongKey key = find_key(song, melody->song);
    int places = lead_places(melody->sheet.head.meter);
    double bars = ceil((double)melody->song->ticks / SIXTEENTH / places - 0.1);
    if (bars > PLAN_MOST_BARS)
        return error_set(error, "the melody has %.0f bars, at most %d are accompanied", bars,
                         PLAN_MOST_BARS);
    melody->tonic = key.tonic;
    melody->sheet.head.minor = key.minor;
    melody->sheet.n_bars = (int)fmax(bars, 1);
    melody->sheet.bars = calloc((size_t)melody->sheet.n_bars, sizeof *melody->sheet.bars);
    if (!melody->sheet.bars)
        return error_memory(error, "a melody", 0);
    fill_sheet(melody);
    return 0;
}

int given_melody_read(const Song *song, GivenMelody *melody, Error *error) {
    *melody = (GivenMelody){.sheet.head = {.valence = NAN, .arousal = NAN, .style = -1}};
    int status = read_melody(song, melody, error);
    if (status)
        given_melody_free(melody);
    return status;
}
