#include "infer/evaluate/evaluation.h"

#include "nn/base/number.h"
#include "nn/command_line/progress.h"
#include "nn/io/file.h"

#include <stdlib.h>
#include <string.h>

static int no_faces(const FaceSet *set, FaceSplit split, Error *error) {
    uint32_t counts[FACE_SPLIT_COUNT] = {0};
    for (uint32_t i = 0; i < set->count; i++)
        counts[set->splits[i]]++;
    return error_set(error, "no faces of %s; there are %u of %s, %u of %s, %u of %s",
                     face_split_name(split), counts[0], face_split_name(0), counts[1],
                     face_split_name(1), counts[2], face_split_name(2));
}

static int allocate(Evaluation *evaluation, Error *error) {
    size_t n = evaluation->count;
    evaluation->labels = malloc(n);
    evaluation->shared = malloc(n * sizeof *evaluation->shared);
    evaluation->probabilities = malloc(n * EMOTION_COUNT * sizeof *evaluation->probabilities);
    if (!evaluation->labels || !evaluation->shared || !evaluation->probabilities)
        return error_memory(error, "the answers", n * EMOTION_COUNT * sizeof(float));
    return 0;
}

/* Fills labels and shared. */
static int look_up_truth(Evaluation *evaluation, const FaceSet *set, Error *error) {
    uint8_t *occurrence = malloc(set->count);
    if (!occurrence)
        return error_memory(error, "the search for copies", set->count);
    int status = face_set_occurrence(set, occurrence, error);
    for (uint32_t i = 0; !status && i < evaluation->count; i++) {
        uint32_t face = evaluation->indices[i];
        evaluation->labels[i] = set->labels[face];
        evaluation->shared[i] = occurrence[face] != 1 << set->splits[face];
    }
    free(occurrence);
    return status;
}

/* Fills probabilities. */
static int ask(Evaluation *evaluation, FaceModel *model, const FaceSet *set, FaceViews views,
               int batch, bool quiet, Error *error) {
    const uint8_t **faces = malloc((size_t)batch * sizeof *faces);
    if (!faces)
        return error_memory(error, "a batch", (size_t)batch * sizeof *faces);
    Progress progress = progress_start(quiet, 0);
    int status = 0, n;
    for (uint32_t done = 0; !status && done < evaluation->count; done += (uint32_t)n) {
        uint32_t left = evaluation->count - done;
        n = left < (uint32_t)batch ? (int)left : batch;
        for (int i = 0; i < n; i++)
            faces[i] = face_set_face(set, evaluation->indices[done + (uint32_t)i]);
        if (progress_is_due(&progress))
            progress_show(&progress, (double)done / evaluation->count, "%u of %u faces", done,
                          evaluation->count);
        status = face_model_probabilities(model, faces, n, views,
                                          evaluation->probabilities + (size_t)done * EMOTION_COUNT,
                                          error);
    }
    progress_end(&progress);
    free(faces);
    return status;
}

Evaluation *evaluation_run(FaceModel *model, const FaceSet *set, FaceSplit split, FaceViews views,
                           int batch, bool quiet, Error *error) {
    Evaluation *evaluation = calloc(1, sizeof *evaluation);
    if (!evaluation) {
        error_memory(error, "an evaluation", sizeof *evaluation);
        return NULL;
    }
    evaluation->split = split;
    evaluation->unsplit = set->unsplit;
    evaluation->indices = face_set_indices(set, split, FACE_ALL, &evaluation->count, error);
    if (evaluation->indices && !evaluation->count)
        no_faces(set, split, error);
    else if (evaluation->indices && !allocate(evaluation, error) &&
             !look_up_truth(evaluation, set, error) &&
             !ask(evaluation, model, set, views, batch, quiet, error))
        return evaluation;
    evaluation_destroy(evaluation);
    return NULL;
}

/* Copies what was answered for a face to a row that is not after its own. */
static void copy_answer(const Evaluation *from, uint32_t i, Evaluation *to, uint32_t row) {
    memmove(to->probabilities + (size_t)row * EMOTION_COUNT,
            from->probabilities + (size_t)i * EMOTION_COUNT, EMOTION_COUNT * sizeof(float));
    to->labels[row] = from->labels[i];
}

int evaluation_judge_by_votes(Evaluation *evaluation, const FaceVotes *votes, Error *error) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < evaluation->count; i++) {
        uint32_t face = evaluation->indices[i];
        FaceVerdict verdict = face_votes_verdict(votes, face);
        if (!face_verdict_is_emotion(&verdict))
            continue;
        copy_answer(evaluation, i, evaluation, kept);
        evaluation->labels[kept] = (uint8_t)verdict.choice;
        evaluation->indices[kept] = face;
        evaluation->shared[kept++] = evaluation->shared[i];
    }
    evaluation->count = kept;
    return kept ? 0
                : error_set(error, "no face of %s has a majority of votes for an emotion",
                            evaluation_split_name(evaluation));
}

void evaluation_destroy(Evaluation *evaluation) {
    if (!evaluation)
        return;
    free(evaluation->indices);
    free(evaluation->labels);
    free(evaluation->probabilities);
    free(evaluation->shared);
    free(evaluation);
}

const char *evaluation_split_name(const Evaluation *evaluation) {
    return evaluation->unsplit ? "all" : face_split_name(evaluation->split);
}

Metrics evaluation_measure(const Evaluation *evaluation) {
    return metrics_measure(evaluation->probabilities, evaluation->labels, evaluation->count);
}

int evaluation_measure_unshared(const Evaluation *evaluation, Metrics *metrics, Error *error) {
    Evaluation kept = {.count = evaluation->count};
    int status = allocate(&kept, error);
    kept.count = 0;
    for (uint32_t i = 0; !status && i < evaluation->count; i++) {
        if (!evaluation->shared[i])
            copy_answer(evaluation, i, &kept, kept.count++);
    }
    if (!status)
        *metrics = evaluation_measure(&kept);
    free(kept.labels);
    free(kept.probabilities);
    free(kept.shared);
    return status;
}

int evaluation_write(const Evaluation *evaluation, const char *path, Error *error) {
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    fputs("face,label,called,shared", writer.stream);
    for (int e = 0; e < EMOTION_COUNT; e++)
        fprintf(writer.stream, ",%s", emotions[e].name);
    fputc('\n', writer.stream);
    for (uint32_t i = 0; i < evaluation->count; i++) {
        const float *row = evaluation->probabilities + (size_t)i * EMOTION_COUNT;
        fprintf(writer.stream, "%u,%s,%s,%d", evaluation->indices[i],
                emotions[evaluation->labels[i]].name, emotions[emotion_most_probable(row)].name,
                evaluation->shared[i]);
        for (int e = 0; e < EMOTION_COUNT; e++)
            number_print(writer.stream, ",%.6f", (double)row[e]);
        fputc('\n', writer.stream);
    }
    return file_commit(&writer, error);
}
