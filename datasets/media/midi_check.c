#include "datasets/media/midi_check.h"

#include "datasets/media/midi_events.h"
#include "nn/io/file_kind.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_LIMIT = 120 }; /* bytes of a track name or mark that are kept */

/* What a chunk head takes and how large one kept event can become: four bytes of time, FF, type,
 * two bytes of length, wrapped type, payload. */
enum { CHUNK_HEAD = 8, EVENT_SPACE = 4 + 5 + NAME_LIMIT };

/* Where we are: `at` in the file, within the chunk that ends at `end`. */
typedef struct Scan {
    const uint8_t *bytes;
    size_t base; /* where in the file they begin: messages count from its start */
    size_t at, end;
    const char *name;
    MidiCheck *out;
    size_t capacity;
    size_t n_tempos;
    bool hopeless; /* a limit or the memory is at its end: nothing more can be kept */
    Error *error;
} Scan;

/* One event of the file: `status` with `data` (channel events) or meta `type` with its payload. */
typedef struct Event {
    size_t at;
    uint32_t delta;
    int status, type;
    uint8_t data[2];
    const uint8_t *payload;
    size_t length;
} Event;

typedef enum Outcome { GOT, CUT, REFUSED } Outcome;

static Outcome refuse(Scan *scan, size_t at, const char *format, ...) PRINTF_LIKE(3, 4);

static Outcome refuse(Scan *scan, size_t at, const char *format, ...) {
    char words[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    error_set(scan->error, "%s: byte %zu: %s", scan->name, scan->base + at, words);
    return REFUSED;
}

static void note_repair(Scan *scan, size_t at, const char *words) {
    if (!scan->out->n_repairs++)
        snprintf(scan->out->first_repair, sizeof scan->out->first_repair, "byte %zu: %s",
                 scan->base + at, words);
}

static uint32_t big_endian(const uint8_t *bytes, int count) {
    uint32_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* ------------------------------------------------------------------ reading events */

/* A variable-length quantity: seven bits a byte, at most four bytes. */
static Outcome read_quantity(Scan *scan, uint32_t *value) {
    *value = 0;
    for (int i = 0; i < 4; i++) {
        if (scan->at >= scan->end)
            return CUT;
        uint8_t byte = scan->bytes[scan->at++];
        *value = *value << 7 | (byte & 0x7f);
        if (byte < 0x80)
            return GOT;
    }
    return refuse(scan, scan->at - 4, "a time or length of more than four bytes");
}

static Outcome read_payload(Scan *scan, Event *event) {
    uint32_t length;
    Outcome outcome = read_quantity(scan, &length);
    if (outcome != GOT)
        return outcome;
    if (length > scan->end - scan->at)
        return CUT;
    event->payload = scan->bytes + scan->at;
    event->length = length;
    scan->at += length;
    return GOT;
}

static int data_bytes(int status) {
    if (status < 0xf0)
        return (status & 0xe0) == 0xc0 ? 1 : 2; /* program change and channel pressure take one */
    return status == 0xf2 ? 2 : status == 0xf1 || status == 0xf3 ? 1 : 0;
}

/* Values beyond 127 are held to that, as players do. A pitch cannot be: there the file has lost its
 * thread. */
static Outcome read_data(Scan *scan, Event *event) {
    int kind = event->status & 0xf0;
    for (int i = 0; i < data_bytes(event->status); i++) {
        bool pitch = i == 0 && (kind == MIDI_NOTE_ON || kind == MIDI_NOTE_OFF);
        if (scan->at >= scan->end)
            return CUT;
        uint8_t byte = scan->bytes[scan->at];
        if (byte >= 0x80 && (pitch || kind == 0xf0))
            return refuse(scan, scan->at,
                          "0x%02x among the data of event 0x%02x, expected less than 0x80", byte,
                          event->status);
        if (byte >= 0x80)
            note_repair(scan, scan->at, "a value of more than 127, held to that");
        event->data[i] = byte < 0x80 ? byte : 0x7f;
        scan->at++;
    }
    return GOT;
}

/* Reads one event. `running` is the channel status that an event without its own takes over. */
static Outcome read_event(Scan *scan, int *running, Event *event) {
    *event = (Event){.at = scan->at};
    Outcome outcome = read_quantity(scan, &event->delta);
    if (outcome != GOT)
        return outcome;
    if (scan->at >= scan->end)
        return CUT;
    event->status = scan->bytes[scan->at];
    if (event->status < 0x80) {
        if (!*running)
            return refuse(scan, scan->at, "found 0x%02x, expected a status byte", event->status);
        event->status = *running;
        return read_data(scan, event);
    }
    scan->at++;
    if (event->status < 0xf0) {
        *running = event->status;
        return read_data(scan, event);
    }
    if (event->status == 0xf0 || event->status == 0xf7)
        return read_payload(scan, event);
    if (event->status == 0xff) {
        if (scan->at >= scan->end)
            return CUT;
        event->type = scan->bytes[scan->at++];
        return read_payload(scan, event);
    }
    if (event->status == 0xf4 || event->status == 0xf5 || event->status == 0xf9 ||
        event->status == 0xfd)
        return refuse(scan, event->at, "undefined status 0x%02x", event->status);
    return read_data(scan, event);
}

/* ------------------------------------------------------------------ writing the clean file */

static int reserve(Scan *scan, size_t more) {
    MidiCheck *out = scan->out;
    if (out->size + more <= scan->capacity)
        return 0;
    size_t capacity = scan->capacity ? scan->capacity * 2 : 4096;
    while (capacity < out->size + more)
        capacity *= 2;
    uint8_t *bytes = realloc(out->bytes, capacity);
    if (!bytes) {
        scan->hopeless = true;
        return error_memory(scan->error, "a MIDI file", capacity);
    }
    out->bytes = bytes;
    scan->capacity = capacity;
    return 0;
}

static void put(Scan *scan, const void *bytes, size_t count) {
    memcpy(scan->out->bytes + scan->out->size, bytes, count);
    scan->out->size += count;
}

static void put_number(Scan *scan, uint32_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--)
        scan->out->bytes[scan->out->size++] = (uint8_t)(value >> 8 * i);
}

static void put_quantity(Scan *scan, uint32_t value) {
    for (int shift = 21; shift > 0; shift -= 7)
        if (value >> shift)
            put_number(scan, (value >> shift & 0x7f) | 0x80, 1);
    put_number(scan, value & 0x7f, 1);
}

/* Time beyond what one quantity holds is carried by empty wrapped events. */
static int put_delta(Scan *scan, uint32_t delta) {
    const uint32_t most = 0x0fffffff;
    while (delta > most) {
        if (reserve(scan, EVENT_SPACE))
            return -1;
        put_quantity(scan, most);
        put(scan, "\xff\x7f\x01\x00", 4);
        delta -= most;
    }
    put_quantity(scan, delta);
    return 0;
}

static int put_event(Scan *scan, uint32_t delta, const Event *event) {
    if (reserve(scan, 2 * EVENT_SPACE) || put_delta(scan, delta))
        return -1;
    if (event->status < 0xf0) {
        put_number(scan, (uint32_t)event->status, 1);
        put(scan, event->data, (size_t)data_bytes(event->status));
        return 0;
    }
    bool wrapped = event->type == MIDI_META_TEMPO || event->type == MIDI_META_METER;
    size_t length = event->length < NAME_LIMIT ? event->length : NAME_LIMIT;
    put_number(scan, 0xff, 1);
    put_number(scan, wrapped ? MIDI_META_SEQUENCER : (uint32_t)event->type, 1);
    put_number(scan, (uint32_t)length + wrapped, 1);
    if (wrapped)
        put_number(scan, (uint32_t)event->type, 1);
    put(scan, event->payload, length);
    return 0;
}

/* ------------------------------------------------------------------ what is kept */

static bool text_is_wanted(Scan *scan, const Event *event) {
    bool mark = event->type == MIDI_META_TEXT && event->length >= strlen(MIDI_MARK) &&
                !memcmp(event->payload, MIDI_MARK, strlen(MIDI_MARK));
    bool wanted = mark || event->type == MIDI_META_NAME;
    scan->out->n_texts += !wanted;
    return wanted;
}

static bool meta_is_wanted(Scan *scan, Event *event) {
    const uint8_t *payload = event->payload;
    bool sound = true;
    if (event->type >= MIDI_META_TEXT && event->type <= MIDI_META_LAST_TEXT)
        return text_is_wanted(scan, event);
    switch (event->type) {
    case MIDI_META_TEMPO:
        sound = event->length == 3 && big_endian(payload, 3) > 0;
        break;
    case MIDI_META_METER:
        sound = event->length >= 2 && payload[0] > 0 && payload[1] <= 6;
        event->length = 2;
        break;
    case MIDI_META_KEY:
        sound = event->length >= 2 && payload[1] <= 1 && (int8_t)payload[0] >= -7 &&
                (int8_t)payload[0] <= 7;
        event->length = 2;
        break;
    default:
        return false;
    }
    if (!sound)
        note_repair(scan, event->at, "dropped a tempo, time or key signature that makes no sense");
    return sound;
}

static bool control_is_wanted(Scan *scan, const Event *event) {
    bool wanted = (event->status & 0xf0) == MIDI_CONTROLLER &&
                  (event->data[0] == MIDI_PEDAL || event->data[0] == MIDI_ALL_SOUND_OFF ||
                   event->data[0] == MIDI_ALL_NOTES_OFF);
    scan->out->n_controls += !wanted;
    return wanted;
}

static bool is_wanted(Scan *scan, Event *event) {
    if (event->status == 0xff)
        return meta_is_wanted(scan, event);
    if (event->status >= 0xf0)
        return false;
    switch (event->status & 0xf0) {
    case MIDI_NOTE_OFF:
    case MIDI_NOTE_ON:
    case MIDI_PROGRAM:
        return true;
    default:
        return control_is_wanted(scan, event);
    }
}

static Outcome count_event(Scan *scan, const Event *event) {
    bool change =
        event->status == 0xff && (event->type == MIDI_META_TEMPO || event->type == MIDI_META_METER);
    scan->hopeless =
        ++scan->out->n_events > MIDI_EVENT_LIMIT || (scan->n_tempos += change) > MIDI_TEMPO_LIMIT;
    if (scan->out->n_events > MIDI_EVENT_LIMIT)
        return refuse(scan, event->at, "more than %d events", MIDI_EVENT_LIMIT);
    if (scan->hopeless)
        return refuse(scan, event->at, "more than %d tempo and time signature changes",
                      MIDI_TEMPO_LIMIT);
    return GOT;
}

/* How far a track has been copied. */
typedef struct Progress {
    int running;
    uint64_t time, written; /* in ticks, of what was read and of what was kept */
} Progress;

/* Reads one event and copies it if it is wanted. GOT with `*last`: it ends the track, and is not
 * copied. */
static Outcome copy_event(Scan *scan, Progress *progress, bool *last) {
    Event event;
    Outcome outcome = read_event(scan, &progress->running, &event);
    if (outcome != GOT)
        return outcome;
    progress->time += event.delta;
    if (progress->time > MIDI_TICK_LIMIT)
        return refuse(scan, event.at, "a length of more than %d ticks", MIDI_TICK_LIMIT);
    *last = event.status == 0xff && event.type == MIDI_META_END;
    if (*last || !is_wanted(scan, &event))
        return GOT;
    if (count_event(scan, &event) == REFUSED ||
        put_event(scan, (uint32_t)(progress->time - progress->written), &event))
        return REFUSED;
    progress->written = progress->time;
    return GOT;
}

static bool is_blank(const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (bytes[i])
            return false;
    return true;
}

/* Events behind an end-of-track: players read them, and some files have most of theirs there. What
 * is no event is left out; the next track may begin there, where the chunk's length is wrong. */
static int copy_rest(Scan *scan, Progress *progress) {
    size_t start = scan->at, events = scan->out->n_events, left = scan->end - start;
    if (is_blank(scan->bytes + start, left))
        return 0;
    if (left >= CHUNK_HEAD && !memcmp(scan->bytes + start, "MTrk", 4)) {
        note_repair(scan, start, "a track's length reaches into the next");
        scan->end = start;
        return 0;
    }
    bool last;
    Outcome outcome = GOT;
    progress->running = 0;
    while (outcome == GOT && scan->at < scan->end) {
        Progress before = *progress;
        outcome = copy_event(scan, progress, &last);
        if (scan->hopeless)
            return -1;
        if (outcome != GOT)
            *progress = before;
    }
    if (scan->out->n_events > events)
        note_repair(scan, start, "events after an end-of-track, which were read on");
    else if (outcome != GOT)
        note_repair(scan, start, "bytes after an end-of-track, left out");
    return 0;
}

/* Copies the events of the chunk at hand. CUT: the chunk ended within an event or without
 * end-of-track, and what came before was kept. */
static Outcome copy_events(Scan *scan) {
    Progress progress = {0};
    bool last = false;
    while (!last) {
        Outcome outcome = copy_event(scan, &progress, &last);
        if (outcome != GOT)
            return outcome;
    }
    if (copy_rest(scan, &progress))
        return REFUSED;
    if (reserve(scan, 2 * EVENT_SPACE) ||
        put_delta(scan, (uint32_t)(progress.time - progress.written)))
        return REFUSED;
    put(scan, "\xff\x2f\0", 3);
    return GOT;
}

static int copy_track(Scan *scan, bool chunk_is_cut) {
    if (scan->out->n_tracks == MIDI_TRACK_LIMIT)
        return refuse(scan, scan->at, "more than %d tracks", MIDI_TRACK_LIMIT), -1;
    if (reserve(scan, CHUNK_HEAD))
        return -1;
    put(scan, "MTrk", 4);
    put_number(scan, 0, 4);
    size_t start = scan->out->size, chunk = scan->at;
    int repairs = scan->out->n_repairs;
    Outcome outcome = copy_events(scan);
    if (outcome == REFUSED)
        return -1;
    if (outcome == CUT) {
        if (reserve(scan, EVENT_SPACE))
            return -1;
        put(scan, "\0\xff\x2f\0", 4);
        note_repair(scan, scan->at,
                    chunk_is_cut ? "the file ends within a track, kept what was whole"
                                 : "a track ends without end-of-track or within an event");
    } else if (chunk_is_cut && scan->out->n_repairs == repairs) {
        note_repair(scan, chunk, "a track's length reaches past the end of the file");
    }
    size_t end = scan->out->size;
    scan->out->size = start - 4;
    put_number(scan, (uint32_t)(end - start), 4);
    scan->out->size = end;
    scan->out->n_tracks++;
    return 0;
}

/* ------------------------------------------------------------------ chunks */

static int read_header(Scan *scan, size_t size, uint32_t *claimed_tracks) {
    const uint8_t *bytes = scan->bytes;
    if (size < CHUNK_HEAD + 6 || memcmp(bytes, "MThd", 4)) {
        const char *kind = file_kind(bytes, size);
        if (size >= 4 && !memcmp(bytes, "MThd", 4))
            refuse(scan, 0, "the header is cut off after %zu bytes", size);
        else if (kind)
            refuse(scan, 0, "not a MIDI file: this is %s", kind);
        else
            refuse(scan, 0, "not a MIDI file (%zu bytes, no MThd at the start)", size);
        return -1;
    }
    uint32_t length = big_endian(bytes + 4, 4), format = big_endian(bytes + 8, 2);
    uint32_t division = big_endian(bytes + 12, 2);
    *claimed_tracks = big_endian(bytes + 10, 2);
    if (length < 6 || length > size - CHUNK_HEAD)
        return refuse(scan, 4, "header length %u, expected 6", length), -1;
    if (format > 1)
        return refuse(scan, 8, "MIDI format %u, only formats 0 and 1 are read%s", format,
                      format == 2 ? " (format 2 holds several songs)" : ""),
               -1;
    if (division & 0x8000)
        return refuse(scan, 12, "SMPTE time division 0x%04x, only ticks per quarter note are read",
                      division),
               -1;
    if (!division)
        return refuse(scan, 12, "0 ticks per quarter note"), -1;
    scan->at = CHUNK_HEAD + length;
    scan->out->format = (int)format;
    scan->out->ticks_per_quarter = (int)division;
    return 0;
}

static int copy_chunks(Scan *scan, size_t size) {
    while (size - scan->at >= CHUNK_HEAD) {
        const uint8_t *head = scan->bytes + scan->at;
        uint32_t length = big_endian(head + 4, 4);
        bool track = !memcmp(head, "MTrk", 4);
        bool cut = length > size - scan->at - CHUNK_HEAD;
        if (!track && cut) {
            note_repair(scan, scan->at, "bytes that are not a chunk after the last track");
            return 0;
        }
        scan->at += CHUNK_HEAD;
        scan->end = cut ? size : scan->at + length;
        if (track && copy_track(scan, cut))
            return -1;
        scan->at = scan->end;
    }
    if (scan->at < size)
        note_repair(scan, scan->at, "stray bytes after the last chunk");
    return 0;
}

/* A MIDI file in a RIFF container (.rmi) is the content of its chunk "data"; returns its size. */
static size_t unwrap_riff(Scan *scan, size_t size) {
    const uint8_t *bytes = scan->bytes;
    if (size < 12 || memcmp(bytes, "RIFF", 4) || memcmp(bytes + 8, "RMID", 4))
        return size;
    for (size_t at = 12; size - at >= CHUNK_HEAD;) {
        size_t left = size - at - CHUNK_HEAD;
        size_t length = (size_t)bytes[at + 4] | (size_t)bytes[at + 5] << 8 |
                        (size_t)bytes[at + 6] << 16 | (size_t)bytes[at + 7] << 24;
        if (length > left)
            length = left;
        if (!memcmp(bytes + at, "data", 4)) {
            scan->base = at + CHUNK_HEAD;
            scan->bytes += scan->base;
            return length;
        }
        at += CHUNK_HEAD + length + (length < left ? length % 2 : 0);
    }
    return size;
}

static int check_all(Scan *scan, size_t size) {
    uint32_t claimed;
    size = unwrap_riff(scan, size);
    if (size > MIDI_FILE_LIMIT)
        return refuse(scan, 0, "%zu bytes, the limit is %d", size, MIDI_FILE_LIMIT), -1;
    if (read_header(scan, size, &claimed) || reserve(scan, CHUNK_HEAD + 6))
        return -1;
    put(scan, "MThd\0\0\0\6\0\0\0\0\0\0", CHUNK_HEAD + 6);
    if (copy_chunks(scan, size))
        return -1;
    MidiCheck *out = scan->out;
    if (!out->n_tracks)
        return refuse(scan, scan->at, "no track"), -1;
    if ((uint32_t)out->n_tracks != claimed)
        note_repair(scan, 10, "the header counts the tracks wrongly");
    size_t end = out->size;
    out->size = CHUNK_HEAD;
    put_number(scan, out->n_tracks > 1, 2);
    put_number(scan, (uint32_t)out->n_tracks, 2);
    put_number(scan, (uint32_t)out->ticks_per_quarter, 2);
    out->size = end;
    return 0;
}

int midi_check(const uint8_t *bytes, size_t size, const char *name, MidiCheck *check,
               Error *error) {
    *check = (MidiCheck){0};
    Scan scan = {.bytes = bytes, .name = name, .out = check, .error = error};
    if (check_all(&scan, size)) {
        midi_check_free(check);
        return -1;
    }
    return 0;
}

void midi_check_free(MidiCheck *check) {
    free(check->bytes);
    *check = (MidiCheck){0};
}
