/* The port and a second client that hears it, in one process; where the kernel has no sequencer,
 * what is said. */
#include "compose/sound/midi_port.h"

#include "tests/support/text.h"

#include <check.h>

#ifdef HAVE_ALSA

#    include <alsa/asoundlib.h>

#    include <math.h>

static Error error;
static snd_seq_t *listener;
static char address[32];

static bool has_sequencer(void) {
    if (!midi_port_check(&error))
        return true;
    fprintf(stderr, "skipped: %s\n", error.message);
    return false;
}

static void listen(void) {
    ck_assert_int_ge(snd_seq_open(&listener, "default", SND_SEQ_OPEN_DUPLEX, 0), 0);
    int port = snd_seq_create_simple_port(
        listener, "ear", SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_SUBS_WRITE,
        SND_SEQ_PORT_TYPE_MIDI_GENERIC | SND_SEQ_PORT_TYPE_APPLICATION);
    ck_assert_int_ge(port, 0);
    snprintf(address, sizeof address, "%d:%d", snd_seq_client_id(listener), port);
}

/* The next event, which must have been sent. */
static const snd_seq_event_t *next(snd_seq_event_type_t type) {
    snd_seq_event_t *event;
    ck_assert_int_ge(snd_seq_event_input(listener, &event), 0);
    ck_assert_int_eq(event->type, type);
    return event;
}

START_TEST(notes_and_programs_arrive_in_order) {
    if (!has_sequencer())
        return;
    listen();
    MidiPort *port = midi_port_open(address, 4, &error);
    ck_assert_msg(port != NULL, "%s", error.message);
    const NoteEvent events[] = {{.pitch = 60, .velocity = 90},
                                {.pitch = 64, .velocity = 80, .channel = 1, .program = 34},
                                {.pitch = 60},
                                {.pitch = 38, .velocity = 70, .channel = 9, .program = 1}};
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(midi_port_play(port, events[i], &error), 0);
    ck_assert_int_eq(next(SND_SEQ_EVENT_PGMCHANGE)->data.control.value, 4);
    ck_assert_int_eq(next(SND_SEQ_EVENT_NOTEON)->data.note.note, 60);
    ck_assert_int_eq(next(SND_SEQ_EVENT_PGMCHANGE)->data.control.value, 33);
    ck_assert_int_eq(next(SND_SEQ_EVENT_NOTEON)->data.note.channel, 1);
    ck_assert_int_eq(next(SND_SEQ_EVENT_NOTEOFF)->data.note.note, 60);
    ck_assert_int_eq(next(SND_SEQ_EVENT_NOTEON)->data.note.channel, 9);
    midi_port_close(port);
    snd_seq_close(listener);
}
END_TEST

START_TEST(a_quarter_note_has_24_clocks) {
    if (!has_sequencer())
        return;
    listen();
    MidiPort *port = midi_port_open(address, 0, &error);
    ck_assert_msg(port != NULL, "%s", error.message);
    ck_assert_int_eq(midi_port_clock(port, NAN, &error), 0);
    ck_assert_int_eq(midi_port_clock(port, 0, &error), 0);
    ck_assert_int_eq(midi_port_clock(port, 0.5, &error), 0);
    ck_assert_int_eq(midi_port_clock(port, 0.99, &error), 0);
    ck_assert_int_eq(midi_port_stop(port, &error), 0);
    next(SND_SEQ_EVENT_START);
    for (int clock = 0; clock < MIDI_PORT_CLOCKS; clock++)
        next(SND_SEQ_EVENT_CLOCK);
    for (int channel = 0; channel < NOTE_CHANNELS; channel++)
        next(SND_SEQ_EVENT_CONTROLLER);
    next(SND_SEQ_EVENT_STOP);
    midi_port_close(port);
    snd_seq_close(listener);
}
END_TEST

START_TEST(a_port_that_is_not_there_is_named) {
    MidiPort *port = midi_port_open("no such synthesizer", 0, &error);
    ck_assert_ptr_null(port);
    assert_contains(error.message,
                    midi_port_check(NULL) ? "sequencer" : "no MIDI port 'no such synthesizer'");
}
END_TEST

#else

START_TEST(the_missing_package_is_named) {
    Error error;
    ck_assert_ptr_null(midi_port_open("open", 0, &error));
    assert_contains(error.message, "libasound2-dev");
}
END_TEST

#endif

Suite *midi_port_suite(void) {
    Suite *suite = suite_create("midi_port");
    TCase *tcase = tcase_create("midi_port");
#ifdef HAVE_ALSA
    tcase_add_test(tcase, notes_and_programs_arrive_in_order);
    tcase_add_test(tcase, a_quarter_note_has_24_clocks);
    tcase_add_test(tcase, a_port_that_is_not_there_is_named);
#else
    tcase_add_test(tcase, the_missing_package_is_named);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
