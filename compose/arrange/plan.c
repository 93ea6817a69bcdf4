#include "compose/arrange/plan.h"

#include <stdio.h>
#include <string.h>

enum { SHORT_PIECE = 24, LETTERS = 3 };

/* Orders of sections that go round where a piece is longer; the first is begun most often. */
static const char *const orders[] = {"AABACABA", "AABAABCA", "ABACABAA", "AABBACAA"};
enum { ORDERS = sizeof orders / sizeof *orders, ROUND = 8 };

static char letter_of(const char *order, int section, int n_sections) {
    bool last = section == n_sections - 1;
    return last && n_sections > 2 ? 'A' : order[section % ROUND];
}

static void name_section(PlanSection *section, char letter, int times) {
    int n = 0;
    section->name[n++] = letter;
    for (int i = 0; i < times && n < PLAN_NAME - 1; i++)
        section->name[n++] = '\'';
    section->name[n] = 0;
}

/* The first A is calm, B and C are full, and so is the last section of a piece with several. */
static int fullness(char letter, int times, bool last) {
    if (letter != 'A' || (last && times > 1))
        return 2;
    return times ? 1 : 0;
}

static void fill_bars(Plan *plan, int index, int original, Cadence end) {
    const PlanSection *section = &plan->sections[index];
    enum { PHRASE = 4, REPEATED = 2 };
    for (int b = 0; b < section->bars; b++) {
        PlanBar *bar = &plan->bars[section->first + b];
        bool ends = b == section->bars - 1;
        *bar = (PlanBar){.section = index, .source = -1};
        if (original >= 0 && !ends)
            bar->source = plan->sections[original].first + b;
        else if (original < 0 && b >= PHRASE && b < PHRASE + REPEATED)
            bar->source = section->first + b - PHRASE;
        if (ends)
            bar->cadence = end != CADENCE_NONE ? end
                           : original < 0 && index + 1 < plan->n_sections && index % 2 == 0
                               ? CADENCE_HALF
                               : CADENCE_FULL;
        else if (b == PHRASE - 1 && section->bars > PHRASE)
            bar->cadence = CADENCE_HALF;
        if (bar->cadence >= CADENCE_FULL && b > 0)
            plan->bars[section->first + b - 1].prepares = true;
    }
}

void plan_make(Plan *plan, int n_bars, bool loops, Rng rng) {
    int length = n_bars < SHORT_PIECE ? 4 : 8, first_of[LETTERS] = {-1, -1, -1},
        times[LETTERS] = {0};
    uint32_t drawn = rng_below(rng, 0, 2 * ORDERS);
    const char *order = orders[drawn < ORDERS ? drawn : 0];
    memset(plan, 0, sizeof *plan);
    plan->n_bars = n_bars;
    plan->n_sections = (n_bars + length - 1) / length;
    for (int s = 0; s < plan->n_sections; s++) {
        PlanSection *section = &plan->sections[s];
        bool last = s == plan->n_sections - 1;
        char letter = letter_of(order, s, plan->n_sections);
        int l = letter - 'A';
        section->first = s * length;
        section->bars = last ? n_bars - section->first : length;
        section->fullness = fullness(letter, times[l], last);
        name_section(section, letter, times[l]++);
        fill_bars(plan, s, first_of[l],
                  !last   ? CADENCE_NONE
                  : loops ? CADENCE_HALF
                          : CADENCE_FINAL);
        first_of[l] = first_of[l] < 0 ? s : first_of[l];
    }
}
