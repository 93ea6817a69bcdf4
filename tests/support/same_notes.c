#include "tests/support/same_notes.h"

/* Not the bytes, of which some are between the fields. */
static bool same_note(const SongNote *a, const SongNote *b) {
    return a->onset == b->onset && a->release == b->release && a->sounding == b->sounding &&
           a->start == b->start && a->end == b->end && a->sound_end == b->sound_end &&
           a->track == b->track && a->pitch == b->pitch && a->velocity == b->velocity &&
           a->channel == b->channel && a->program == b->program && a->drum == b->drum;
}

bool same_notes(const Song *a, const Song *b) {
    if (a->n_notes != b->n_notes)
        return false;
    for (int i = 0; i < a->n_notes; i++)
        if (!same_note(&a->notes[i], &b->notes[i]))
            return false;
    return true;
}
