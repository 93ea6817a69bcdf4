#include "datasets/music/midi.h"

#include "datasets/media/midi_check.h"
#include "datasets/media/midi_events.h"
#include "nn/io/file.h"

#include <smf.h>
#include <stdlib.h>
#include <string.h>

/* smf_delete looks each event up from the front of its track: quadratic time. Here the events go
 * first, in order; their track forgets them as smf_event_remove_from_track would make it. */
static void delete_smf(smf_t *smf) {
    for (int i = 1; i <= smf->number_of_tracks; i++) {
        smf_track_t *track = smf_get_track_by_number(smf, i);
        for (int j = 1; j <= track->number_of_events; j++) {
            smf_event_t *event = smf_track_get_event_by_number(track, j);
            event->track = NULL;
            smf_event_delete(event);
        }
        g_ptr_array_set_size(track->events_array, 0);
        track->number_of_events = 0;
    }
    smf_delete(smf);
}

/* A program or pedal change of one channel. */
typedef struct Change {
    SongMoment at;
    uint8_t value;
} Change;

typedef struct Changes {
    Change *list;
    int count, room;
} Changes;

/* The notes of one track that still sound: for each channel and pitch a queue, oldest first. `next`
 * links notes of the song by index. */
typedef struct Open {
    int first[MIDI_CHANNELS][MIDI_PITCHES], last[MIDI_CHANNELS][MIDI_PITCHES];
} Open;

typedef struct Reader {
    Song *song;
    Changes programs[MIDI_CHANNELS], pedals[MIDI_CHANNELS];
    Open open;
    int *next; /* (room of song->notes) */
    int next_room;
    Error *error;
} Reader;

static int add_change(Reader *reader, Changes *changes, uint32_t tick, int value) {
    if (changes->count == changes->room) {
        int room = changes->room ? changes->room * 2 : 16;
        Change *list = realloc(changes->list, (size_t)room * sizeof *list);
        if (!list)
            return error_memory(reader->error, "a song", (size_t)room * sizeof *list);
        changes->list = list;
        changes->room = room;
    }
    changes->list[changes->count] = (Change){{tick, changes->count}, (uint8_t)value};
    changes->count++;
    return 0;
}

static int note_on(Reader *reader, uint32_t tick, int track, const uint8_t *bytes) {
    Song *song = reader->song;
    SongNote note = {.onset = tick,
                     .pitch = bytes[1],
                     .velocity = bytes[2],
                     .channel = bytes[0] & 15,
                     .track = (uint16_t)track};
    if (song_add_note(song, note, reader->error))
        return -1;
    if (reader->next_room < song->n_notes) {
        int room = 2 * song->n_notes;
        int *next = realloc(reader->next, (size_t)room * sizeof *next);
        if (!next)
            return error_memory(reader->error, "a song", (size_t)room * sizeof *next);
        reader->next = next;
        reader->next_room = room;
    }
    int index = song->n_notes - 1, *last = &reader->open.last[note.channel][note.pitch];
    int *first = &reader->open.first[note.channel][note.pitch];
    reader->next[index] = -1;
    if (*first < 0)
        *first = index;
    else
        reader->next[*last] = index;
    *last = index;
    return 0;
}

static void end_note(Reader *reader, uint32_t tick, int channel, int pitch) {
    int *first = &reader->open.first[channel][pitch];
    if (*first < 0)
        return;
    SongNote *note = &reader->song->notes[*first];
    note->release = tick > note->onset ? tick : note->onset + 1;
    note->sounding = note->release;
    *first = reader->next[*first];
}

static void end_channel(Reader *reader, uint32_t tick, int channel) {
    for (int pitch = 0; pitch < MIDI_PITCHES; pitch++)
        while (reader->open.first[channel][pitch] >= 0)
            end_note(reader, tick, channel, pitch);
}

/* Of the text by which Affekt notes it; digits alone. */
static void read_seed(Song *song, const uint8_t *payload, size_t size) {
    size_t mark = strlen(MIDI_MARK_SEED);
    uint64_t seed = 0;
    if (size <= mark || size > mark + 20 || memcmp(payload, MIDI_MARK_SEED, mark) != 0)
        return;
    for (size_t i = mark; i < size; i++) {
        if (payload[i] < '0' || payload[i] > '9')
            return;
        seed = 10 * seed + (uint64_t)(payload[i] - '0');
    }
    song->seed = seed;
}

static int take_meta(Reader *reader, uint32_t tick, int track, const uint8_t *bytes,
                     size_t length) {
    Song *song = reader->song;
    int type = bytes[1];
    const uint8_t *payload =
        bytes + 3; /* midi_check keeps payloads below 128 bytes: one length byte */
    size_t size = length - 3;
    if (type == MIDI_META_SEQUENCER && size > 0) {
        type = *payload++;
        size--;
    }
    switch (type) {
    case MIDI_META_TEMPO:
        return song_add_tempo(song, tick,
                              (uint32_t)payload[0] << 16 | (uint32_t)payload[1] << 8 | payload[2],
                              reader->error);
    case MIDI_META_METER:
        return song_add_meter(song, tick, payload[0], 1 << payload[1], reader->error);
    case MIDI_META_KEY: {
        /* A fifth up for each sharp; the minor key lies three semitones below its major. */
        bool minor = payload[1];
        int tonic = ((int8_t)payload[0] * 7 + 84 + (minor ? 9 : 0)) % 12;
        return song_add_key(song, tick, tonic, minor, reader->error);
    }
    case MIDI_META_NAME: {
        char *name = song->tracks[track].name;
        size_t used = 0;
        for (; used < size && used < sizeof song->tracks[track].name - 1; used++)
            name[used] = payload[used] < 0x20 || payload[used] == 0x7f ? ' ' : (char)payload[used];
        name[used] = 0; /* the last of several names counts */
        return 0;
    }
    case MIDI_META_TEXT:
        if (size == strlen(MIDI_MARK_METRIC) && !memcmp(payload, MIDI_MARK_METRIC, size))
            song->grid = SONG_GRID_METRIC;
        if (size == strlen(MIDI_MARK_PERFORMED) && !memcmp(payload, MIDI_MARK_PERFORMED, size))
            song->grid = SONG_GRID_PERFORMED;
        read_seed(song, payload, size);
        return 0;
    default:
        return 0;
    }
}

static int take_event(Reader *reader, uint32_t tick, int track, const uint8_t *bytes,
                      size_t length) {
    int channel = bytes[0] & 15;
    switch (bytes[0] & 0xf0) {
    case MIDI_NOTE_ON:
        if (bytes[2])
            return note_on(reader, tick, track, bytes);
        end_note(reader, tick, channel, bytes[1]);
        return 0;
    case MIDI_NOTE_OFF:
        end_note(reader, tick, channel, bytes[1]);
        return 0;
    case MIDI_CONTROLLER:
        if (bytes[1] == MIDI_PEDAL)
            return add_change(reader, &reader->pedals[channel], tick, bytes[2] >= 64);
        end_channel(reader, tick, channel);
        return 0;
    case MIDI_PROGRAM:
        return add_change(reader, &reader->programs[channel], tick, bytes[1]);
    default:
        return take_meta(reader, tick, track, bytes, length);
    }
}

static int take_track(Reader *reader, smf_track_t *smf_track, int track) {
    memset(&reader->open, -1, sizeof reader->open);
    if (song_add_track(reader->song, "", reader->error))
        return -1;
    uint32_t tick = 0;
    for (int i = 1; i <= smf_track->number_of_events; i++) {
        smf_event_t *event = smf_track_get_event_by_number(smf_track, i);
        tick = (uint32_t)event->time_pulses;
        if (take_event(reader, tick, track, event->midi_buffer, (size_t)event->midi_buffer_length))
            return -1;
    }
    for (int channel = 0; channel < MIDI_CHANNELS; channel++)
        end_channel(reader, tick, channel);
    return 0;
}

static int compare_changes(const void *a, const void *b) {
    const Change *first = a, *second = b;
    if (first->at.tick != second->at.tick)
        return first->at.tick < second->at.tick ? -1 : 1;
    return (first->at.order > second->at.order) - (first->at.order < second->at.order);
}

/* How many changes come at or before the tick. */
static int changes_until(const Changes *changes, uint32_t tick) {
    int low = 0, high = changes->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (changes->list[middle].at.tick <= tick)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* When the pedal that is down at the tick comes up, or the tick itself when it is up. */
static uint32_t pedal_up(const Changes *pedal, uint32_t tick, uint32_t end) {
    int at = changes_until(pedal, tick);
    if (!at || !pedal->list[at - 1].value)
        return tick;
    while (at < pedal->count && pedal->list[at].value)
        at++;
    return at < pedal->count ? pedal->list[at].at.tick : end > tick ? end : tick;
}

/* Keeps of each channel's pedal only the real changes, so that pedal_up never walks far. */
static void settle_changes(Changes *changes) {
    int kept = 0;
    if (changes->count)
        qsort(changes->list, (size_t)changes->count, sizeof *changes->list, compare_changes);
    for (int i = 0; i < changes->count; i++)
        if (!kept || changes->list[i].value != changes->list[kept - 1].value)
            changes->list[kept++] = changes->list[i];
    changes->count = kept;
}

static void apply_changes(Reader *reader) {
    Song *song = reader->song;
    uint32_t end = 0;
    for (int channel = 0; channel < MIDI_CHANNELS; channel++) {
        settle_changes(&reader->programs[channel]);
        settle_changes(&reader->pedals[channel]);
    }
    for (int i = 0; i < song->n_notes; i++)
        end = song->notes[i].release > end ? song->notes[i].release : end;
    for (int i = 0; i < song->n_notes; i++) {
        SongNote *note = &song->notes[i];
        const Changes *programs = &reader->programs[note->channel];
        int at = changes_until(programs, note->onset);
        note->program = at ? programs->list[at - 1].value : 0;
        note->sounding = pedal_up(&reader->pedals[note->channel], note->release, end);
    }
}

static int take_song(Reader *reader, smf_t *smf) {
    for (int i = 1; i <= smf->number_of_tracks; i++)
        if (take_track(reader, smf_get_track_by_number(smf, i), i - 1))
            return -1;
    apply_changes(reader);
    return song_finish(reader->song, reader->error);
}

static void free_reader(Reader *reader) {
    for (int channel = 0; channel < MIDI_CHANNELS; channel++) {
        free(reader->programs[channel].list);
        free(reader->pedals[channel].list);
    }
    free(reader->next);
}

Song *midi_parse(const uint8_t *bytes, size_t size, const char *name, Error *error) {
    MidiCheck check;
    if (midi_check(bytes, size, name, &check, error))
        return NULL;
    Reader reader = {.song = song_create(check.ticks_per_quarter), .error = error};
    smf_t *smf = smf_load_from_memory(check.bytes, (int)check.size);
    bool done = false;
    if (!reader.song)
        error_memory(error, name, sizeof *reader.song);
    else if (!smf)
        error_set(error, "%s: libsmf cannot load this file", name);
    else if (take_song(&reader, smf))
        error_context(error, "%s", name);
    else
        done = true;
    if (done) {
        reader.song->format = check.format;
        reader.song->n_controls = check.n_controls;
        reader.song->n_texts = check.n_texts;
        reader.song->n_repairs = check.n_repairs;
        memcpy(reader.song->repair, check.first_repair, sizeof reader.song->repair);
    } else {
        song_free(reader.song);
        reader.song = NULL;
    }
    if (smf)
        delete_smf(smf);
    free_reader(&reader);
    midi_check_free(&check);
    return reader.song;
}

bool midi_is_name(const char *path) {
    return file_has_suffix(path, ".mid") || file_has_suffix(path, ".midi");
}

bool midi_is_name_to_read(const char *path) {
    return midi_is_name(path) || file_has_suffix(path, ".kar") || file_has_suffix(path, ".rmi") ||
           file_has_suffix(path, ".smf");
}

Song *midi_read(const char *path, Error *error) {
    unsigned char *bytes;
    size_t size;
    if (file_read(path, MIDI_FILE_LIMIT, &bytes, &size, error))
        return NULL;
    Song *song = midi_parse(bytes, size, path, error);
    free(bytes);
    return song;
}

bool midi_is_file(const char *path) {
    char start[12] = "";
    FILE *stream = file_open(path, NULL);
    size_t got = stream ? fread(start, 1, sizeof start, stream) : 0;
    if (stream)
        fclose(stream);
    return (got >= 4 && !memcmp(start, "MThd", 4)) ||
           (got == sizeof start && !memcmp(start, "RIFF", 4) && !memcmp(start + 8, "RMID", 4)) ||
           midi_is_name_to_read(path);
}
