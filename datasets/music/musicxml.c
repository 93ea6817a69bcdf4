#include "datasets/music/musicxml.h"

#include "datasets/music/notation.h"
#include "nn/base/number.h"
#include "nn/base/plain_text.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIVISIONS = 4, LOWER_VOICE = 5, PITCHES = 128 };

bool musicxml_is_name(const char *path) {
    return file_has_suffix(path, ".musicxml") || file_has_suffix(path, ".xml");
}

/* A score being written. */
typedef struct Score {
    FILE *stream;
    const Notation *notation;
    const NotationPart *part;
    int number;    /* of the part, from 1 */
    int fifths;    /* of the key at hand: sharps, or less than 0 flats */
    int harmonies; /* markers written so far */
    int tempos;
} Score;

/* Text of files: escaped, and what XML cannot hold left out. */
static void put_text(Score *score, const char *text) {
    while (*text) {
        unsigned point;
        int bytes = utf8_character(text, &point);
        if (bytes == 0) {
            text++;
            continue;
        }
        if (*text == '<')
            fputs("&lt;", score->stream);
        else if (*text == '&')
            fputs("&amp;", score->stream);
        else if (*text == '"')
            fputs("&quot;", score->stream);
        else if (point >= ' ' && point != 0x7f && point != 0xfffe && point != 0xffff)
            fwrite(text, 1, (size_t)bytes, score->stream);
        text += bytes;
    }
}

/* ------------------------------------------------------------------ parts */

/* Which drums a part uses. */
static void find_drums(const NotationPart *part, bool used[PITCHES]) {
    memset(used, 0, PITCHES * sizeof *used);
    for (int i = 0; i < part->staves[0].n_events; i++)
        for (int k = 0; k < part->staves[0].events[i].n_pitches; k++)
            used[part->staves[0].events[i].pitches[k]] = true;
}

static void put_part_head(Score *score) {
    FILE *to = score->stream;
    bool drums[PITCHES];
    int n = score->number, channel = score->part->channel + 1;
    fprintf(to, "    <score-part id=\"P%d\">\n      <part-name>", n);
    put_text(score, *score->part->track->name ? score->part->track->name : "Music");
    fprintf(to, "</part-name>\n");
    if (!score->part->drums) {
        fprintf(to,
                "      <score-instrument id=\"P%d-I1\"><instrument-name>Program "
                "%d</instrument-name></score-instrument>\n"
                "      <midi-instrument id=\"P%d-I1\"><midi-channel>%d</midi-channel>"
                "<midi-program>%d</midi-program></midi-instrument>\n",
                n, score->part->track->program + 1, n, channel, score->part->track->program + 1);
    } else {
        find_drums(score->part, drums);
        for (int key = 0; key < PITCHES; key++)
            if (drums[key])
                fprintf(to,
                        "      <score-instrument id=\"P%d-I%d\"><instrument-name>Drum "
                        "%d</instrument-name></score-instrument>\n",
                        n, key + 1, key);
        for (int key = 0; key < PITCHES; key++)
            if (drums[key])
                fprintf(to,
                        "      <midi-instrument id=\"P%d-I%d\"><midi-channel>%d</midi-channel>"
                        "<midi-program>1</midi-program><midi-unpitched>%d</midi-unpitched>"
                        "</midi-instrument>\n",
                        n, key + 1, channel, key + 1);
    }
    fprintf(to, "    </score-part>\n");
}

/* ------------------------------------------------------------------ pitches */

/* The signature with the fewest accidentals: -5 flats to 6 sharps. */
static int fifths_of(const SongKey *key) {
    int sharps = (key->minor ? key->tonic + 3 : key->tonic) * 7 % 12;
    return sharps > 6 ? sharps - 12 : sharps;
}

/* Spells a pitch class within the twelve fifths about the key: for C major from E flat to G sharp.
 */
static void put_pitch(const Score *score, int pitch) {
    static const char steps[] = "FCGDAEB";
    static const int naturals[] = {5, 0, 7, 2, 9, 4, 11};
    int fifth = score->fifths - 3; /* F is -1, C 0 */
    while (((fifth * 7 - pitch) % 12 + 12) % 12)
        fifth++;
    int step = ((fifth + 1) % 7 + 7) % 7, alter = (fifth + 1 - step) / 7;
    int octave = (pitch - alter - naturals[step]) / 12 - 1;
    fprintf(score->stream, "<pitch><step>%c</step>", steps[step]);
    if (alter)
        fprintf(score->stream, "<alter>%d</alter>", alter);
    fprintf(score->stream, "<octave>%d</octave></pitch>", octave);
}

/* Where drums are written, as is usual. */
static void put_drum(const Score *score, int key) {
    static const struct {
        int key;
        const char *place;
    } places[] = {{36, "F4"}, {38, "C5"}, {40, "C5"}, {37, "C5"}, {42, "G5"}, {44, "D4"},
                  {46, "G5"}, {41, "A4"}, {43, "A4"}, {45, "D5"}, {47, "D5"}, {48, "E5"},
                  {50, "E5"}, {49, "A5"}, {57, "A5"}, {51, "F5"}};
    const char *place = key <= 36 ? "F4" : "E5";
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        place = places[i].key == key ? places[i].place : place;
    fprintf(score->stream,
            "<unpitched><display-step>%c</display-step>"
            "<display-octave>%c</display-octave></unpitched>",
            place[0], place[1]);
}

/* ------------------------------------------------------------------ above the staff */

static void put_harmony(const Score *score, const SongMarker *marker, int offset) {
    static const struct {
        const char *suffix, *kind;
    } kinds[] = {{"", "major"},
                 {"m", "minor"},
                 {"dim", "diminished"},
                 {"7", "dominant"},
                 {"sus4", "suspended-fourth"}};
    const char *suffix = marker->text + 1, *kind = "major";
    int alter = *suffix == '#' ? 1 : *suffix == 'b' ? -1 : 0;
    suffix += alter != 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        kind = strcmp(suffix, kinds[i].suffix) ? kind : kinds[i].kind;
    fprintf(score->stream, "      <harmony><root><root-step>%c</root-step>", *marker->text);
    if (alter)
        fprintf(score->stream, "<root-alter>%d</root-alter>", alter);
    fprintf(score->stream, "</root><kind text=\"%s\">%s</kind>", suffix, kind);
    if (offset)
        fprintf(score->stream, "<offset>%d</offset>", offset);
    fprintf(score->stream, "</harmony>\n");
}

/* The markers of the first part before `until`; those after `place` with an offset. */
static void put_markers(Score *score, int place, int until) {
    const Song *song = score->notation->song;
    for (; score->number == 1 && score->harmonies < song->n_markers; score->harmonies++) {
        const SongMarker *marker = &song->markers[score->harmonies];
        int at = notation_place(song, marker->at.tick);
        if (at >= until)
            return;
        if (marker->chord) {
            put_harmony(score, marker, at - place);
            continue;
        }
        fprintf(score->stream, "      <direction placement=\"above\"><direction-type><rehearsal>");
        put_text(score, marker->text);
        fprintf(score->stream, "</rehearsal></direction-type></direction>\n");
    }
}

/* The tempos of the first part before `until`; those after `place` with an offset, to be played but
 * not shown. */
static void put_tempos(Score *score, int place, int until) {
    const Song *song = score->notation->song;
    for (; score->number == 1 && score->tempos < song->n_tempos; score->tempos++) {
        const SongTempo *tempo = &song->tempos[score->tempos];
        int offset = notation_place(song, tempo->at.tick) - place;
        if (place + offset >= until)
            return;
        double beats = 60e6 / tempo->microseconds;
        fprintf(score->stream, "      <direction placement=\"above\"><direction-type><metronome%s>",
                offset > 0 ? " print-object=\"no\"" : "");
        number_print(score->stream,
                     "<beat-unit>quarter</beat-unit><per-minute>%.0f</per-minute></metronome>"
                     "</direction-type>",
                     beats);
        if (offset > 0)
            fprintf(score->stream, "<offset sound=\"yes\">%d</offset>", offset);
        number_print(score->stream, "<sound tempo=\"%.2f\"/></direction>\n", beats);
    }
}

/* How loud a part is on the whole, at its beginning. */
static void put_dynamics(const Score *score) {
    static const struct {
        double below;
        const char *name;
    } levels[] = {{36, "pp"}, {52, "p"}, {66, "mp"}, {82, "mf"}, {98, "f"}, {128, "ff"}};
    double sum = 0;
    int notes = 0;
    for (int i = 0; i < score->part->staves[0].n_events; i++) {
        const NotationEvent *event = &score->part->staves[0].events[i];
        sum += event->velocity;
        notes += event->n_pitches > 0;
    }
    size_t level = 0;
    while (notes && sum / notes >= levels[level].below)
        level++;
    if (notes)
        fprintf(score->stream,
                "      <direction placement=\"below\"><direction-type><dynamics><%s/></dynamics>"
                "</direction-type></direction>\n",
                levels[level].name);
}

/* ------------------------------------------------------------------ notes */

static const char *type_of(int length, bool *dotted) {
    static const struct {
        int length;
        const char *name;
    } types[] = {{1, "16th"}, {2, "eighth"}, {4, "quarter"}, {8, "half"}, {16, "whole"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (length == types[i].length || 2 * length == 3 * types[i].length) {
            *dotted = length != types[i].length;
            return types[i].name;
        }
    return NULL;
}

/* The longest note that can be written at `from` of a bar, of `length`: over no beat but where it
 * begins on an eighth. */
static int notatable(int from, int length) {
    enum { BEAT = 4 };
    static const int lengths[] = {24, 16, 12, 8, 6, 4, 3, 2, 1};
    int to_beat = BEAT - from % BEAT;
    int most = from % BEAT && (from % 2 || length > 6) && to_beat < length ? to_beat : length;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        if (lengths[i] <= most)
            return lengths[i];
    return 1;
}

typedef struct Tie {
    bool stop, start;
} Tie;

static void put_note(const Score *score, const NotationEvent *event, int which, int length, Tie tie,
                     int staff) {
    FILE *to = score->stream;
    bool rest = !event->n_pitches, dotted = false, drums = score->part->drums;
    const char *type = type_of(length, &dotted);
    fprintf(to, "      <note");
    if (!rest)
        number_print(to, " dynamics=\"%.2f\"", 100.0 * event->velocity / 90);
    fprintf(to, ">");
    if (which)
        fprintf(to, "<chord/>");
    if (rest)
        fprintf(to, "<rest/>");
    else if (drums)
        put_drum(score, event->pitches[which]);
    else
        put_pitch(score, event->pitches[which]);
    fprintf(to, "<duration>%d</duration>", length);
    if (tie.stop)
        fprintf(to, "<tie type=\"stop\"/>");
    if (tie.start)
        fprintf(to, "<tie type=\"start\"/>");
    if (drums && !rest)
        fprintf(to, "<instrument id=\"P%d-I%d\"/>", score->number, event->pitches[which] + 1);
    fprintf(to, "<voice>%d</voice>", staff ? LOWER_VOICE : 1);
    if (type)
        fprintf(to, "<type>%s</type>%s", type, dotted ? "<dot/>" : "");
    if (drums && !rest && event->pitches[which] >= 42 && event->pitches[which] != 43)
        fprintf(to, "<notehead>x</notehead>");
    if (score->part->n_staves > 1)
        fprintf(to, "<staff>%d</staff>", staff + 1);
    bool dot = event->staccato && !tie.stop && !which;
    if (!rest && (tie.stop || tie.start || dot))
        fprintf(to, "<notations>%s%s%s</notations>", tie.stop ? "<tied type=\"stop\"/>" : "",
                tie.start ? "<tied type=\"start\"/>" : "",
                dot ? "<articulations><staccato/></articulations>" : "");
    fprintf(to, "</note>\n");
}

/* The share of an event that lies in the bar, as notes that can be written, tied to each other. */
static void put_event(Score *score, const NotationEvent *event, const NotationBar *bar, int staff) {
    int end = event->place + event->length, bar_end = bar->place + bar->length;
    int from = event->place > bar->place ? event->place : bar->place;
    int until = end < bar_end ? end : bar_end;
    if (!event->n_pitches && from == bar->place && until == bar_end) {
        put_markers(score, from, until);
        fprintf(score->stream,
                "      <note><rest measure=\"yes\"/><duration>%d</duration><voice>%d"
                "</voice>",
                bar->length, staff ? LOWER_VOICE : 1);
        if (score->part->n_staves > 1)
            fprintf(score->stream, "<staff>%d</staff>", staff + 1);
        fprintf(score->stream, "</note>\n");
        return;
    }
    for (int at = from; at < until;) {
        int length = notatable(at - bar->place, until - at);
        Tie tie = {.stop = event->n_pitches && at > event->place,
                   .start = event->n_pitches && at + length < end};
        if (!staff)
            put_markers(score, at, at + length);
        for (int k = 0; k < (event->n_pitches ? event->n_pitches : 1); k++)
            put_note(score, event, k, length, tie, staff);
        at += length;
    }
}

static void put_attributes(Score *score, const NotationBar *bar, bool first) {
    FILE *to = score->stream;
    if (bar->key)
        score->fifths = fifths_of(bar->key);
    if (!first && !bar->key && !bar->meter)
        return;
    fprintf(to, "      <attributes>");
    if (first)
        fprintf(to, "<divisions>%d</divisions>", DIVISIONS);
    if (bar->key)
        fprintf(to, "<key><fifths>%d</fifths><mode>%s</mode></key>", score->fifths,
                bar->key->minor ? "minor" : "major");
    if (bar->meter)
        fprintf(to, "<time><beats>%d</beats><beat-type>%d</beat-type></time>",
                bar->meter->numerator, bar->meter->denominator);
    if (first && score->part->n_staves > 1)
        fprintf(to, "<staves>%d</staves>", score->part->n_staves);
    for (int s = 0; first && s < score->part->n_staves; s++) {
        if (score->part->n_staves > 1)
            fprintf(to, "<clef number=\"%d\">", s + 1);
        else
            fprintf(to, "<clef>");
        fprintf(to, "%s</clef>",
                score->part->drums            ? "<sign>percussion</sign>"
                : score->part->staves[s].bass ? "<sign>F</sign><line>4</line>"
                                              : "<sign>G</sign><line>2</line>");
    }
    fprintf(to, "</attributes>\n");
}

static void put_part(Score *score) {
    const Notation *notation = score->notation;
    int next[NOTATION_STAVES] = {0};
    score->fifths = score->harmonies = score->tempos = 0;
    fprintf(score->stream, "  <part id=\"P%d\">\n", score->number);
    for (int b = 0; b < notation->n_bars; b++) {
        const NotationBar *bar = &notation->bars[b];
        int end = bar->place + bar->length;
        fprintf(score->stream, "    <measure number=\"%d\">\n", b + 1);
        put_attributes(score, bar, !b);
        put_tempos(score, bar->place, end);
        if (!b)
            put_dynamics(score);
        for (int s = 0; s < score->part->n_staves; s++) {
            const NotationStaff *staff = &score->part->staves[s];
            if (s)
                fprintf(score->stream, "      <backup><duration>%d</duration></backup>\n",
                        bar->length);
            while (next[s] < staff->n_events && staff->events[next[s]].place < end) {
                const NotationEvent *event = &staff->events[next[s]];
                put_event(score, event, bar, s);
                if (event->place + event->length > end)
                    break; /* goes on in the next bar */
                next[s]++;
            }
        }
        fprintf(score->stream, "    </measure>\n");
    }
    fprintf(score->stream, "  </part>\n");
}

/* ------------------------------------------------------------------ the score */

static int write_score(const Song *song, const char *title, FILE *stream, Error *error) {
    Notation notation;
    if (notation_make(song, &notation, error))
        return -1;
    Score score = {.stream = stream, .notation = &notation};
    fprintf(stream,
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
            "<!DOCTYPE score-partwise PUBLIC \"-//Recordare//DTD MusicXML 3.1 Partwise//EN\" "
            "\"http://www.musicxml.org/dtds/partwise.dtd\">\n"
            "<score-partwise version=\"3.1\">\n");
    if (title) {
        fprintf(stream, "  <work><work-title>");
        put_text(&score, title);
        fprintf(stream, "</work-title></work>\n");
    }
    fprintf(stream, "  <identification><encoding><software>Affekt</software></encoding>"
                    "</identification>\n  <part-list>\n");
    for (score.number = 1; score.number <= notation.n_parts; score.number++) {
        score.part = &notation.parts[score.number - 1];
        put_part_head(&score);
    }
    fprintf(stream, "  </part-list>\n");
    for (score.number = 1; score.number <= notation.n_parts; score.number++) {
        score.part = &notation.parts[score.number - 1];
        put_part(&score);
    }
    fprintf(stream, "</score-partwise>\n");
    notation_free(&notation);
    return 0;
}

int musicxml_write(const Song *song, const char *path, const char *title, Error *error) {
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    if (!write_score(song, title, writer.stream, error))
        return file_commit(&writer, error);
    file_abandon(&writer);
    return -1;
}

int musicxml_encode(const Song *song, const char *title, char **text, size_t *size, Error *error) {
    *text = NULL;
    FILE *stream = open_memstream(text, size);
    if (!stream)
        return error_memory(error, "a score", 0);
    int status = write_score(song, title, stream, error);
    if (fclose(stream) && !status)
        status = error_memory(error, "a score", *size);
    if (status) {
        free(*text);
        *text = NULL;
    }
    return status;
}
