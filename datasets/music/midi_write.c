/* Writes songs as Standard MIDI Files. libsmf could too, but it searches each event from the start
 * of its track: eight hours of music took it minutes. */
#include "datasets/media/midi_events.h"
#include "datasets/music/midi.h"
#include "nn/io/file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_DELTA = 0x0fffffff, MOST_TICKS_PER_QUARTER = 0x7fff, MOST_TRACKS = 0xffff };

/* The chunk of a track in the making. Its length is written last, into the place kept for it. */
typedef struct Chunk {
    FILE *stream;
    long start;    /* of its events in the file */
    uint32_t tick; /* of the last event */
    Error *error;
} Chunk;

static void put_number(FILE *stream, uint32_t value, int bytes) {
    while (bytes--)
        putc((int)(value >> 8 * bytes & 0xff), stream);
}

static int begin_chunk(Chunk *chunk, FILE *stream, Error *error) {
    fwrite("MTrk", 1, 4, stream);
    put_number(stream, 0, 4);
    *chunk = (Chunk){.stream = stream, .start = ftell(stream), .error = error};
    return chunk->start < 0 ? error_errno(error, "cannot write a MIDI file") : 0;
}

/* The time since the event before, seven bits a byte, all but the last byte marked. */
static int put_delta(Chunk *chunk, uint32_t tick) {
    uint32_t delta = tick - chunk->tick;
    if (delta > LONGEST_DELTA)
        return error_set(chunk->error, "a silence of %u ticks, a MIDI file can say at most %d",
                         delta, LONGEST_DELTA);
    for (int shift = 21; shift > 0; shift -= 7)
        if (delta >> shift)
            putc((int)(delta >> shift & 0x7f) | 0x80, chunk->stream);
    putc((int)(delta & 0x7f), chunk->stream);
    chunk->tick = tick;
    return 0;
}

/* An event of `count` bytes, which does not come before the last one. */
static int put_event(Chunk *chunk, uint32_t tick, const uint8_t *bytes, size_t count) {
    if (put_delta(chunk, tick))
        return -1;
    fwrite(bytes, 1, count, chunk->stream);
    return 0;
}

static int put_meta(Chunk *chunk, uint32_t tick, int type, const void *payload, size_t size) {
    const uint8_t head[] = {MIDI_META, (uint8_t)type, (uint8_t)size};
    if (put_event(chunk, tick, head, sizeof head))
        return -1;
    fwrite(payload, 1, size, chunk->stream);
    return 0;
}

/* Texts are the names of tracks and marks: shorter than 128 bytes. */
static int put_text(Chunk *chunk, int type, const char *text) {
    return put_meta(chunk, 0, type, text, strlen(text));
}

static int end_chunk(Chunk *chunk) {
    if (put_meta(chunk, chunk->tick, MIDI_META_END, "", 0))
        return -1;
    long end = ftell(chunk->stream);
    if (end < 0 || fseek(chunk->stream, chunk->start - 4, SEEK_SET))
        return error_errno(chunk->error, "cannot write a MIDI file");
    put_number(chunk->stream, (uint32_t)(end - chunk->start), 4);
    if (fseek(chunk->stream, end, SEEK_SET))
        return error_errno(chunk->error, "cannot write a MIDI file");
    return 0;
}

/* ------------------------------------------------------------------ tempos, meters and keys */

static int put_tempo(Chunk *chunk, const SongTempo *tempo) {
    uint32_t value = tempo->microseconds;
    const uint8_t payload[] = {(uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    return put_meta(chunk, tempo->at.tick, MIDI_META_TEMPO, payload, sizeof payload);
}

/* A metronome's click each quarter note (24 MIDI clocks), 8 thirty-seconds in a quarter. */
static int put_meter(Chunk *chunk, const SongMeter *meter) {
    int power = 0;
    while (1 << power < meter->denominator)
        power++;
    const uint8_t payload[] = {(uint8_t)meter->numerator, (uint8_t)power, 24, 8};
    return put_meta(chunk, meter->at.tick, MIDI_META_METER, payload, sizeof payload);
}

/* The signature with the fewest accidentals: -5 flats to 6 sharps. */
static int put_key(Chunk *chunk, const SongKey *key) {
    int major = key->minor ? (key->tonic + 3) % 12 : key->tonic, sharps = major * 7 % 12;
    const uint8_t payload[] = {(uint8_t)(sharps > 6 ? sharps - 12 : sharps), key->minor};
    return put_meta(chunk, key->at.tick, MIDI_META_KEY, payload, sizeof payload);
}

static int put_marker(Chunk *chunk, const SongMarker *marker) {
    return put_meta(chunk, marker->at.tick, MIDI_META_MARKER, marker->text, strlen(marker->text));
}

/* The first track: tempos, meters, keys and markers merged by tick. */
static int put_conductor(Chunk *chunk, const Song *song) {
    const char *mark = song->grid == SONG_GRID_METRIC ? MIDI_MARK_METRIC : MIDI_MARK_PERFORMED;
    if (put_text(chunk, MIDI_META_NAME, "Affekt") ||
        (song->grid != SONG_GRID_UNKNOWN && put_text(chunk, MIDI_META_TEXT, mark)))
        return -1;
    char seed[48];
    snprintf(seed, sizeof seed, MIDI_MARK_SEED "%" PRIu64, song->seed);
    if (song->seed && put_text(chunk, MIDI_META_TEXT, seed))
        return -1;
    int tempo = 0, meter = 0, key = 0, marker = 0;
    for (;;) {
        uint64_t none = UINT64_MAX;
        uint64_t at_tempo = tempo < song->n_tempos ? song->tempos[tempo].at.tick : none;
        uint64_t at_meter = meter < song->n_meters ? song->meters[meter].at.tick : none;
        uint64_t at_key = key < song->n_keys ? song->keys[key].at.tick : none;
        uint64_t at_marker = marker < song->n_markers ? song->markers[marker].at.tick : none;
        int status;
        if (at_marker < at_tempo && at_marker < at_meter && at_marker < at_key)
            status = put_marker(chunk, &song->markers[marker++]);
        else if (at_meter != none && at_meter <= at_tempo && at_meter <= at_key)
            status = put_meter(chunk, &song->meters[meter++]);
        else if (at_key != none && at_key <= at_tempo)
            status = put_key(chunk, &song->keys[key++]);
        else if (at_tempo != none)
            status = put_tempo(chunk, &song->tempos[tempo++]);
        else
            return 0;
        if (status)
            return -1;
    }
}

/* ------------------------------------------------------------------ notes */

/* A channel event. At one tick releases come before program changes and those before onsets. */
typedef struct Written {
    uint32_t tick;
    int rank;
    uint8_t bytes[3];
} Written;

static int compare_written(const void *a, const void *b) {
    const Written *first = a, *second = b;
    if (first->tick != second->tick)
        return first->tick < second->tick ? -1 : 1;
    if (first->rank != second->rank)
        return first->rank - second->rank;
    return memcmp(first->bytes, second->bytes, sizeof first->bytes);
}

/* The notes of a song by track, each track's in the song's order: those of track t are
 * notes[first[t]] … notes[first[t + 1] - 1]. `events` has room for all events of any track. */
typedef struct Parts {
    const SongNote **notes;
    int *first;    /* (n_tracks + 1) */
    bool *changes; /* (n_notes of the song) whether the program of its channel changes at a note */
    Written *events;
} Parts;

static void free_parts(Parts *parts) {
    free(parts->notes);
    free(parts->first);
    free(parts->changes);
    free(parts->events);
}

/* As players merge tracks; of one track's programs at once the highest is written last. */
static int compare_played(const void *a, const void *b) {
    const SongNote *first = *(const SongNote *const *)a, *second = *(const SongNote *const *)b;
    if (first->onset != second->onset)
        return first->onset < second->onset ? -1 : 1;
    if (first->track != second->track)
        return first->track - second->track;
    return first->program - second->program;
}

/* Finds where programs change: tracks that share a channel share its program. */
static void find_changes(const Song *song, Parts *parts) {
    int program[MIDI_CHANNELS];
    for (int channel = 0; channel < MIDI_CHANNELS; channel++)
        program[channel] = -1;
    for (int i = 0; i < song->n_notes; i++)
        parts->notes[i] = &song->notes[i];
    qsort(parts->notes, (size_t)song->n_notes, sizeof(SongNote *), compare_played);
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = parts->notes[i];
        int *before = &program[note->channel & 15];
        parts->changes[note - song->notes] = *before != note->program;
        *before = note->program;
    }
}

static int sort_parts(const Song *song, Parts *parts, Error *error) {
    size_t notes = (size_t)song->n_notes, tracks = (size_t)song->n_tracks;
    *parts = (Parts){.notes = malloc((notes + 1) * sizeof *parts->notes),
                     .first = calloc(tracks + 2, sizeof *parts->first),
                     .changes = malloc(notes + 1),
                     .events = malloc((3 * notes + 1) * sizeof *parts->events)};
    if (!parts->notes || !parts->first || !parts->changes || !parts->events)
        return error_memory(error, "a MIDI file", 3 * notes * sizeof *parts->events);
    find_changes(song, parts);
    /* Counted two places on, first[t + 1] is where track t begins; filling moves it to its end. */
    for (size_t i = 0; i < notes; i++)
        parts->first[song->notes[i].track + 2]++;
    for (size_t t = 2; t < tracks + 2; t++)
        parts->first[t] += parts->first[t - 1];
    for (size_t i = 0; i < notes; i++)
        parts->notes[parts->first[song->notes[i].track + 1]++] = &song->notes[i];
    return 0;
}

/* Collects the events of a track: for each note its program, where that changes or the channel is
 * new to the track, onset and release. */
static int collect(const Song *song, const Parts *parts, int track, Written *events) {
    int count = 0;
    bool begun[MIDI_CHANNELS] = {false};
    const SongNote *last[MIDI_CHANNELS][MIDI_PITCHES] = {{NULL}};
    int release_of[MIDI_CHANNELS][MIDI_PITCHES];
    for (int i = parts->first[track]; i < parts->first[track + 1]; i++) {
        const SongNote *note = parts->notes[i];
        uint8_t channel = note->channel & 15, pitch = note->pitch & 127;
        const SongNote **before = &last[channel][pitch];
        if (!begun[channel] || parts->changes[note - song->notes])
            events[count++] =
                (Written){note->onset, 1, {MIDI_PROGRAM | channel, note->program & 127, 0}};
        begun[channel] = true;
        if (*before && (*before)->onset == note->onset) { /* the longest and loudest of both */
            Written *release = &events[release_of[channel][pitch]], *strike = release - 1;
            if (note->sounding > release->tick)
                release->tick = note->sounding;
            if (note->velocity > strike->bytes[2])
                strike->bytes[2] = note->velocity & 127;
            continue;
        }
        if (*before && events[release_of[channel][pitch]].tick > note->onset)
            events[release_of[channel][pitch]].tick = note->onset;
        events[count++] =
            (Written){note->onset, 2, {MIDI_NOTE_ON | channel, pitch, note->velocity & 127}};
        release_of[channel][pitch] = count;
        events[count++] = (Written){note->sounding, 0, {MIDI_NOTE_OFF | channel, pitch, 64}};
        *before = note;
    }
    qsort(events, (size_t)count, sizeof *events, compare_written);
    return count;
}

static int put_track(Chunk *chunk, const Song *song, const Parts *parts, int track) {
    const char *name = song->tracks[track].name;
    if (*name && put_text(chunk, MIDI_META_NAME, name))
        return -1;
    int count = collect(song, parts, track, parts->events);
    for (int i = 0; i < count; i++) {
        const Written *event = &parts->events[i];
        size_t bytes = (event->bytes[0] & 0xf0) == MIDI_PROGRAM ? 2 : 3;
        if (put_event(chunk, event->tick, event->bytes, bytes))
            return -1;
    }
    return 0;
}

/* ------------------------------------------------------------------ the file */

static int put_song(const Song *song, const Parts *parts, FILE *stream, Error *error) {
    fwrite("MThd", 1, 4, stream);
    put_number(stream, 6, 4);
    put_number(stream, 1, 2);
    put_number(stream, (uint32_t)song->n_tracks + 1, 2);
    put_number(stream, (uint32_t)song->ticks_per_quarter, 2);
    for (int track = -1; track < song->n_tracks; track++) {
        Chunk chunk;
        if (begin_chunk(&chunk, stream, error) ||
            (track < 0 ? put_conductor(&chunk, song) : put_track(&chunk, song, parts, track)) ||
            end_chunk(&chunk))
            return -1;
    }
    return 0;
}

static int write_song(const Song *song, FILE *stream, Error *error) {
    if (song->ticks_per_quarter < 1 || song->ticks_per_quarter > MOST_TICKS_PER_QUARTER)
        return error_set(error, "%d ticks per quarter note, a MIDI file has 1 … %d",
                         song->ticks_per_quarter, MOST_TICKS_PER_QUARTER);
    if (song->n_tracks >= MOST_TRACKS)
        return error_set(error, "%d tracks, a MIDI file has at most %d", song->n_tracks,
                         MOST_TRACKS - 1);
    Parts parts;
    int status = sort_parts(song, &parts, error);
    if (!status)
        status = put_song(song, &parts, stream, error);
    free_parts(&parts);
    return status;
}

int midi_write(const Song *song, const char *path, Error *error) {
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    if (write_song(song, writer.stream, error)) {
        file_abandon(&writer);
        return error_context(error, "%s", path);
    }
    return file_commit(&writer, error);
}

int midi_encode(const Song *song, unsigned char **bytes, size_t *size, Error *error) {
    char *memory = NULL;
    FILE *stream = open_memstream(&memory, size);
    int status = stream ? write_song(song, stream, error) : error_memory(error, "a MIDI file", 0);
    if (stream && fclose(stream) && !status)
        status = error_memory(error, "a MIDI file", *size);
    if (status)
        free(memory);
    else
        *bytes = (unsigned char *)memory;
    return status;
}
