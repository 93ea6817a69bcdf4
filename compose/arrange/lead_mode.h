/* lead_mode.h: a bar of a lead sheet in the other mode, on the same tonic.
 *
 * So a theme survives a change of mood: third, sixth and seventh of the scale move, and the chords
 * with them (a dominant stays one; what is not of the key stays as it is). */
#ifndef COMPOSE_ARRANGE_LEAD_MODE_H
#define COMPOSE_ARRANGE_LEAD_MODE_H

#include "datasets/music/lead_sheet.h"

/* `places` as lead_places has it. */
void lead_bar_to_mode(LeadBar *bar, int places, bool minor);

#endif
