#include "infer/faces/classification.h"

#include "datasets/media/csv.h"
#include "nn/base/json_text.h"
#include "nn/base/number.h"
#include "nn/base/plain_text.h"

#include <math.h>
#include <string.h>

/* Of a probability: a hundredth of a percent is beyond what any network knows. */
enum { DIGITS = 4 };

/* Of the numbers in JSON, in all: a time of an hour still has its thousandths. */
enum { PRECISION = 8 };

static double rounded(float probability) {
    return number_round((double)probability, DIGITS);
}

static json_t *number(float value) {
    return json_real(rounded(value));
}

json_t *classification_geometry(const FaceGeometry *g) {
    return json_pack("{s:o, s:o, s:o, s:[o, o], s:o, s:o, s:o, s:o}", "roll", number(g->roll),
                     "yaw", number(g->yaw), "pitch", number(g->pitch), "eyes", number(g->left_eye),
                     number(g->right_eye), "mouth", number(g->mouth_open), "brows",
                     number(g->brows), "brow_slope", number(g->brow_slope), "smile",
                     number(g->smile));
}

/* Where the points lie, to a tenth of a pixel, and what they say. */
static void add_points(const WatchedFace *face, json_t *json) {
    json_t *points = json_array();
    for (int i = 0; i < LANDMARKS; i++)
        json_array_append_new(points,
                              json_pack("[f, f]", number_round((double)face->points[i].x, 1),
                                        number_round((double)face->points[i].y, 1)));
    json_object_set_new(json, "points", points);
    json_object_set_new(json, "geometry", classification_geometry(&face->geometry));
}

static json_t *face_json(const WatchedFace *face, bool video) {
    const EmotionState *state = &face->state;
    json_t *probabilities = json_object();
    for (int i = 0; i < EMOTION_COUNT; i++)
        json_object_set_new(probabilities, emotions[i].name,
                            json_real(rounded(state->probabilities[i])));
    json_t *json = json_object();
    if (video)
        json_object_set_new(json, "id", json_integer(face->id));
    json_object_update_new(
        json,
        json_pack("{s:[i, i, i, i], s:s, s:f, s:f, s:f, s:o}", "box", face->box.x, face->box.y,
                  face->box.width, face->box.height, "emotion", emotions[state->emotion].name,
                  "confidence", rounded(state->confidence), "valence", rounded(state->valence),
                  "arousal", rounded(state->arousal), "probabilities", probabilities));
    if (!isnan(face->score))
        json_object_set_new(json, "score", json_real(face->score));
    if (face->has_points)
        add_points(face, json);
    return json;
}

int classification_print_json(const Classification *seen, FILE *stream, Error *error) {
    json_t *faces = json_array();
    for (int i = 0; i < seen->n_faces; i++)
        json_array_append_new(faces, face_json(&seen->faces[i], seen->video));
    json_t *json = json_object();
    json_object_set_new(json, "file", json_text(seen->file));
    if (seen->video)
        json_object_set_new(json, "time", json_real(number_round(seen->time, 3)));
    if (!json || json_add_bytes(json, "file", seen->file) ||
        json_object_set_new(json, "faces", faces)) {
        json_decref(json);
        return error_memory(error, seen->file, sizeof *json);
    }
    json_dumpf(json, stream, JSON_REAL_PRECISION(PRECISION));
    fprintf(stream, "\n");
    json_decref(json);
    return 0;
}

void classification_print_csv_header(FILE *stream) {
    fprintf(stream, "file,time,id,x,y,width,height,emotion,confidence,valence,arousal");
    for (int i = 0; i < EMOTION_COUNT; i++)
        fprintf(stream, ",%s", emotions[i].name);
    fprintf(stream, ",score\n");
}

/* What follows the number of a face; all fields are empty where there is none. */
static void print_csv_face(const WatchedFace *face, FILE *stream) {
    if (!face) {
        fprintf(stream, ",,,,,,,,"); /* box, emotion, confidence, valence, arousal */
        for (int i = 0; i < EMOTION_COUNT; i++)
            fprintf(stream, ",");
        fprintf(stream, ",\n");
        return;
    }
    const EmotionState *state = &face->state;
    number_print(stream, ",%d,%d,%d,%d,%s,%.4f,%.4f,%.4f", face->box.x, face->box.y,
                 face->box.width, face->box.height, emotions[state->emotion].name,
                 state->confidence, state->valence, state->arousal);
    for (int i = 0; i < EMOTION_COUNT; i++)
        number_print(stream, ",%.4f", state->probabilities[i]);
    if (isnan(face->score))
        fprintf(stream, ",\n");
    else
        number_print(stream, ",%g\n", face->score);
}

static void print_csv_row(const Classification *seen, const WatchedFace *face, FILE *stream) {
    csv_print_field(seen->file, stream);
    if (seen->video)
        number_print(stream, ",%.3f,", seen->time);
    else
        fprintf(stream, ",,");
    if (seen->video && face)
        fprintf(stream, "%d", face->id);
    print_csv_face(face, stream);
}

void classification_print_csv(const Classification *seen, FILE *stream) {
    for (int f = 0; f < seen->n_faces; f++)
        print_csv_row(seen, &seen->faces[f], stream);
    if (!seen->n_faces)
        print_csv_row(seen, NULL, stream);
}

/* Prints a bar of up to WIDTH blocks, in eighths. */
static void print_bar(float share, FILE *stream) {
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    enum { WIDTH = 40 };
    int filled = (int)lroundf(share * WIDTH * 8);
    for (int i = 0; i < filled / 8; i++)
        fputs("█", stream);
    fputs(eighths[filled % 8], stream);
}

static void print_picture(const Classification *seen, FILE *stream) {
    plain_print(seen->file, stream);
    fprintf(stream, "%s\n", seen->n_faces ? "" : ": no face");
    for (int f = 0; f < seen->n_faces; f++) {
        const WatchedFace *face = &seen->faces[f];
        fprintf(stream, "  %s, in %d×%d pixels at (%d, %d)", emotions[face->state.emotion].name,
                face->box.width, face->box.height, face->box.x, face->box.y);
        if (!isnan(face->score))
            fprintf(stream, ", score %g", face->score);
        fprintf(stream, "\n");
        for (int i = 0; i < EMOTION_COUNT; i++) {
            float share = face->state.probabilities[i];
            fprintf(stream, "    %-9s %5.1f %%  ", emotions[i].name, 100 * share);
            print_bar(share, stream);
            fprintf(stream, "\n");
        }
    }
}

static void print_frame(const Classification *seen, FILE *stream) {
    fprintf(stream, "%9.2f s", seen->time);
    for (int f = 0; f < seen->n_faces; f++) {
        const EmotionState *state = &seen->faces[f].state;
        fprintf(stream, "   face %d: %-8s %3.0f %%", seen->faces[f].id,
                emotions[state->emotion].name, 100 * state->confidence);
    }
    fprintf(stream, "%s\n", seen->n_faces ? "" : "   no face");
}

void classification_print(const Classification *seen, FILE *stream) {
    (seen->video ? print_frame : print_picture)(seen, stream);
}
