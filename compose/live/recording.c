#include "compose/live/recording.h"

#include "datasets/music/midi.h"
#include "datasets/music/music_encode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One tick is a millisecond at the tempo that files without one have. */
enum { TICKS_PER_SECOND = 2 * MUSIC_PERFORMED_TICKS };

typedef struct RecordedNote {
    uint32_t onset, release;                   /* ticks; release 0 while the key is down */
    uint8_t pitch, velocity, channel, program; /* as NoteEvent has them */
} RecordedNote;

struct Recording {
    int program;
    RecordedNote *notes;
    int count, room;
    int held[NOTE_KEYS]; /* index of the note that holds the key down, -1 = none */
};

Recording *recording_create(int program, Error *error) {
    Recording *recording = calloc(1, sizeof *recording);
    if (!recording) {
        error_memory(error, "a recording", sizeof *recording);
        return NULL;
    }
    recording->program = program;
    for (int key = 0; key < NOTE_KEYS; key++)
        recording->held[key] = -1;
    return recording;
}

void recording_destroy(Recording *recording) {
    if (recording)
        free(recording->notes);
    free(recording);
}

Recording *recording_copy(const Recording *recording, Error *error) {
    size_t count = (size_t)recording->count;
    Recording *copy = malloc(sizeof *copy);
    RecordedNote *notes = copy ? malloc((count + 1) * sizeof *notes) : NULL;
    if (!notes) {
        free(copy);
        error_memory(error, "a copy of the recording", count * sizeof *notes);
        return NULL;
    }
    *copy = *recording;
    copy->notes = notes;
    copy->room = copy->count + 1;
    if (count)
        memcpy(notes, recording->notes, count * sizeof *notes);
    return copy;
}

static int key_of(NoteEvent event) {
    return event.channel % NOTE_CHANNELS * NOTE_PITCHES + event.pitch;
}

static int strike(Recording *recording, NoteEvent event, uint32_t tick, Error *error) {
    if (recording->count == recording->room) {
        size_t room = recording->room ? 2 * (size_t)recording->room : 4096;
        RecordedNote *larger = realloc(recording->notes, room * sizeof *larger);
        if (!larger)
            return error_memory(error, "the recording", room * sizeof *larger);
        recording->notes = larger;
        recording->room = (int)room;
    }
    recording->held[key_of(event)] = recording->count;
    recording->notes[recording->count++] = (RecordedNote){.onset = tick,
                                                          .pitch = event.pitch,
                                                          .velocity = event.velocity,
                                                          .channel = event.channel,
                                                          .program = event.program};
    return 0;
}

/* A key is down for a tick at least, as MIDI wants it. */
static uint32_t release_tick(const RecordedNote *note, double time) {
    uint32_t tick = (uint32_t)lround(time * TICKS_PER_SECOND);
    return tick > note->onset ? tick : note->onset + 1;
}

int recording_add(Recording *recording, NoteEvent event, Error *error) {
    if (event.time > SONG_LONGEST_SECONDS - 1)
        return 0;
    if (event.velocity)
        return strike(recording, event, (uint32_t)lround(event.time * TICKS_PER_SECOND), error);
    int *held = &recording->held[key_of(event)];
    if (*held >= 0)
        recording->notes[*held].release = release_tick(&recording->notes[*held], event.time);
    *held = -1;
    return 0;
}

/* A track for each channel that was played; writes their indices. */
static int add_tracks(const Recording *recording, Song *song, int tracks[NOTE_CHANNELS],
                      Error *error) {
    bool used[NOTE_CHANNELS] = {true}, several = false;
    for (int i = 0; i < recording->count; i++) {
        used[recording->notes[i].channel % NOTE_CHANNELS] = true;
        several = several || recording->notes[i].channel;
    }
    for (int channel = 0; channel < NOTE_CHANNELS; channel++) {
        char name[32];
        snprintf(name, sizeof name,
                 channel == SONG_DRUM_CHANNEL ? "Drums"
                 : several                    ? "Part %d"
                                              : "Piano",
                 channel + 1);
        tracks[channel] = song->n_tracks;
        if (used[channel] && song_add_track(song, name, error))
            return -1;
    }
    return 0;
}

static int fill(const Recording *recording, double end, Song *song, Error *error) {
    int tracks[NOTE_CHANNELS];
    end = fmin(end, SONG_LONGEST_SECONDS - 1);
    song->grid = SONG_GRID_PERFORMED;
    if (add_tracks(recording, song, tracks, error) ||
        song_add_tempo(song, 0, SONG_DEFAULT_TEMPO, error))
        return -1;
    for (int i = 0; i < recording->count; i++) {
        const RecordedNote *note = &recording->notes[i];
        uint32_t release = note->release ? note->release : release_tick(note, end);
        SongNote written = {.onset = note->onset,
                            .release = release,
                            .sounding = release,
                            .pitch = note->pitch,
                            .velocity = note->velocity,
                            .channel = note->channel % NOTE_CHANNELS,
                            .program =
                                (uint8_t)(note->program ? note->program - 1 : recording->program)};
        written.track = (uint16_t)tracks[written.channel];
        if (song_add_note(song, written, error))
            return -1;
    }
    return song_finish(song, error);
}

static Song *song_of(const Recording *recording, double end, Error *error) {
    Song *song = song_create(MUSIC_PERFORMED_TICKS);
    if (!song)
        error_memory(error, "a song", sizeof *song);
    else if (!fill(recording, end, song, error))
        return song;
    song_free(song);
    return NULL;
}

int recording_save(const Recording *recording, double end, const char *path, Error *error) {
    Song *song = song_of(recording, end, error);
    int status = song ? midi_write(song, path, error) : -1;
    song_free(song);
    return status;
}

int recording_encode(const Recording *recording, double end, unsigned char **bytes, size_t *size,
                     Error *error) {
    Song *song = song_of(recording, end, error);
    int status = song ? midi_encode(song, bytes, size, error) : -1;
    song_free(song);
    return status;
}
