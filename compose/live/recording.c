#include "compose/live/recording.h"

#include "datasets/music/midi.h"
#include "datasets/music/music_encode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One tick is a millisecond at the tempo that files without one have. */
enum { TICKS_PER_SECOND = 2 * MUSIC_PERFORMED_TICKS };

typedef struct RecordedNote {
    uint32_t onset, release; /* ticks; release 0 while the key is down */
    uint8_t pitch, velocity;
} RecordedNote;

struct Recording {
    int program;
    RecordedNote *notes;
    int count, room;
    int held[NOTE_PITCHES]; /* index of the note that holds the key down, -1 = none */
};

Recording *recording_create(int program, Error *error) {
    Recording *recording = calloc(1, sizeof *recording);
    if (!recording) {
        error_memory(error, "a recording", sizeof *recording);
        return NULL;
    }
    recording->program = program;
    for (int pitch = 0; pitch < NOTE_PITCHES; pitch++)
        recording->held[pitch] = -1;
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

static int strike(Recording *recording, NoteEvent event, uint32_t tick, Error *error) {
    if (recording->count == recording->room) {
        size_t room = recording->room ? 2 * (size_t)recording->room : 4096;
        RecordedNote *larger = realloc(recording->notes, room * sizeof *larger);
        if (!larger)
            return error_memory(error, "the recording", room * sizeof *larger);
        recording->notes = larger;
        recording->room = (int)room;
    }
    recording->held[event.pitch] = recording->count;
    recording->notes[recording->count++] =
        (RecordedNote){.onset = tick, .pitch = event.pitch, .velocity = event.velocity};
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
    int *held = &recording->held[event.pitch];
    if (*held >= 0)
        recording->notes[*held].release = release_tick(&recording->notes[*held], event.time);
    *held = -1;
    return 0;
}

static int fill(const Recording *recording, double end, Song *song, Error *error) {
    end = fmin(end, SONG_LONGEST_SECONDS - 1);
    song->grid = SONG_GRID_PERFORMED;
    if (song_add_track(song, "Piano", error) || song_add_tempo(song, 0, SONG_DEFAULT_TEMPO, error))
        return -1;
    for (int i = 0; i < recording->count; i++) {
        const RecordedNote *note = &recording->notes[i];
        uint32_t release = note->release ? note->release : release_tick(note, end);
        SongNote written = {.onset = note->onset,
                            .release = release,
                            .sounding = release,
                            .pitch = note->pitch,
                            .velocity = note->velocity,
                            .program = (uint8_t)recording->program};
        if (song_add_note(song, written, error))
            return -1;
    }
    return song_finish(song, error);
}

int recording_save(const Recording *recording, double end, const char *path, Error *error) {
    Song *song = song_create(MUSIC_PERFORMED_TICKS);
    if (!song)
        return error_memory(error, "a song", sizeof *song);
    int status = fill(recording, end, song, error);
    if (!status)
        status = midi_write(song, path, error);
    song_free(song);
    return status;
}
