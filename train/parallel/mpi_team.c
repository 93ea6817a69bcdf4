#ifdef HAVE_MPI
#    include "train/parallel/mpi_team.h"

#    include "nn/base/clock.h"

#    include <mpi.h>
#    include <sched.h>
#    include <stdio.h>
#    include <stdlib.h>
#    include <string.h>
#    include <time.h>

enum { TAG_MEETING = 1, TAG_BLOCK, TAG_SUM, TAG_COPY, DEFAULT_TIMEOUT = 1800 };

/* Seconds of waiting after which a process sleeps between its looks. Sums are on their way and come
 * soon; at a meeting somebody may still be computing, and the processor be needed. */
#    define SLEEP_AT_MEETING 100e-6
#    define SLEEP_AT_SUM     20e-3

/* What each member says at a meeting. */
typedef struct Word {
    int failed;
    unsigned flags;
    char host[64];
    char message[sizeof((Error *)NULL)->message];
} Word;

struct MpiTeam {
    TrainTeam team;
    double timeout;
    Word *words;           /* (size) of the last meeting */
    MPI_Request *requests; /* those under way */
    int *peers;            /* of each, whom it waits for */
    int n, room;
    float *blocks; /* received */
    size_t blocks_room;
    int first_left;
    bool lost; /* a member does not answer */
};

/* ------------------------------------------------------------------ waiting */

static int check(int code, Error *error) {
    if (code == MPI_SUCCESS)
        return 0;
    char text[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    MPI_Error_string(code, text, &length);
    return error_set(error, "MPI: %s", text);
}

static MPI_Request *new_request(MpiTeam *mpi, int peer, Error *error) {
    if (mpi->n == mpi->room) {
        int room = mpi->room * 2 + 16;
        MPI_Request *requests = realloc(mpi->requests, (size_t)room * sizeof *requests);
        if (requests)
            mpi->requests = requests;
        int *peers = realloc(mpi->peers, (size_t)room * sizeof *peers);
        if (peers)
            mpi->peers = peers;
        if (!requests || !peers) {
            error_memory(error, "messages", (size_t)room * sizeof *requests);
            return NULL;
        }
        mpi->room = room;
    }
    mpi->peers[mpi->n] = peer;
    return &mpi->requests[mpi->n++];
}

static int send(MpiTeam *mpi, int to, int tag, const void *data, size_t bytes, Error *error) {
    MPI_Request *request = new_request(mpi, to, error);
    return request ? check(MPI_Isend(data, (int)bytes, MPI_BYTE, to, tag, MPI_COMM_WORLD, request),
                           error)
                   : -1;
}

static int receive(MpiTeam *mpi, int from, int tag, void *data, size_t bytes, Error *error) {
    MPI_Request *request = new_request(mpi, from, error);
    return request
               ? check(MPI_Irecv(data, (int)bytes, MPI_BYTE, from, tag, MPI_COMM_WORLD, request),
                       error)
               : -1;
}

/* Looks at each message; those that have come leave the list. */
static int look(MpiTeam *mpi, Error *error) {
    int left = 0, status = 0;
    for (int i = 0; i < mpi->n; i++) {
        int done = 0;
        if (!status)
            status = check(MPI_Test(&mpi->requests[i], &done, MPI_STATUS_IGNORE), error);
        if (done)
            continue;
        mpi->requests[left] = mpi->requests[i];
        mpi->peers[left++] = mpi->peers[i];
    }
    mpi->n = left;
    return status;
}

/* Says which members the messages still wait for. */
static int name_missing(MpiTeam *mpi, double waited, Error *error) {
    char names[512] = "";
    int count = 0;
    mpi->lost = true;
    mpi->first_left = -1;
    for (int rank = 0; rank < mpi->team.size; rank++) {
        bool missing = false;
        for (int i = 0; i < mpi->n; i++)
            missing |= mpi->peers[i] == rank;
        size_t used = strlen(names);
        if (missing)
            snprintf(names + used, sizeof names - used, "%s%d on %s", count++ ? ", " : "", rank,
                     *mpi->words[rank].host ? mpi->words[rank].host : "(unknown)");
        else if (mpi->first_left < 0)
            mpi->first_left = rank;
    }
    return error_set(error,
                     "no answer for %.0f seconds from process%s %s; the last checkpoint is intact, "
                     "and --resume continues from it with any number of processes",
                     waited, count > 1 ? "es" : "", names);
}

/* Waits until all messages have come or gone. */
static int wait_for_all(MpiTeam *mpi, double sleep_after, Error *error) {
    double started = clock_seconds();
    for (;;) {
        if (look(mpi, error))
            return -1;
        if (!mpi->n)
            return 0;
        double waited = clock_seconds() - started;
        if (waited > mpi->timeout)
            return name_missing(mpi, waited, error);
        if (waited > sleep_after)
            nanosleep(&(struct timespec){0, 50000}, NULL);
        else
            sched_yield();
    }
}

/* ------------------------------------------------------------------ what the loop calls */

static int meet(void *context, const char *failure, unsigned *flags, Error *error) {
    MpiTeam *mpi = context;
    int rank = mpi->team.rank, size = mpi->team.size, status = 0;
    Word *mine = &mpi->words[rank];
    mine->failed = failure != NULL;
    mine->flags = *flags;
    snprintf(mine->message, sizeof mine->message, "%s", failure ? failure : "");
    for (int other = 0; other < size && !status; other++)
        if (other != rank)
            status = receive(mpi, other, TAG_MEETING, &mpi->words[other], sizeof(Word), error) ||
                     send(mpi, other, TAG_MEETING, mine, sizeof *mine, error);
    if (status || wait_for_all(mpi, SLEEP_AT_MEETING, error))
        return -1;
    for (int other = 0; other < size; other++) {
        const Word *word = &mpi->words[other];
        *flags |= word->flags;
        if (word->failed)
            return other == rank
                       ? error_set(error, "%s", word->message)
                       : error_set(error, "process %d on %s: %s", other, word->host, word->message);
    }
    return 0;
}

static int broadcast(void *context, int from, void *data, size_t bytes, Error *error) {
    MpiTeam *mpi = context;
    enum { PIECE = 1 << 28 };
    for (size_t done = 0; done < bytes; done += PIECE) {
        size_t count = bytes - done < PIECE ? bytes - done : PIECE;
        MPI_Request *request = new_request(mpi, from, error);
        if (!request ||
            check(MPI_Ibcast((char *)data + done, (int)count, MPI_BYTE, from, MPI_COMM_WORLD,
                             request),
                  error) ||
            wait_for_all(mpi, SLEEP_AT_MEETING, error))
            return -1;
    }
    return 0;
}

/* Where a member's segment of a sum begins. */
static size_t segment_start(const MpiTeam *mpi, size_t count, int rank) {
    return count / (size_t)mpi->team.size * (size_t)rank +
           (rank == mpi->team.size ? count % (size_t)mpi->team.size : 0);
}

static size_t segment_size(const MpiTeam *mpi, size_t count, int rank) {
    return segment_start(mpi, count, rank + 1) - segment_start(mpi, count, rank);
}

static float *make_room(MpiTeam *mpi, size_t count, Error *error) {
    if (count > mpi->blocks_room) {
        free(mpi->blocks);
        mpi->blocks = malloc(count * sizeof *mpi->blocks);
        mpi->blocks_room = mpi->blocks ? count : 0;
        if (!mpi->blocks)
            error_memory(error, "the others' gradients", count * sizeof *mpi->blocks);
    }
    return mpi->blocks;
}

/* Gathers all blocks of this member's segment, in order. */
static int exchange_blocks(MpiTeam *mpi, int shards, const TreeBlock *blocks, int n, size_t count,
                           TreeBlock *all, int n_all, Error *error) {
    int rank = mpi->team.rank, at = 0;
    size_t size = segment_size(mpi, count, rank);
    float *room = make_room(mpi, (size_t)n_all * size, error);
    if (!room)
        return -1;
    for (int other = 0; other < mpi->team.size; other++) {
        int theirs = tree_blocks(team_shards(&mpi->team, other, shards), all + at);
        size_t start = segment_start(mpi, count, other),
               bytes = segment_size(mpi, count, other) * sizeof(float);
        for (int i = 0; other != rank && i < n; i++)
            if (send(mpi, other, TAG_BLOCK, blocks[i].values + start, bytes, error))
                return -1;
        for (int i = 0; i < theirs; i++, at++) {
            all[at].values = other == rank ? blocks[i].values + start : room + (size_t)at * size;
            if (other != rank &&
                receive(mpi, other, TAG_BLOCK, all[at].values, size * sizeof(float), error))
                return -1;
        }
    }
    return wait_for_all(mpi, SLEEP_AT_SUM, error);
}

/* Each member adds up one segment of the vector, then hands it to all others: every value is added
 * once, in the order of the tree, and no member sends or receives more than the others. */
static int reduce(void *context, int shards, TreeBlock *blocks, int n, size_t count, float *sum,
                  Error *error) {
    MpiTeam *mpi = context;
    int rank = mpi->team.rank, n_all = 0;
    for (int other = 0; other < mpi->team.size; other++)
        n_all += tree_blocks(team_shards(&mpi->team, other, shards), (TreeBlock[TREE_BLOCKS]){{0}});
    TreeBlock *all = malloc((size_t)(n_all + TREE_BLOCKS) * sizeof *all);
    if (!all)
        return error_memory(error, "blocks", (size_t)n_all * sizeof *all);
    int status = exchange_blocks(mpi, shards, blocks, n, count, all, n_all, error);
    size_t start = segment_start(mpi, count, rank), size = segment_size(mpi, count, rank);
    if (!status)
        memcpy(sum + start, tree_sum(all, n_all, size), size * sizeof *sum);
    free(all);
    for (int other = 0; other < mpi->team.size && !status; other++)
        if (other != rank)
            status = receive(mpi, other, TAG_SUM, sum + segment_start(mpi, count, other),
                             segment_size(mpi, count, other) * sizeof *sum, error) ||
                     send(mpi, other, TAG_SUM, sum + start, size * sizeof *sum, error);
    return status ? -1 : wait_for_all(mpi, SLEEP_AT_SUM, error);
}

/* This member's shards in the order of the tree; then as MPI likes. */
static int reduce_fast(void *context, int shards, TreeBlock *blocks, int n, size_t count,
                       float *sum, Error *error) {
    MpiTeam *mpi = context;
    (void)shards;
    MPI_Request *request = new_request(mpi, mpi->team.rank, error);
    if (!request || check(MPI_Iallreduce(tree_sum(blocks, n, count), sum, (int)count, MPI_FLOAT,
                                         MPI_SUM, MPI_COMM_WORLD, request),
                          error))
        return -1;
    return wait_for_all(mpi, SLEEP_AT_SUM, error);
}

/* Each member's numbers travel with a last one that says whether it has failed. */
static int gather_packed(MpiTeam *mpi, int shards, size_t size, const double *mine, double *packed,
                         int *counts, Error *error) {
    int rank = mpi->team.rank, members = mpi->team.size, at = 0;
    for (int i = 0; i < members; at += counts[i++]) {
        Shards theirs = team_shards(&mpi->team, i, shards);
        counts[i] = (theirs.last - theirs.first) * (int)size + 1;
        counts[members + i] = at;
    }
    MPI_Request *request = new_request(mpi, rank, error);
    if (!request || check(MPI_Iallgatherv(mine, counts[rank], MPI_DOUBLE, packed, counts,
                                          counts + members, MPI_DOUBLE, MPI_COMM_WORLD, request),
                          error))
        return -1;
    return wait_for_all(mpi, SLEEP_AT_SUM, error);
}

static int unpack(const MpiTeam *mpi, const double *packed, const int *counts, double *all) {
    int failed = 0;
    for (int i = 0; i < mpi->team.size; i++) {
        int values = counts[i] - 1;
        failed |= packed[counts[mpi->team.size + i] + values] != 0;
        if (all)
            memcpy(all, packed + counts[mpi->team.size + i], (size_t)values * sizeof *all);
        all = all ? all + values : NULL;
    }
    return failed;
}

static int gather(void *context, int shards, bool failed, size_t size, const double *own,
                  double *all, Error *error) {
    MpiTeam *mpi = context;
    Shards here = team_shards(&mpi->team, mpi->team.rank, shards);
    size_t mine = (size_t)(here.last - here.first) * size,
           total = (size_t)shards * size + (size_t)mpi->team.size;
    double *packed = malloc((mine + 1 + total) * sizeof *packed);
    int *counts = malloc((size_t)mpi->team.size * 2 * sizeof *counts), status = -1;
    if (packed && counts) {
        if (failed)
            memset(packed, 0, mine * sizeof *packed);
        else
            memcpy(packed, own, mine * sizeof *packed);
        packed[mine] = failed;
        status = gather_packed(mpi, shards, size, packed, packed + mine + 1, counts, error);
        if (!status)
            status = unpack(mpi, packed + mine + 1, counts, failed ? NULL : all);
    } else {
        error_memory(error, "sums of all shards", (mine + 1 + total) * sizeof *packed);
    }
    free(packed);
    free(counts);
    return status;
}

/* ------------------------------------------------------------------ beginning and end */

static MpiTeam *started; /* for the end of the process */

/* Where a member does not answer, MPI's own end would wait for it. */
static void finish(void) {
    if (!started->lost) {
        MPI_Finalize();
    } else {
        if (started->team.rank != started->first_left)
            nanosleep(&(struct timespec){2, 0}, NULL); /* until the message has been printed */
        MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
    }
    free(started->words);
    free(started->requests);
    free(started->peers);
    free(started->blocks);
    free(started);
}

MpiTeam *mpi_team_start(Error *error) {
    int provided, length = 0;
    MpiTeam *mpi = calloc(1, sizeof *mpi);
    if (!mpi) {
        error_memory(error, "a team", sizeof *mpi);
        return NULL;
    }
    if (check(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided), error)) {
        free(mpi);
        return NULL;
    }
    started = mpi;
    atexit(finish);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    mpi->timeout = DEFAULT_TIMEOUT;
    mpi->team = (TrainTeam){
        .context = mpi, .meet = meet, .reduce = reduce, .gather = gather, .broadcast = broadcast};
    MPI_Comm_rank(MPI_COMM_WORLD, &mpi->team.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &mpi->team.size);
    mpi->words = calloc((size_t)mpi->team.size, sizeof *mpi->words);
    if (!mpi->words) {
        error_memory(error, "a team", (size_t)mpi->team.size * sizeof *mpi->words);
        return NULL;
    }
    char host[MPI_MAX_PROCESSOR_NAME] = "";
    MPI_Get_processor_name(host, &length);
    snprintf(mpi->words[mpi->team.rank].host, sizeof mpi->words->host, "%.63s", host);
    return mpi;
}

TrainTeam *mpi_team_of(MpiTeam *mpi) {
    return &mpi->team;
}

void mpi_team_set(MpiTeam *mpi, double timeout, bool fast) {
    mpi->timeout = timeout;
    mpi->team.reduce = fast ? reduce_fast : reduce;
}

int mpi_team_neighbours(MpiTeam *mpi) {
    MPI_Comm node;
    int size = 1, rank = 0, same = 0;
    cpu_set_t mine;
    CPU_ZERO(&mine);
    if (sched_getaffinity(0, sizeof mine, &mine) ||
        MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, mpi->team.rank, MPI_INFO_NULL,
                            &node) != MPI_SUCCESS)
        return 1;
    MPI_Comm_size(node, &size);
    MPI_Comm_rank(node, &rank);
    cpu_set_t *all = malloc((size_t)size * sizeof *all);
    if (all && MPI_Allgather(&mine, sizeof mine, MPI_BYTE, all, sizeof mine, MPI_BYTE, node) ==
                   MPI_SUCCESS)
        for (int i = 0; i < size; i++)
            same += CPU_EQUAL(&mine, &all[i]) != 0;
    free(all);
    MPI_Comm_free(&node);
    return same ? same : 1;
}

int mpi_team_first_left(const MpiTeam *mpi) {
    return mpi->first_left;
}
#endif
