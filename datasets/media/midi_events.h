/* midi_events.h: the constants of Standard MIDI Files used in reading and writing.
 *
 * Source: Standard MIDI Files 1.0 (RP-001), MIDI Manufacturers Association 1996. */
#ifndef DATASETS_MEDIA_MIDI_EVENTS_H
#define DATASETS_MEDIA_MIDI_EVENTS_H

enum { MIDI_CHANNELS = 16, MIDI_PITCHES = 128 };

/* Status bytes: of channel events the upper four bits, the lower four are the channel. */
enum {
    MIDI_NOTE_OFF = 0x80,
    MIDI_NOTE_ON = 0x90,
    MIDI_CONTROLLER = 0xb0,
    MIDI_PROGRAM = 0xc0,
    MIDI_META = 0xff,
};

enum { MIDI_PEDAL = 64, MIDI_ALL_SOUND_OFF = 120, MIDI_ALL_NOTES_OFF = 123 };

/* Types of meta events. */
enum {
    MIDI_META_TEXT = 0x01,
    MIDI_META_NAME = 0x03,
    MIDI_META_MARKER = 0x06,
    MIDI_META_LAST_TEXT = 0x0f, /* all up to it are texts: lyrics, marks of places … */
    MIDI_META_END = 0x2f,
    MIDI_META_TEMPO = 0x51,
    MIDI_META_METER = 0x58,
    MIDI_META_KEY = 0x59,
    MIDI_META_SEQUENCER = 0x7f,
};

/* The text that marks Affekt's own files begins with the first of these; the others give the grid
 * of the notes (datasets/music/song.h). */
#define MIDI_MARK           "Affekt "
#define MIDI_MARK_METRIC    MIDI_MARK "1 metric"
#define MIDI_MARK_PERFORMED MIDI_MARK "1 performed"
/* And the seed with which the piece was composed. */
#define MIDI_MARK_SEED MIDI_MARK "seed "

#endif
