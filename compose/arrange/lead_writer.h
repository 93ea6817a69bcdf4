/* lead_writer.h: draws a lead sheet bar by bar from the network, along a plan.
 *
 * The network proposes, guided by the plan and the cues: bars that return are written from the
 * earlier ones with small changes; chords stay in the key except for surprises, change at the cues'
 * rate, and resolve at cadences; the melody keeps within a range, prefers chord notes on the beat,
 * and ends on the tonic. The network also reads the repeated bars, and continues from them. */
#ifndef COMPOSE_ARRANGE_LEAD_WRITER_H
#define COMPOSE_ARRANGE_LEAD_WRITER_H

#include "compose/arrange/cues.h"
#include "compose/arrange/plan.h"
#include "compose/write/sampler.h"
#include "datasets/music/lead_sheet.h"
#include "nn/models/sequence_step.h"

typedef struct LeadWish {
    const Plan *plan;
    LeadHead head;
    SamplerSettings sampler; /* guidance is not used */
    double bar_seconds;
    int given;   /* so many bars stand in the sheet already: a tune to be continued */
    bool melody; /* all melodies stand in the sheet already: chords for them are written */
    Rng rng;
} LeadWish;

/* Writes bars one after the other into a sheet of plan->n_bars (caller's; n_bars, head and what is
 * given are set). The step and the wish must outlive it. Free with lead_writer_destroy. */
typedef struct LeadWriter LeadWriter;
LeadWriter *lead_writer_create(SequenceStep *step, const LeadWish *wish, LeadSheet *sheet,
                               Error *error);
void lead_writer_destroy(LeadWriter *writer);

/* Writes the next bar. */
void lead_writer_bar(LeadWriter *writer, const Cues *cues);
/* The mean log-likelihood of the tokens that were drawn, under the network alone. */
double lead_writer_likelihood(const LeadWriter *writer);

/* The octaves to add to a written melody to reach the cues' range; the writer itself stays in the
 * range of the network's melodies. */
int lead_octave(const Cues *cues);

#endif
