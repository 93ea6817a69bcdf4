#include "compose/sound/strokes.h"

#include <stdlib.h>

static int compare_strokes(const void *a, const void *b) {
    const Stroke *first = a, *second = b;
    if (first->time != second->time)
        return first->time < second->time ? -1 : 1;
    if (first->strike != second->strike)
        return first->strike - second->strike;
    return first->note - second->note;
}

Stroke *strokes_of(const Song *song, Error *error) {
    size_t count = (size_t)song->n_notes;
    Stroke *strokes = malloc((2 * count + 1) * sizeof *strokes);
    if (!strokes) {
        error_memory(error, "a song's notes", 2 * count * sizeof *strokes);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        const SongNote *note = &song->notes[i];
        strokes[2 * i] = (Stroke){note->start, (int)i, true};
        strokes[2 * i + 1] = (Stroke){note->sound_end, (int)i, false};
    }
    qsort(strokes, 2 * count, sizeof *strokes, compare_strokes);
    return strokes;
}

void keyboard_strike(Keyboard *keyboard, int channel, int pitch, int note) {
    keyboard->held[channel][pitch] = note + 1;
}

bool keyboard_release(Keyboard *keyboard, int channel, int pitch, int note) {
    int *held = &keyboard->held[channel][pitch];
    if (*held != note + 1)
        return false;
    *held = 0;
    return true;
}
