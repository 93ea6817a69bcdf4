#include "compose/play/play_record.h"

#include "datasets/media/csv.h"
#include "nn/base/json_text.h"
#include "nn/base/number.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct PlayRecord {
    FILE *stream;
    bool csv;
};

static int failed(Error *error) {
    return error_errno(error, "cannot write the timeline");
}

PlayRecord *play_record_open(const char *path, Error *error) {
    PlayRecord *record = calloc(1, sizeof *record);
    if (!record) {
        error_memory(error, "a timeline", sizeof *record);
        return NULL;
    }
    record->csv = file_has_suffix(path, ".csv");
    record->stream = strcmp(path, "-") ? fopen(path, "w") : stdout;
    if (!record->stream) {
        error_errno(error, "cannot write %s", path);
        free(record);
        return NULL;
    }
    if (record->csv)
        fprintf(record->stream, "time,event,emotion,valence,arousal,wanted_valence,"
                                "wanted_arousal,song,title,artist,detail\n");
    return record;
}

int play_record_close(PlayRecord *record, Error *error) {
    if (!record)
        return 0;
    int status = fflush(record->stream) ? failed(error) : 0;
    if (record->stream != stdout && fclose(record->stream) && !status)
        status = failed(error);
    free(record);
    return status;
}

/* Milliseconds, and thousandths of the plane. */
static double rounded(double value) {
    return number_round(value, 3);
}

static void put_field(FILE *stream, const char *text) {
    fputc(',', stream);
    csv_print_field(text ? text : "", stream);
}

static void put_number(FILE *stream, float value) {
    char text[NUMBER_TEXT] = "";
    if (!isnan(value))
        number_text(rounded((double)value), 6, text);
    fprintf(stream, ",%s", text);
}

static void add_row(FILE *stream, const PlayEvent *event) {
    char time[NUMBER_TEXT];
    fprintf(stream, "%s", number_text(rounded(event->time), 9, time));
    put_field(stream, event->what);
    put_field(stream, event->emotion);
    put_number(stream, event->valence);
    put_number(stream, event->arousal);
    put_number(stream, event->wanted.valence);
    put_number(stream, event->wanted.arousal);
    put_field(stream, event->song ? event->song->path : NULL);
    put_field(stream, event->song ? event->song->title : NULL);
    put_field(stream, event->song ? event->song->artist : NULL);
    put_field(stream, event->detail);
    fputc('\n', stream);
}

static void set_number(json_t *object, const char *key, float value) {
    if (!isnan(value))
        json_object_set_new(object, key, json_real(rounded((double)value)));
}

static void set_text(json_t *object, const char *key, const char *text) {
    if (text && *text)
        json_object_set_new(object, key, json_text(text));
}

static int add_object(FILE *stream, const PlayEvent *event, Error *error) {
    json_t *object = json_object();
    json_object_set_new(object, "time", json_real(rounded(event->time)));
    set_text(object, "event", event->what);
    set_text(object, "emotion", event->emotion);
    set_number(object, "valence", event->valence);
    set_number(object, "arousal", event->arousal);
    set_number(object, "wanted_valence", event->wanted.valence);
    set_number(object, "wanted_arousal", event->wanted.arousal);
    if (event->song) {
        set_text(object, "song", event->song->path);
        set_text(object, "title", event->song->title);
        set_text(object, "artist", event->song->artist);
    }
    set_text(object, "detail", event->detail);
    int status = object ? json_dumpf(object, stream, JSON_REAL_PRECISION(9)) : -1;
    json_decref(object);
    fputc('\n', stream);
    return status ? error_set(error, "cannot write the timeline") : 0;
}

int play_record_add(PlayRecord *record, const PlayEvent *event, Error *error) {
    if (record->csv)
        add_row(record->stream, event);
    else if (add_object(record->stream, event, error))
        return -1;
    return fflush(record->stream) ? failed(error) : 0;
}
