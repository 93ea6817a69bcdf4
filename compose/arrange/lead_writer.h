/* lead_writer.h: draws a lead sheet bar by bar from the network, along a plan.
 *
 * The network proposes; the plan and the cues lead it: bars that return are written from the
 * earlier ones with small changes, chords keep to the key but for surprises, change as often as the
 * cues say, and come home at cadences; the melody keeps a range, prefers chord notes on the beat,
 * and its last note is the tonic's. What was taken over is read by the network, too, so that it
 * goes on from there. */
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

/* The octaves to add to a written melody so that it lies where the cues want it; the writer itself
 * stays where the network's melodies lie. */
int lead_octave(const Cues *cues);

#endif
