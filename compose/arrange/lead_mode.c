#include "compose/arrange/lead_mode.h"

enum { DOMINANT = 7 };

#define CHORD(root, quality) ((root)*LEAD_QUALITIES + (quality))

/* Chords of the major key, and what stands for them in minor. */
static const struct {
    int major, minor;
} pairs[] = {
    {CHORD(0, LEAD_MAJOR), CHORD(0, LEAD_MINOR)},
    {CHORD(2, LEAD_MINOR), CHORD(2, LEAD_DIMINISHED)},
    {CHORD(4, LEAD_MINOR), CHORD(3, LEAD_MAJOR)},
    {CHORD(5, LEAD_MAJOR), CHORD(5, LEAD_MINOR)},
    {CHORD(9, LEAD_MINOR), CHORD(8, LEAD_MAJOR)},
    {CHORD(11, LEAD_DIMINISHED), CHORD(10, LEAD_MAJOR)},
    {CHORD(7, LEAD_MAJOR), CHORD(7, LEAD_MINOR)},
};

static uint8_t chord_in(int chord, bool minor) {
    bool dominant = chord / LEAD_QUALITIES == DOMINANT && chord % LEAD_QUALITIES != LEAD_MINOR;
    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs && !dominant; i++)
        if (chord == (minor ? pairs[i].major : pairs[i].minor))
            return (uint8_t)(minor ? pairs[i].minor : pairs[i].major);
    return (uint8_t)chord;
}

/* In minor the seventh stays high where the chord needs it. */
static int8_t pitch_in(int pitch, bool minor, int chord) {
    int class = (pitch + 120) % 12;
    if (pitch == LEAD_REST)
        return LEAD_REST;
    if (minor)
        return (int8_t)(pitch -
                        (class == 4 || class == 9 || (class == 11 && !lead_chord_has(chord, 11))));
    return (int8_t)(pitch + (class == 3 || class == 8 || class == 10));
}

void lead_bar_to_mode(LeadBar *bar, LeadMeter meter, bool minor) {
    for (int half = 0; half < 2; half++)
        bar->chords[half] = chord_in(bar->chords[half], minor);
    for (int i = 0; i < bar->n_events; i++) {
        LeadEvent *event = &bar->events[i];
        bool second = event->place >= lead_second_chord(meter);
        event->pitch = pitch_in(event->pitch, minor, bar->chords[second]);
    }
}
