#include "compose/sound/note_queue.h"

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

/* The key that comes up first, -1 when none is down. */
static int next_release(const NoteQueue *queue) {
    int next = -1;
    for (int pitch = 0; pitch < NOTE_PITCHES && queue->sounding; pitch++)
        if (queue->down[pitch] && (next < 0 || queue->release[pitch] < queue->release[next]))
            next = pitch;
    return next;
}

static NoteEvent release(NoteQueue *queue, int pitch, double time) {
    queue->down[pitch] = false;
    queue->sounding--;
    return (NoteEvent){.time = time, .pitch = (uint8_t)pitch};
}

static NoteEvent strike(NoteQueue *queue) {
    ComposerNote note = queue->waiting[queue->first++];
    queue->count--;
    queue->down[note.pitch] = true;
    queue->release[note.pitch] = note.end;
    queue->sounding++;
    return (NoteEvent){.time = note.start, .pitch = note.pitch, .velocity = note.velocity};
}

bool note_queue_next(NoteQueue *queue, double until, NoteEvent *event) {
    int up = next_release(queue);
    double release_time = up >= 0 ? queue->release[up] : INFINITY;
    const ComposerNote *note = queue->count ? &queue->waiting[queue->first] : NULL;
    if (fmin(release_time, note ? note->start : INFINITY) > until)
        return false;
    if (!note || release_time <= note->start)
        *event = release(queue, up, release_time);
    else if (queue->down[note->pitch])
        *event = release(queue, note->pitch, note->start);
    else
        *event = strike(queue);
    return true;
}

void note_queue_damp(NoteQueue *queue, double time) {
    for (int pitch = 0; pitch < NOTE_PITCHES; pitch++)
        queue->release[pitch] = fmin(queue->release[pitch], time);
}

void note_queue_clear(NoteQueue *queue) {
    queue->first = queue->count = 0;
}
