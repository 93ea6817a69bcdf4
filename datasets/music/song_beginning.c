#include "datasets/music/song_beginning.h"

#include "datasets/music/music_encode.h"

#include <math.h>

static int copy_changes(Song *part, const Song *song, uint32_t end, Error *error) {
    for (int i = 0; i < song->n_tracks; i++)
        if (song_add_track(part, song->tracks[i].name, error))
            return -1;
    for (int i = 0; i < song->n_tempos && song->tempos[i].at.tick < end; i++)
        if (song_add_tempo(part, song->tempos[i].at.tick, song->tempos[i].microseconds, error))
            return -1;
    for (int i = 0; i < song->n_meters && song->meters[i].at.tick < end; i++)
        if (song_add_meter(part, song->meters[i].at.tick, song->meters[i].numerator,
                           song->meters[i].denominator, error))
            return -1;
    if (song->grid == SONG_GRID_UNKNOWN) { /* what such a file says of its key is not believed */
        SongKey key = song_estimate_key(song);
        return song_add_key(part, 0, key.tonic, key.minor, error);
    }
    for (int i = 0; i < song->n_keys && song->keys[i].at.tick < end; i++)
        if (song_add_key(part, song->keys[i].at.tick, song->keys[i].tonic, song->keys[i].minor,
                         error))
            return -1;
    return 0;
}

/* Copies the notes that begin before `last_onset`, and of them what sounds before `end`. */
static int copy_notes(Song *part, const Song *song, uint32_t last_onset, uint32_t end,
                      Error *error) {
    for (int i = 0; i < song->n_notes && song->notes[i].onset < last_onset; i++) {
        SongNote note = song->notes[i];
        note.release = note.release < end ? note.release : end;
        note.sounding = note.sounding < end ? note.sounding : end;
        if (song_add_note(part, note, error))
            return -1;
    }
    return 0;
}

static Song *cut(const Song *song, uint32_t last_onset, uint32_t end, Error *error) {
    Song *part = song_create(song->ticks_per_quarter);
    if (!part) {
        error_memory(error, "a part of a piece", sizeof *part);
        return NULL;
    }
    part->grid = music_grid(song, &part->lag); /* a few notes may not say */
    if (!copy_changes(part, song, end, error) && !copy_notes(part, song, last_onset, end, error) &&
        !song_finish(part, error))
        return part;
    song_free(part);
    return NULL;
}

Song *song_first_seconds(const Song *song, double seconds, Error *error) {
    double first = song->n_notes ? song->notes[0].start : 0;
    double end = first + seconds < song->seconds ? song_ticks(song, first + seconds) : UINT32_MAX;
    return cut(song, (uint32_t)ceil(end), (uint32_t)ceil(end), error);
}

Song *song_first_bars(const Song *song, int bars, Error *error) {
    double lag;
    if (music_grid(song, &lag) != SONG_GRID_METRIC) {
        error_set(error, "its notes keep to no beat, so it has no bars; say how many seconds");
        return NULL;
    }
    /* Players are early as well as late: what begins within half a step of a bar line, as
     * music_encode has it, belongs to the next bar. */
    double early = song->ticks_per_quarter / 24.0, line = 0;
    double first = song->n_notes ? song->notes[0].onset + early : 0;
    double bar = 4.0 * song->ticks_per_quarter;
    for (int i = 0, left = bars; left > 0; left -= line > first) {
        for (; i < song->n_meters && song->meters[i].at.tick <= line; i++) {
            const SongMeter *meter = &song->meters[i];
            double length = 4.0 * song->ticks_per_quarter * meter->numerator / meter->denominator;
            bar = length >= 1 ? length : bar; /* a file may say anything */
        }
        line += bar;
        if (line > song->ticks + 1.0)
            return cut(song, UINT32_MAX, UINT32_MAX, error);
    }
    return cut(song, (uint32_t)ceil(line - early), (uint32_t)ceil(line), error);
}
