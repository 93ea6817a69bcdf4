/* lead_mode.h: converts a bar of a lead sheet to the other mode, on the same tonic.
 *
 * So a theme survives a change of mood: the third, sixth and seventh degrees move, and the chords
 * with them (a dominant stays a dominant; notes outside the key are unchanged). */
#ifndef COMPOSE_ARRANGE_LEAD_MODE_H
#define COMPOSE_ARRANGE_LEAD_MODE_H

#include "datasets/music/lead_sheet.h"

void lead_bar_to_mode(LeadBar *bar, LeadMeter meter, bool minor);

#endif
