/* sheet MODEL DATA SPLIT OUT.png THREADS: a sheet of the worst confusions. A row for each of the
 * pairs of emotions with the largest share of the true one's faces, and in it the faces that the
 * model was surest to be the wrong one, as "truth→called". */
#include "datasets/draw/contact_sheet.h"
#include "datasets/faces/face_load.h"
#include "infer/evaluate/evaluation.h"
#include "nn/base/threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 6, COLUMNS = 9, CELLS = ROWS * COLUMNS };

typedef struct Confusion {
    Emotion truth, called;
    double share; /* of the faces of `truth` */
} Confusion;

typedef struct Sheet {
    int cells;
    uint8_t faces[CELLS * FACE_PIXELS];
    char captions[CELLS][32];
} Sheet;

static int compare_shares(const void *a, const void *b) {
    double x = ((const Confusion *)a)->share, y = ((const Confusion *)b)->share;
    return (x < y) - (x > y);
}

/* Fills `confusions` (EMOTION_COUNT²) with all pairs, the worst first; right answers have share 0.
 */
static void rank(const Metrics *metrics, Confusion *confusions) {
    for (int truth = 0; truth < EMOTION_COUNT; truth++)
        for (int called = 0; called < EMOTION_COUNT; called++) {
            uint32_t support = metrics->classes[truth].support;
            double share = support ? (double)metrics->confusion[truth][called] / support : 0;
            confusions[truth * EMOTION_COUNT + called] =
                (Confusion){(Emotion)truth, (Emotion)called, truth == called ? 0 : share};
        }
    qsort(confusions, EMOTION_COUNT * EMOTION_COUNT, sizeof *confusions, compare_shares);
}

/* The face so confused that the model was surest of, among those less sure than `below`; -1 when
 * there is none. Of those that it is equally sure of, which are copies of one picture, the first.
 */
static int64_t surest(const Evaluation *evaluation, const Confusion *confusion, float below) {
    int64_t found = -1;
    float most = -1;
    for (int64_t i = 0; i < evaluation->count; i++) {
        const float *row = evaluation->probabilities + i * EMOTION_COUNT;
        float sure = row[confusion->called];
        if (evaluation->labels[i] == confusion->truth &&
            emotion_most_probable(row) == confusion->called && sure > most && sure < below) {
            most = sure;
            found = i;
        }
    }
    return found;
}

static void add_row(Sheet *sheet, const FaceSet *set, const Evaluation *evaluation,
                    const Confusion *confusion) {
    float below = 2;
    for (int column = 0; column < COLUMNS; column++) {
        int64_t face = surest(evaluation, confusion, below);
        if (face < 0)
            break;
        below = evaluation->probabilities[face * EMOTION_COUNT + confusion->called];
        int cell = sheet->cells + column;
        memcpy(sheet->faces + (size_t)cell * FACE_PIXELS,
               face_set_face(set, evaluation->indices[face]), FACE_PIXELS);
        snprintf(sheet->captions[cell], sizeof *sheet->captions, "%s→%s",
                 emotions[confusion->truth].name, emotions[confusion->called].name);
    }
    sheet->cells += COLUMNS;
}

static int write_sheet(const Evaluation *evaluation, const FaceSet *set, const char *path,
                       Error *error) {
    static Sheet sheet;
    memset(sheet.faces, 255, sizeof sheet.faces); /* white where a row has few faces */
    Confusion confusions[EMOTION_COUNT * EMOTION_COUNT];
    Metrics metrics = evaluation_measure(evaluation);
    rank(&metrics, confusions);
    for (int row = 0; row < ROWS && confusions[row].share > 0; row++)
        add_row(&sheet, set, evaluation, &confusions[row]);
    const char *captions[CELLS];
    for (int cell = 0; cell < CELLS; cell++)
        captions[cell] = sheet.captions[cell];
    return sheet.cells ? contact_sheet_write(path, sheet.faces, sheet.cells, FACE_SIDE, COLUMNS,
                                             captions, error)
                       : 0;
}

int main(int argc, char **argv) {
    Error error = {{0}};
    int split = argc == 6 ? face_split_from_name(argv[3]) : -1;
    if (split < 0) {
        fprintf(stderr, "usage: sheet MODEL DATA SPLIT OUT.png THREADS\n");
        return EXIT_FAILURE;
    }
    threads_use(atoi(argv[5]));
    FaceModel *model = face_model_load(argv[1], &error);
    FaceSet *set =
        model ? face_load(argv[2], (FaceLoadOptions){.unsplit = (FaceSplit)split}, &error) : NULL;
    Evaluation *evaluation = set ? evaluation_run(model, set, (FaceSplit)split, FACE_VIEWS_ONE,
                                                  EVALUATION_BATCH, true, &error)
                                 : NULL;
    int status = evaluation ? write_sheet(evaluation, set, argv[4], &error) : -1;
    evaluation_destroy(evaluation);
    face_set_destroy(set);
    face_model_destroy(model);
    if (status)
        fprintf(stderr, "sheet: %s\n", error.message);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
