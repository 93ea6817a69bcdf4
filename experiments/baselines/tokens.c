/* tokens DIR CACHE: what counting foretells of held-out music, as JSON: nats a token, for each
 * corpus and for all, of a token's frequency after none, one or two tokens before it. Counts come
 * from the training pieces and are interpolated as by Witten and Bell ("The zero-frequency
 * problem", 1991): p(w | h) = (n(hw) + t(h) p(w | h')) / (n(h) + t(h)), where h' is h without its
 * first token, n counts occurrences and t(h) the different tokens seen after h. */
#include "datasets/corpus/music_corpus.h"
#include "datasets/music/music_tokens.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ORDERS = 3, V = MUSIC_VOCABULARY };

/* What follows each context of so many tokens (0, 1, 2), the latest being its last digit to base V.
 */
typedef struct Order {
    uint32_t *counts;    /* (contexts, V) */
    uint32_t *total;     /* (contexts) */
    uint16_t *different; /* (contexts) */
} Order;

typedef struct Score {
    double nats[ORDERS];
    long long tokens;
} Score;

static int create(Order orders[ORDERS], Error *error) {
    size_t contexts = 1;
    for (int o = 0; o < ORDERS; o++, contexts *= V) {
        orders[o].counts = calloc(contexts * V, sizeof *orders[o].counts);
        orders[o].total = calloc(contexts, sizeof *orders[o].total);
        orders[o].different = calloc(contexts, sizeof *orders[o].different);
        if (!orders[o].counts || !orders[o].total || !orders[o].different)
            return error_memory(error, "the counts", contexts * V * sizeof *orders[o].counts);
    }
    return 0;
}

static void destroy(Order orders[ORDERS]) {
    for (int o = 0; o < ORDERS; o++) {
        free(orders[o].counts);
        free(orders[o].total);
        free(orders[o].different);
    }
}

/* The contexts of token i: none, the one before it, the two before it. */
static void contexts_of(const MusicPiece *piece, int i, size_t contexts[ORDERS]) {
    contexts[0] = 0;
    contexts[1] = piece->tokens[i - 1];
    contexts[2] = (size_t)piece->tokens[i > 1 ? i - 2 : 0] * V + piece->tokens[i - 1];
}

static void count(Order orders[ORDERS], const MusicPiece *piece) {
    for (int i = 1; i < piece->count; i++) {
        size_t contexts[ORDERS];
        contexts_of(piece, i, contexts);
        for (int o = 0; o < ORDERS; o++) {
            uint32_t *seen = &orders[o].counts[contexts[o] * V + piece->tokens[i]];
            orders[o].different[contexts[o]] += !*seen;
            orders[o].total[contexts[o]]++;
            ++*seen;
        }
    }
}

static void score(const Order orders[ORDERS], const MusicPiece *piece, Score *result) {
    for (int i = 1; i < piece->count; i++) {
        size_t contexts[ORDERS];
        contexts_of(piece, i, contexts);
        double p = 1.0 / V;
        for (int o = 0; o < ORDERS; o++) {
            double total = orders[o].total[contexts[o]],
                   different = orders[o].different[contexts[o]];
            if (total > 0)
                p = (orders[o].counts[contexts[o] * V + piece->tokens[i]] + different * p) /
                    (total + different);
            result->nats[o] -= log(p);
        }
        result->tokens++;
    }
}

static void print_score(const char *name, const Score *result) {
    printf("\"%s\": {\"tokens\": %lld, \"nats\": [", name, result->tokens);
    for (int o = 0; o < ORDERS; o++)
        printf("%s%.4f", o ? ", " : "", result->nats[o] / (double)result->tokens);
    printf("]}");
}

static int measure(const MusicCorpus *corpus, Error *error) {
    Order orders[ORDERS] = {{0}};
    int n_corpora = corpus->catalogue->n_corpora;
    Score all = {.tokens = 0}, *each = calloc((size_t)n_corpora, sizeof *each);
    int status = each ? create(orders, error) : error_memory(error, "the scores", sizeof *each);
    for (int i = 0; !status && i < corpus->n_pieces; i++)
        if (corpus->pieces[i].entry->split == MUSIC_TRAIN)
            count(orders, &corpus->pieces[i]);
    for (int i = 0; !status && i < corpus->n_pieces; i++)
        if (corpus->pieces[i].entry->split == MUSIC_TEST) {
            score(orders, &corpus->pieces[i], &each[corpus->pieces[i].entry->corpus]);
            score(orders, &corpus->pieces[i], &all);
        }
    if (!status && !all.tokens)
        status = error_set(error, "there is no piece to test on");
    if (!status) {
        printf("{");
        for (int c = 0; c < n_corpora; c++)
            if (each[c].tokens) {
                print_score(corpus->catalogue->corpora[c], &each[c]);
                printf(", ");
            }
        print_score("all", &all);
        printf("}\n");
    }
    destroy(orders);
    free(each);
    return status;
}

int main(int argc, char **argv) {
    Error error = {{0}};
    if (argc != 3) {
        fprintf(stderr, "usage: tokens DIR CACHE\n");
        return EXIT_FAILURE;
    }
    MusicCorpus *corpus =
        music_corpus_open(argv[1], &(MusicCorpusSettings){.cache = argv[2]}, &error);
    int status = corpus ? measure(corpus, &error) : -1;
    music_corpus_free(corpus);
    if (status)
        fprintf(stderr, "tokens: %s\n", error.message);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
