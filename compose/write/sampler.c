#include "compose/write/sampler.h"

#include "nn/kernels/vector_math.h"

typedef struct Candidate {
    float weight; /* its logit, then its unnormalised probability */
    int token;
} Candidate;

bool sampler_is_guided(const SamplerSettings *settings) {
    return settings->guidance != 1;
}

void sampler_guide(float guidance, float *conditional, const float *unconditional, int n) {
    for (int i = 0; i < n; i++)
        conditional[i] = unconditional[i] + guidance * (conditional[i] - unconditional[i]);
}

/* Likeliest first; among equals the lower token, so that the order is the only one. */
static bool before(Candidate a, Candidate b) {
    return a.weight > b.weight || (a.weight == b.weight && a.token < b.token);
}

/* The candidates are a heap, the likeliest on top: of some four hundred only the few of the nucleus
 * are ever taken, so sorting them all would be waste. */
static void sink(Candidate *heap, int count, int i) {
    for (int child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && before(heap[child + 1], heap[child]))
            child++;
        if (!before(heap[child], heap[i]))
            return;
        Candidate swapped = heap[i];
        heap[i] = heap[child];
        heap[child] = swapped;
    }
}

static Candidate take(Candidate *heap, int *count) {
    Candidate top = heap[0];
    heap[0] = heap[--*count];
    sink(heap, *count, 0);
    return top;
}

/* Turns logits into exp((logit - the greatest) / temperature), which keeps the heap's order;
 * returns their sum. */
static double weigh(Candidate *heap, int count, float temperature) {
    float weights[SAMPLER_MOST_TOKENS], greatest = heap[0].weight;
    for (int i = 0; i < count; i++)
        weights[i] = (heap[i].weight - greatest) / temperature;
    KERNELS(vector_math)->exp(weights, weights, count);
    double total = 0;
    for (int i = 0; i < count; i++) {
        heap[i].weight = weights[i];
        total += (double)weights[i];
    }
    return total;
}

int sampler_draw(const SamplerSettings *settings, const float *logits, const uint8_t *allowed,
                 int n, float chance) {
    Candidate heap[SAMPLER_MOST_TOKENS], nucleus[SAMPLER_MOST_TOKENS];
    int count = 0, kept = 0;
    for (int token = 0; token < n; token++)
        if (allowed[token])
            heap[count++] = (Candidate){.weight = logits[token], .token = token};
    for (int i = count / 2 - 1; i >= 0; i--)
        sink(heap, count, i);
    if (settings->temperature <= 0 || count == 1)
        return heap[0].token;
    double enough = (double)settings->top_p * weigh(heap, count, settings->temperature), sum = 0;
    while (count > 0 && (kept == 0 || sum < enough)) {
        nucleus[kept] = take(heap, &count);
        sum += (double)nucleus[kept++].weight;
    }
    double left = (double)chance * sum;
    for (int i = 0; i < kept - 1; i++) {
        left -= (double)nucleus[i].weight;
        if (left < 0)
            return nucleus[i].token;
    }
    return nucleus[kept - 1].token;
}
