#include "compose/write/bend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const bend_presets[] = {"mild", "strong", "fixed", NULL};

static double clamp(double value, double low, double high) {
    return fmin(fmax(value, low), high);
}

Bend bend_for(Mood mood, double strength) {
    double valence = strength * (double)mood.valence, arousal = strength * (double)mood.arousal;
    return (Bend){.tempo = exp2(0.5 * arousal + 0.1 * valence),
                  .semitones = (int)lround(4 * arousal + 2 * valence),
                  .velocity = 24 * arousal + 20 * strength * (double)mood.loudness,
                  .articulation = exp2(-0.6 * arousal - 0.2 * valence),
                  .rubato = clamp(-0.08 * arousal, 0, 0.08),
                  .mode = valence > 0.15    ? 1
                          : valence < -0.15 ? -1
                                            : 0,
                  .program = -1};
}

Bend bend_preset(const char *preset, Emotion emotion) {
    static const Bend plain = {.tempo = 1, .articulation = 1, .program = -1};
    if (strcmp(preset, "fixed"))
        return bend_for(mood_of_emotion(emotion), strcmp(preset, "strong") ? 0.5 : 1);
    Bend bend = plain;
    if (emotion == EMOTION_HAPPY || emotion == EMOTION_ANGRY)
        bend.tempo = 1.5;
    if (emotion == EMOTION_SAD)
        bend.tempo = 0.9;
    bend.semitones = emotion == EMOTION_ANGRY ? 5 : emotion == EMOTION_SAD ? -4 : 0;
    return bend;
}

/* ------------------------------------------------------------------ the local key */

enum { WINDOW = 8 }; /* seconds on either side of a note */

static SongKey key_between(const Song *song, double from, double to) {
    double chroma[12] = {0}, fits[2][12];
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        double held = fmin(note->end, to) - fmax(note->start, from);
        if (!note->drum && held > 0)
            chroma[note->pitch % 12] += fmin(held, 2);
        if (note->start > to)
            break;
    }
    song_key_fits(chroma, fits);
    SongKey best = {.tonic = 0};
    for (int minor = 0; minor < 2; minor++)
        for (int tonic = 0; tonic < 12; tonic++)
            if (fits[minor][tonic] > fits[best.minor][best.tonic])
                best = (SongKey){.tonic = tonic, .minor = minor != 0};
    return best;
}

int bend_keys_find(const Song *song, BendKeys *keys, Error *error) {
    keys->count = (int)(song->seconds / WINDOW) + 1;
    keys->at = calloc((size_t)keys->count, sizeof *keys->at);
    if (!keys->at)
        return error_memory(error, "keys", (size_t)keys->count * sizeof *keys->at);
    for (int i = 0; i < keys->count; i++)
        keys->at[i] = key_between(song, (i - 1) * WINDOW, (i + 2) * WINDOW);
    return 0;
}

void bend_keys_free(BendKeys *keys) {
    free(keys->at);
    *keys = (BendKeys){0};
}

/* Semitones by which a pitch moves from the mode of its key to the other: the third, sixth and
 * seventh of the scale, and no others. */
static int mode_step(SongKey key, int pitch, int mode) {
    int degree = ((pitch - key.tonic) % 12 + 12) % 12;
    if (mode < 0 && !key.minor)
        return degree == 4 || degree == 9 || degree == 11 ? -1 : 0;
    if (mode > 0 && key.minor)
        return degree == 3 || degree == 8 || degree == 10 ? 1 : 0;
    return 0;
}

static SongKey key_of(const BendKeys *keys, const SongNote *note) {
    int at = (int)(note->start / WINDOW);
    return keys->at[at < keys->count ? at : keys->count - 1];
}

int bend_pitch(const BendKeys *keys, const Bend *bend, const SongNote *note) {
    if (note->drum)
        return note->pitch;
    int pitch = note->pitch + bend->semitones;
    if (keys->count)
        pitch += mode_step(key_of(keys, note), note->pitch, bend->mode);
    while (pitch > 127)
        pitch -= 12;
    while (pitch < 0)
        pitch += 12;
    return pitch;
}

/* Whether a note of another pitch that begins with note `i` comes to the same pitch by the mode. */
static bool is_doubled(const Song *song, const Bend *bend, const BendKeys *keys, int i) {
    const SongNote *note = &song->notes[i];
    int pitch = bend_pitch(keys, bend, note), first = i;
    while (first > 0 && song->notes[first - 1].onset == note->onset)
        first--;
    for (int k = first; k < song->n_notes && song->notes[k].onset == note->onset; k++)
        if (song->notes[k].pitch != note->pitch && song->notes[k].channel == note->channel &&
            bend_pitch(keys, bend, &song->notes[k]) == pitch)
            return true;
    return false;
}

/* ------------------------------------------------------------------ the piece */

static int copy_tempos(Song *bent, const Song *song, const Bend *bend, Error *error) {
    int status = 0;
    for (int i = 0; i < song->n_tempos && !status; i++)
        status = song_add_tempo(
            bent, song->tempos[i].at.tick,
            (uint32_t)clamp(song->tempos[i].microseconds / bend->tempo, 1, 0xffffff), error);
    if (!song->n_tempos || song->tempos[0].at.tick)
        status = status
                     ? status
                     : song_add_tempo(bent, 0, (uint32_t)(SONG_DEFAULT_TEMPO / bend->tempo), error);
    return status;
}

static int copy_rest(Song *bent, const Song *song, Error *error) {
    int status = 0;
    for (int i = 0; i < song->n_tracks && !status; i++)
        status = song_add_track(bent, song->tracks[i].name, error) < 0 ? -1 : 0;
    for (int i = 0; i < song->n_meters && !status; i++)
        status = song_add_meter(bent, song->meters[i].at.tick, song->meters[i].numerator,
                                song->meters[i].denominator, error);
    return status;
}

/* Ticks by which the note at a tick comes late or early: a sway over four beats, the same for notes
 * that begin together, and never so steep that notes change places. */
static double sway(const Song *song, const Bend *bend, double tick) {
    double beat = song->ticks_per_quarter;
    return bend->rubato * beat * sin(2 * M_PI * tick / (4 * beat));
}

static uint32_t moved(const Song *song, const Bend *bend, uint32_t tick) {
    return (uint32_t)fmax(round(tick + sway(song, bend, tick)), 0);
}

static int add_key(Song *bent, uint32_t tick, SongKey key, const Bend *bend, Error *error) {
    int tonic = ((key.tonic + bend->semitones) % 12 + 12) % 12;
    return song_add_key(bent, tick, tonic, key.minor, error);
}

/* The keys that the file states; but where the mode is bent, those by which it is. A file may state
 * the relative key, or C major for want of another. */
static int add_keys(Song *bent, const Song *song, const Bend *bend, const BendKeys *keys,
                    Error *error) {
    int status = 0, tonic = -1;
    for (int i = 0; i < song->n_keys && !bend->mode && !status; i++)
        status = add_key(bent, song->keys[i].at.tick, song->keys[i], bend, error);
    for (int i = 0; i < song->n_notes && bend->mode && !status; i++) {
        const SongNote *note = &song->notes[i];
        SongKey key = {.tonic = key_of(keys, note).tonic, .minor = bend->mode < 0};
        if (note->drum || key.tonic == tonic)
            continue;
        status = add_key(bent, tonic < 0 ? 0 : moved(song, bend, note->onset), key, bend, error);
        tonic = key.tonic;
    }
    return status;
}

static SongNote bend_note(const Song *song, const Bend *bend, const BendKeys *keys, int index) {
    SongNote note = song->notes[index];
    uint32_t onset = note.onset;
    double held = (note.release - onset) * bend->articulation,
           sounding = (note.sounding - onset) * bend->articulation;
    note.onset = moved(song, bend, onset);
    note.release = note.onset + (uint32_t)fmax(note.drum ? note.release - onset : held, 1);
    note.sounding = note.onset + (uint32_t)fmax(note.drum ? note.sounding - onset : sounding, 1);
    if (note.sounding < note.release)
        note.sounding = note.release;
    note.velocity = (uint8_t)clamp(note.velocity + bend->velocity, 1, 127);
    if (note.drum)
        return note;
    Bend how = *bend;
    if (bend->mode && is_doubled(song, bend, keys, index))
        how.mode = 0; /* of both thirds at once, each stays as it is */
    note.pitch = (uint8_t)bend_pitch(keys, &how, &note);
    if (bend->program >= 0)
        note.program = (uint8_t)bend->program;
    return note;
}

Song *bend_song(const Song *song, const Bend *bend, Error *error) {
    BendKeys keys = {0};
    Song *bent = song_create(song->ticks_per_quarter);
    int status =
        bent ? bend_keys_find(song, &keys, error) : error_memory(error, "a song", sizeof *bent);
    if (!status)
        status = copy_tempos(bent, song, bend, error);
    if (!status)
        status = copy_rest(bent, song, error);
    if (!status)
        status = add_keys(bent, song, bend, &keys, error);
    for (int i = 0; i < song->n_notes && !status; i++)
        status = song_add_note(bent, bend_note(song, bend, &keys, i), error);
    if (!status)
        status = song_finish(bent, error);
    bend_keys_free(&keys);
    if (!status) {
        bent->grid = song->grid;
        return bent;
    }
    song_free(bent);
    return NULL;
}
