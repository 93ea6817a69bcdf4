#include "datasets/music/midi_show.h"

#include "datasets/music/midi.h"
#include "datasets/music/music_encode.h"
#include "nn/base/json_text.h"
#include "nn/base/plain_text.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SHOWN_CHANGES = 8, TOKENS_A_LINE = 8 };

/* What is shown: the song and what was found out about it. */
typedef struct Facts {
    const char *path;
    const Song *song;
    SongKey key;
    int drum_notes;
    uint16_t *tokens;
    int n_tokens;
    bool performed;
    Error why_not; /* why there are no tokens, where there are none */
} Facts;

/* A song that cannot be tokenised can be shown all the same. */
static void gather(Facts *facts) {
    const MusicEncodeSettings settings = {0};
    facts->key = facts->song->n_keys ? facts->song->keys[0] : song_estimate_key(facts->song);
    for (int i = 0; i < facts->song->n_tracks; i++)
        facts->drum_notes += facts->song->tracks[i].drum_notes;
    if (!music_encode(facts->song, &settings, &facts->tokens, &facts->n_tokens, &facts->why_not))
        facts->performed = facts->tokens[1] == music_token(MUSIC_GRID, 1);
}

static const char *grid_name(const Facts *facts) {
    return !facts->n_tokens ? "none" : facts->performed ? "performed" : "metric";
}

static const char *key_source(const Facts *facts) {
    return facts->song->n_keys ? "in the file" : "estimated";
}

/* ------------------------------------------------------------------ text */

static void print_changes(const Song *song, FILE *out) {
    fprintf(out, "tempo     ");
    for (int i = 0; i < song->n_tempos && i < SHOWN_CHANGES; i++)
        fprintf(out, "%s%.4g", i ? ", " : "", 60e6 / song->tempos[i].microseconds);
    fprintf(out,
            song->n_tempos > SHOWN_CHANGES ? ", … (%d in all) quarter notes a minute\n"
                                           : " quarter notes a minute\n",
            song->n_tempos);
    fprintf(out, "meter     ");
    for (int i = 0; i < song->n_meters && i < SHOWN_CHANGES; i++)
        fprintf(out, "%s%d/%d", i ? ", " : "", song->meters[i].numerator,
                song->meters[i].denominator);
    if (!song->n_meters)
        fprintf(out, "none (taken as 4/4)");
    else if (song->n_meters > SHOWN_CHANGES)
        fprintf(out, ", … (%d in all)", song->n_meters);
    fprintf(out, "\n");
}

/* Those in the file, or the one that its notes suggest. */
static void print_keys(const Facts *facts, FILE *out) {
    const Song *song = facts->song;
    fprintf(out, "key       %s", song_key_name(facts->key.tonic, facts->key.minor));
    for (int i = 1; i < song->n_keys && i < SHOWN_CHANGES; i++)
        fprintf(out, ", %s", song_key_name(song->keys[i].tonic, song->keys[i].minor));
    if (song->n_keys > SHOWN_CHANGES)
        fprintf(out, ", … (%d in all)", song->n_keys);
    fprintf(out, " (%s)\n", key_source(facts));
}

static void print_tokens(const Facts *facts, FILE *out) {
    char name[32];
    int column = 0;
    fprintf(out, "\n");
    for (int i = 0; i < facts->n_tokens; i++) {
        int index;
        MusicKind kind = music_token_kind(facts->tokens[i], &index);
        bool fresh_line = kind == MUSIC_BAR || kind == MUSIC_LAST_BARS || kind == MUSIC_POSITION ||
                          kind == MUSIC_SHIFT || column == TOKENS_A_LINE;
        if (fresh_line && column)
            fprintf(out, "\n");
        column = fresh_line ? 1 : column + 1;
        music_token_name(facts->tokens[i], name, sizeof name);
        fprintf(out, "%s%s", column > 1 ? " " : "", name);
    }
    fprintf(out, "\n");
}

static void print_text(const Facts *facts, bool tokens, FILE *out) {
    const Song *song = facts->song;
    PlainText name;
    fprintf(out, "%s\nformat    %d, %d ticks a quarter note, %d track%s\n",
            plain_text(facts->path, &name), song->format, song->ticks_per_quarter, song->n_tracks,
            song->n_tracks == 1 ? "" : "s");
    fprintf(out, "length    %.2f s, %d note%s (%d of drums)\n", song->seconds, song->n_notes,
            song->n_notes == 1 ? "" : "s", facts->drum_notes);
    print_changes(song, out);
    print_keys(facts, out);
    if (facts->n_tokens)
        fprintf(out, "tokens    %d, grid %s\n", facts->n_tokens, grid_name(facts));
    else
        fprintf(out, "tokens    none: %s\n", plain_text(facts->why_not.message, &name));
    for (int i = 0; i < song->n_tracks; i++)
        fprintf(out, "track %-3d program %3d, %6d notes  %s\n", i, song->tracks[i].program,
                song->tracks[i].notes, plain_text(song->tracks[i].name, &name));
    if (song->seed)
        fprintf(out, "seed      %" PRIu64 "\n", song->seed);
    if (song->n_repairs)
        fprintf(out, "repaired  %d fault%s, first at %s\n", song->n_repairs,
                song->n_repairs == 1 ? "" : "s", song->repair);
    if (tokens && facts->n_tokens)
        print_tokens(facts, out);
}

/* ------------------------------------------------------------------ JSON */

static json_t *tracks_json(const Song *song) {
    json_t *tracks = json_array();
    for (int i = 0; i < song->n_tracks; i++) {
        const SongTrack *track = &song->tracks[i];
        json_array_append_new(tracks,
                              json_pack("{s:o, s:i, s:i, s:b}", "name", json_text(track->name),
                                        "program", track->program, "notes", track->notes, "drums",
                                        track->notes && track->drum_notes == track->notes));
    }
    return tracks;
}

static json_t *tempos_json(const Song *song) {
    json_t *tempos = json_array();
    for (int i = 0; i < song->n_tempos; i++)
        json_array_append_new(tempos, json_pack("{s:I, s:f, s:f}", "tick",
                                                (json_int_t)song->tempos[i].at.tick, "seconds",
                                                song->tempos[i].seconds, "bpm",
                                                60e6 / song->tempos[i].microseconds));
    return tempos;
}

static json_t *meters_json(const Song *song) {
    json_t *meters = json_array();
    for (int i = 0; i < song->n_meters; i++) {
        const SongMeter *meter = &song->meters[i];
        json_array_append_new(meters,
                              json_pack("{s:I, s:f, s:i, s:i}", "tick", (json_int_t)meter->at.tick,
                                        "seconds", song_seconds(song, meter->at.tick), "numerator",
                                        meter->numerator, "denominator", meter->denominator));
    }
    return meters;
}

static json_t *keys_json(const Song *song) {
    json_t *keys = json_array();
    for (int i = 0; i < song->n_keys; i++) {
        const SongKey *key = &song->keys[i];
        json_array_append_new(keys, json_pack("{s:I, s:f, s:s}", "tick", (json_int_t)key->at.tick,
                                              "seconds", song_seconds(song, key->at.tick), "key",
                                              song_key_name(key->tonic, key->minor)));
    }
    return keys;
}

static json_t *tokens_json(const Facts *facts) {
    json_t *tokens = json_array();
    for (int i = 0; i < facts->n_tokens; i++) {
        char name[32];
        music_token_name(facts->tokens[i], name, sizeof name);
        json_array_append_new(tokens, json_pack("[i, s]", (int)facts->tokens[i], name));
    }
    return tokens;
}

static int print_json(const Facts *facts, bool tokens, FILE *out, Error *error) {
    const Song *song = facts->song;
    json_t *object = json_pack(
        "{s:o, s:i, s:i, s:f, s:i, s:i, s:s, s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:i, s:i}", "file",
        json_text(facts->path), "format", song->format, "division", song->ticks_per_quarter,
        "seconds", song->seconds, "notes", song->n_notes, "drum_notes", facts->drum_notes, "key",
        song_key_name(facts->key.tonic, facts->key.minor), "key_source", key_source(facts), "grid",
        grid_name(facts), "n_tokens", facts->n_tokens, "tracks", tracks_json(song), "tempos",
        tempos_json(song), "meters", meters_json(song), "keys", keys_json(song), "tempo_changes",
        song->n_tempos - 1, "repairs", song->n_repairs);
    if (!object || json_add_bytes(object, "file", facts->path))
        return error_memory(error, "JSON", (unsigned long long)song->n_notes);
    if (song->seed)
        json_object_set_new(object, "seed", json_unsigned(song->seed));
    if (song->n_repairs)
        json_object_set_new(object, "first_repair", json_string(song->repair));
    if (tokens)
        json_object_set_new(object, "tokens", tokens_json(facts));
    int status = json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    fputc('\n', out);
    json_decref(object);
    return status ? error_set(error, "%s: cannot print", facts->path) : 0;
}

int midi_show(const char *path, bool json, bool tokens, FILE *out, Error *error) {
    Song *song = midi_read(path, error);
    if (!song)
        return -1;
    Facts facts = {.path = path, .song = song};
    int status = 0;
    gather(&facts);
    if (json)
        status = print_json(&facts, tokens, out, error);
    else
        print_text(&facts, tokens, out);
    free(facts.tokens);
    song_free(song);
    return status;
}
