/* lead_model.h: a trained network that writes lead sheets (datasets/music/lead_sheet.h). */
#ifndef INFER_MUSIC_LEAD_MODEL_H
#define INFER_MUSIC_LEAD_MODEL_H

#include "datasets/music/lead_sheet.h"
#include "nn/models/sequence_step.h"

typedef struct LeadModel LeadModel;

/* Loads a model file, or (NULL) the shipped one. Fails on a file of another network or language.
 * Free with lead_model_destroy. */
LeadModel *lead_model_load(const char *path, Error *error);
void lead_model_destroy(LeadModel *model);

/* The file it was loaded from. */
const char *lead_model_name(const LeadModel *model);
const SequenceLstm *lead_model_network(const LeadModel *model);

#endif
