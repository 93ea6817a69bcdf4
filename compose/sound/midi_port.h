/* midi_port.h: plays into ALSA's sequencer, for a synthesizer or a DAW, with MIDI clock.
 *
 * The client "Affekt" has one port, "Affekt music", that others may subscribe to (`aconnect`, or
 * the list of inputs in a DAW). Notes and clock are sent when they are due, without a queue. Built
 * without ALSA, or on a kernel without its sequencer (module snd-seq), midi_port_open fails and
 * says so. Used by one thread at a time. */
#ifndef COMPOSE_SOUND_MIDI_PORT_H
#define COMPOSE_SOUND_MIDI_PORT_H

#include "compose/sound/note_queue.h"

enum { MIDI_PORT_CLOCKS = 24 }; /* per quarter note, as MIDI has it */

typedef struct MidiPort MidiPort;

/* Whether the kernel has a sequencer; the message on failure says what to do. */
int midi_port_check(Error *error) MUST_CHECK;

/* Opens the port and connects it to `destination`: a client's name or number, with a port ("128:0")
 * where it has several, or "open", nobody. Notes that name no program are played with `program`.
 * Free with midi_port_close. */
MidiPort *midi_port_open(const char *destination, int program, Error *error);
void midi_port_close(MidiPort *port);

/* "128:0": this port's address, for others to subscribe to. */
const char *midi_port_address(const MidiPort *port);

int midi_port_play(MidiPort *port, NoteEvent event, Error *error) MUST_CHECK;

/* Sends the clocks up to a position in quarter notes since the beginning, before the first of them
 * MIDI's start; a position before the latest, or NAN (music without a beat), sends none. */
int midi_port_clock(MidiPort *port, double quarters, Error *error) MUST_CHECK;

/* Ends all notes, and sends MIDI's stop where a clock was running. */
int midi_port_stop(MidiPort *port, Error *error) MUST_CHECK;

#endif
