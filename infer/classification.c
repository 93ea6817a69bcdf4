#include "infer/classification.h"

#include "nn/base/json_text.h"

#include <math.h>

/* Of a probability: a hundredth of a percent is beyond what any network knows. */
enum { DIGITS = 4 };

static double rounded(float probability) {
    double unit = pow(10, DIGITS);
    return round(probability * unit) / unit;
}

static json_t *face_json(const ClassifiedFace *face) {
    Emotion best = emotion_most_probable(face->probabilities);
    json_t *probabilities = json_object();
    for (int i = 0; i < EMOTION_COUNT; i++)
        json_object_set_new(probabilities, emotions[i].name,
                            json_real(rounded(face->probabilities[i])));
    return json_pack("{s:[i, i, i, i], s:s, s:f, s:o}", "box", face->x, face->y, face->width,
                     face->height, "emotion", emotions[best].name, "confidence",
                     rounded(face->probabilities[best]), "probabilities", probabilities);
}

int classification_print_json(const Classification *seen, FILE *stream, Error *error) {
    json_t *faces = json_array();
    for (int i = 0; i < seen->n_faces; i++)
        json_array_append_new(faces, face_json(&seen->faces[i]));
    json_t *json = json_pack("{s:o, s:o}", "file", json_text(seen->file), "faces", faces);
    if (!json)
        return error_memory(error, seen->file, sizeof *json);
    json_dumpf(json, stream, JSON_REAL_PRECISION(DIGITS));
    fprintf(stream, "\n");
    json_decref(json);
    return 0;
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

void classification_print(const Classification *seen, FILE *stream) {
    fprintf(stream, "%s%s\n", seen->file, seen->n_faces ? "" : ": no face");
    for (int f = 0; f < seen->n_faces; f++) {
        const ClassifiedFace *face = &seen->faces[f];
        fprintf(stream, "  %s, in %d×%d pixels at (%d, %d)\n",
                emotions[emotion_most_probable(face->probabilities)].name, face->width,
                face->height, face->x, face->y);
        for (int i = 0; i < EMOTION_COUNT; i++) {
            fprintf(stream, "    %-9s %5.1f %%  ", emotions[i].name, 100 * face->probabilities[i]);
            print_bar(face->probabilities[i], stream);
            fprintf(stream, "\n");
        }
    }
}
