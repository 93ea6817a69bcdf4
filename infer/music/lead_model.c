#include "infer/music/lead_model.h"

#include "infer/models/shipped.h"

#include <stdio.h>
#include <stdlib.h>

struct LeadModel {
    char name[512];
    SequenceLstm *network;
};

static int read_file(LeadModel *model, const SafetensorsFile *file, Error *error) {
    snprintf(model->name, sizeof model->name, "%s", safetensors_name(file));
    if (lead_language_check(file, error) || !(model->network = sequence_lstm_load(file, error)))
        return -1;
    const SequenceLstmInfo *info = sequence_lstm_info(model->network);
    if (info->vocabulary != LEAD_VOCABULARY || info->conditions != LEAD_FEATURES)
        return error_set(error, "%s: the model has %d tokens and %d conditions, expected %d and %d",
                         model->name, info->vocabulary, info->conditions, LEAD_VOCABULARY,
                         LEAD_FEATURES);
    return 0;
}

LeadModel *lead_model_load(const char *path, Error *error) {
    char shipped[SHIPPED_PATH];
    const char *chosen = shipped_or(path, SHIPPED_LEAD, shipped, error);
    SafetensorsFile *file = chosen ? safetensors_open(chosen, error) : NULL;
    if (!file)
        return NULL;
    LeadModel *model = calloc(1, sizeof *model);
    int status = model ? read_file(model, file, error)
                       : error_memory(error, "a model of lead sheets", sizeof *model);
    safetensors_close(file);
    if (!status)
        return model;
    lead_model_destroy(model);
    return NULL;
}

void lead_model_destroy(LeadModel *model) {
    if (!model)
        return;
    sequence_lstm_destroy(model->network);
    free(model);
}

const char *lead_model_name(const LeadModel *model) {
    return model->name;
}

const SequenceLstm *lead_model_network(const LeadModel *model) {
    return model->network;
}
