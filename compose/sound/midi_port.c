#include "compose/sound/midi_port.h"

#ifdef HAVE_ALSA

#    include <alsa/asoundlib.h>

#    include <math.h>
#    include <stdlib.h>

struct MidiPort {
    snd_seq_t *sequencer;
    int port;
    int program;                 /* of notes without one */
    int programs[NOTE_CHANNELS]; /* that the channels have, -1 = none yet */
    bool running;
    long clocks; /* sent since the start */
    char address[32];
};

/* ALSA prints to standard error by itself; our message says the same. */
static void say_nothing(const char *file, int line, const char *function, int code,
                        const char *format, ...) {
    (void)file, (void)line, (void)function, (void)code, (void)format;
}

static int open_sequencer(snd_seq_t **sequencer, Error *error) {
    snd_lib_error_set_handler(say_nothing);
    int code = snd_seq_open(sequencer, "default", SND_SEQ_OPEN_DUPLEX, 0);
    snd_lib_error_set_handler(NULL);
    if (code == -ENOENT || code == -ENODEV || code == -ENXIO)
        return error_set(error, "this kernel has no MIDI sequencer (/dev/snd/seq); 'modprobe "
                                "snd-seq' adds it where the module is installed");
    return code < 0 ? error_set(error, "ALSA's sequencer does not open: %s", snd_strerror(code))
                    : 0;
}

int midi_port_check(Error *error) {
    snd_seq_t *sequencer;
    if (open_sequencer(&sequencer, error))
        return -1;
    snd_seq_close(sequencer);
    return 0;
}

static int failed(int code, const char *what, Error *error) {
    return code < 0 ? error_set(error, "MIDI port: cannot %s: %s", what, snd_strerror(code)) : 0;
}

static int connect_to(MidiPort *port, const char *destination, Error *error) {
    snd_seq_addr_t address;
    if (!strcmp(destination, "open"))
        return 0;
    if (snd_seq_parse_address(port->sequencer, &address, destination) < 0)
        return error_set(error,
                         "there is no MIDI port '%s'; 'aconnect -o' lists them, and 'open' waits "
                         "for others to connect",
                         destination);
    return failed(snd_seq_connect_to(port->sequencer, port->port, address.client, address.port),
                  "connect", error);
}

static int open_port(MidiPort *port, const char *destination, Error *error) {
    if (open_sequencer(&port->sequencer, error))
        return -1;
    snd_seq_set_client_name(port->sequencer, "Affekt");
    port->port = snd_seq_create_simple_port(
        port->sequencer, "Affekt music", SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ,
        SND_SEQ_PORT_TYPE_MIDI_GENERIC | SND_SEQ_PORT_TYPE_APPLICATION);
    if (failed(port->port, "make a port", error))
        return -1;
    snprintf(port->address, sizeof port->address, "%d:%d", snd_seq_client_id(port->sequencer),
             port->port);
    return connect_to(port, destination, error);
}

MidiPort *midi_port_open(const char *destination, int program, Error *error) {
    MidiPort *port = calloc(1, sizeof *port);
    if (!port) {
        error_memory(error, "a MIDI port", sizeof *port);
        return NULL;
    }
    port->program = program;
    for (int channel = 0; channel < NOTE_CHANNELS; channel++)
        port->programs[channel] = -1;
    if (!open_port(port, destination, error))
        return port;
    midi_port_close(port);
    return NULL;
}

void midi_port_close(MidiPort *port) {
    if (!port)
        return;
    if (port->sequencer)
        snd_seq_close(port->sequencer);
    free(port);
}

const char *midi_port_address(const MidiPort *port) {
    return port->address;
}

/* ------------------------------------------------------------------ sending */

static int send_event(MidiPort *port, snd_seq_event_t *event, Error *error) {
    snd_seq_ev_set_source(event, port->port);
    snd_seq_ev_set_subs(event);
    snd_seq_ev_set_direct(event);
    return failed(snd_seq_event_output_direct(port->sequencer, event), "send", error);
}

static int send_signal(MidiPort *port, snd_seq_event_type_t type, Error *error) {
    snd_seq_event_t event;
    snd_seq_ev_clear(&event);
    snd_seq_ev_set_fixed(&event);
    event.type = type;
    return send_event(port, &event, error);
}

int midi_port_play(MidiPort *port, NoteEvent note, Error *error) {
    enum { DRUMS = 9 };
    int channel = note.channel % NOTE_CHANNELS;
    int program = note.program ? note.program - 1 : port->program;
    snd_seq_event_t event;
    if (note.velocity && channel != DRUMS && port->programs[channel] != program) {
        snd_seq_ev_clear(&event);
        snd_seq_ev_set_pgmchange(&event, channel, program);
        if (send_event(port, &event, error))
            return -1;
        port->programs[channel] = program;
    }
    snd_seq_ev_clear(&event);
    if (note.velocity)
        snd_seq_ev_set_noteon(&event, channel, note.pitch, note.velocity);
    else
        snd_seq_ev_set_noteoff(&event, channel, note.pitch, 0);
    return send_event(port, &event, error);
}

int midi_port_clock(MidiPort *port, double quarters, Error *error) {
    if (isnan(quarters))
        return 0;
    if (!port->running && send_signal(port, SND_SEQ_EVENT_START, error))
        return -1;
    port->running = true;
    for (; (double)port->clocks <= quarters * MIDI_PORT_CLOCKS; port->clocks++)
        if (send_signal(port, SND_SEQ_EVENT_CLOCK, error))
            return -1;
    return 0;
}

int midi_port_stop(MidiPort *port, Error *error) {
    snd_seq_event_t event;
    int status = 0;
    for (int channel = 0; channel < NOTE_CHANNELS && !status; channel++) {
        snd_seq_ev_clear(&event);
        snd_seq_ev_set_controller(&event, channel, MIDI_CTL_ALL_NOTES_OFF, 0);
        status = send_event(port, &event, error);
    }
    if (!status && port->running)
        status = send_signal(port, SND_SEQ_EVENT_STOP, error);
    port->running = false;
    port->clocks = 0;
    return status;
}

#else

static int missing(Error *error) {
    return error_set(error, "this affekt was built without ALSA and has no MIDI port; on Debian, "
                            "install libasound2-dev and build again");
}

int midi_port_check(Error *error) {
    return missing(error);
}

MidiPort *midi_port_open(const char *destination, int program, Error *error) {
    (void)destination, (void)program;
    missing(error);
    return NULL;
}

void midi_port_close(MidiPort *port) {
    (void)port;
}

const char *midi_port_address(const MidiPort *port) {
    (void)port;
    return "";
}

int midi_port_play(MidiPort *port, NoteEvent event, Error *error) {
    (void)port, (void)event;
    return missing(error);
}

int midi_port_clock(MidiPort *port, double quarters, Error *error) {
    (void)port, (void)quarters;
    return missing(error);
}

int midi_port_stop(MidiPort *port, Error *error) {
    (void)port;
    return missing(error);
}

#endif
