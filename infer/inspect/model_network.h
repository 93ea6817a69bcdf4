/* model_network.h: the network, or other learnt function, that a model file holds. */
#ifndef INFER_INSPECT_MODEL_NETWORK_H
#define INFER_INSPECT_MODEL_NETWORK_H

#include "nn/io/safetensors.h"

typedef struct ModelNetwork {
    /* An object: `arch`, of networks `parameters` and `multiply_adds`, and of an image classifier
     * `summary`, `classes`, `size`, `mean`, `std`, `temperature`, `floor`; an LSTM `vocabulary`,
     * `conditions`, `embedding`, `hidden`, `layers`; a detector `width`, `mean`, `std`; landmarks
     * these, `points` and `size`; a mood model `sources`, each with `songs` and `features`; trees
     * `trees`, `nodes`, `columns`, `classes`. Null where the kind is unknown. */
    json_t *json;
    char *text; /* the same in lines that begin with a name in 14 columns; "" where unknown */
} ModelNetwork;

/* Loads what the open file of that path holds, by its metadata's `kind`, and describes it. Fails
 * where a file of a known kind is damaged. Free with model_network_free. */
int model_network_describe(const SafetensorsFile *file, const char *path, ModelNetwork *network,
                           Error *error) MUST_CHECK;
void model_network_free(ModelNetwork *network);

#endif
