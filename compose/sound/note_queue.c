#include "compose/sound/note_queue.h"

#include "datasets/music/song.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void note_queue_free(NoteQueue *queue) {
    free(queue->waiting);
    *queue = (NoteQueue){0};
}

/* Makes room for one more note, at first where notes were taken out. */
static int make_room(NoteQueue *queue, Error *error) {
    if (queue->first + queue->count < queue->room)
        return 0;
    if (queue->first > queue->room / 2) {
        memmove(queue->waiting, queue->waiting + queue->first,
                (size_t)queue->count * sizeof *queue->waiting);
        queue->first = 0;
        return 0;
    }
    size_t room = queue->room ? 2 * (size_t)queue->room : 256;
    ComposerNote *larger = realloc(queue->waiting, room * sizeof *larger);
    if (!larger)
        return error_memory(error, "the notes to be played", room * sizeof *larger);
    queue->waiting = larger;
    queue->room = (int)room;
    return 0;
}

int note_queue_add(NoteQueue *queue, ComposerNote note, Error *error) {
    if (make_room(queue, error))
        return -1;
    queue->waiting[queue->first + queue->count++] = note;
    return 0;
}

static int key_of(const ComposerNote *note) {
    return note->channel % NOTE_CHANNELS * NOTE_PITCHES + note->pitch;
}

/* The key that comes up first, -1 when none is down. */
static int next_release(const NoteQueue *queue) {
    int next = -1;
    for (int key = 0, left = queue->sounding; key < NOTE_KEYS && left > 0; key++) {
        left -= queue->down[key];
        if (queue->down[key] && (next < 0 || queue->release[key] < queue->release[next]))
            next = key;
    }
    return next;
}

static NoteEvent release(NoteQueue *queue, int key, double time) {
    queue->down[key] = false;
    queue->sounding--;
    return (NoteEvent){.time = time,
                       .pitch = (uint8_t)(key % NOTE_PITCHES),
                       .channel = (uint8_t)(key / NOTE_PITCHES)};
}

static NoteEvent strike(NoteQueue *queue) {
    ComposerNote note = queue->waiting[queue->first++];
    int key = key_of(&note);
    queue->count--;
    queue->down[key] = true;
    queue->release[key] = note.end;
    queue->sounding++;
    return (NoteEvent){.time = note.start,
                       .pitch = note.pitch,
                       .velocity = note.velocity,
                       .channel = note.channel,
                       .program = note.program};
}

bool note_queue_next(NoteQueue *queue, double until, NoteEvent *event) {
    int up = next_release(queue);
    double release_time = up >= 0 ? queue->release[up] : INFINITY;
    const ComposerNote *note = queue->count ? &queue->waiting[queue->first] : NULL;
    if (fmin(release_time, note ? note->start : INFINITY) > until)
        return false;
    if (!note || release_time <= note->start)
        *event = release(queue, up, release_time);
    else if (queue->down[key_of(note)])
        *event = release(queue, key_of(note), note->start);
    else
        *event = strike(queue);
    return true;
}

void note_queue_pitches(const NoteQueue *queue, bool down[NOTE_PITCHES]) {
    memset(down, 0, NOTE_PITCHES * sizeof *down);
    for (int key = 0; key < NOTE_KEYS; key++)
        if (key / NOTE_PITCHES != SONG_DRUM_CHANNEL)
            down[key % NOTE_PITCHES] |= queue->down[key];
}

void note_queue_damp(NoteQueue *queue, double time) {
    for (int key = 0; key < NOTE_KEYS; key++)
        queue->release[key] = fmin(queue->release[key], time);
}

void note_queue_clear(NoteQueue *queue) {
    queue->first = queue->count = 0;
}
