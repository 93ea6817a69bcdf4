#ifdef HAVE_MPI
#    include "train/parallel/mpi_team.h"

#    include "nn/base/clock.h"
#    include "train/loop/half.h"

#    include <mpi.h>
#    include <sched.h>
#    include <stdio.h>
#    include <stdlib.h>
#    include <string.h>
#    include <time.h>

enum { TAG_MEETING = 1, TAG_BLOCK, TAG_SUM, TAG_GATHER, TAGS, DEFAULT_TIMEOUT = 1800 };

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

/* A piece of a sum. Each member adds up one segment of it, then hands that to all others: every
 * value is added once, in the order of the tree, and no member sends or receives more than the
 * others. */
typedef struct Piece {
    size_t first, count;
    bool half;
    enum { BLOCKS_UNDER_WAY, SUMS_UNDER_WAY, COMPLETE } stage;
    int left;           /* messages of this stage */
    float *values;      /* (all blocks, segment): of this member's segment */
    uint16_t *out, *in; /* with half: what is sent and received */
    size_t room;        /* bytes of `values` */
} Piece;

struct MpiTeam {
    TrainTeam team;
    double timeout;
    bool fast;
    Word *words;           /* (size) of the last meeting */
    MPI_Request *requests; /* those under way */
    int *peers;            /* of each, whom it waits for, or SOMEBODY */
    int *owners;           /* of each, the piece that it belongs to, or NO_PIECE */
    int n, room;
    /* The sum under way: */
    int shards, n_blocks, n_all;
    TreeBlock blocks[TREE_BLOCKS], *all; /* this member's; everyone's, in order, twice */
    float *sum;
    Piece *pieces;
    int n_pieces, pieces_room;
    int first_left;
    bool lost; /* a member does not answer, or this one cannot */
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

enum { NO_PIECE = -1, SOMEBODY = -1 };

static MPI_Request *new_request(MpiTeam *mpi, int peer, int owner, Error *error) {
    if (mpi->n == mpi->room) {
        int room = mpi->room * 2 + 16;
        MPI_Request *requests = realloc(mpi->requests, (size_t)room * sizeof *requests);
        if (requests)
            mpi->requests = requests;
        int *peers = realloc(mpi->peers, (size_t)room * sizeof *peers);
        if (peers)
            mpi->peers = peers;
        int *owners = realloc(mpi->owners, (size_t)room * sizeof *owners);
        if (owners)
            mpi->owners = owners;
        if (!requests || !peers || !owners) {
            error_memory(error, "messages", (size_t)room * sizeof *requests);
            return NULL;
        }
        mpi->room = room;
    }
    mpi->peers[mpi->n] = peer;
    mpi->owners[mpi->n] = owner;
    if (owner != NO_PIECE)
        mpi->pieces[owner].left++;
    return &mpi->requests[mpi->n++];
}

/* A tag that no other piece uses. */
static int tag_of(int owner, int tag) {
    return (owner - NO_PIECE) * TAGS + tag;
}

static int send(MpiTeam *mpi, int to, int owner, int tag, const void *data, size_t bytes,
                Error *error) {
    MPI_Request *request = new_request(mpi, to, owner, error);
    if (owner != NO_PIECE)
        mpi->team.bytes_sent += (double)bytes;
    return request ? check(MPI_Isend(data, (int)bytes, MPI_BYTE, to, tag_of(owner, tag),
                                     MPI_COMM_WORLD, request),
                           error)
                   : -1;
}

static int receive(MpiTeam *mpi, int from, int owner, int tag, void *data, size_t bytes,
                   Error *error) {
    MPI_Request *request = new_request(mpi, from, owner, error);
    return request ? check(MPI_Irecv(data, (int)bytes, MPI_BYTE, from, tag_of(owner, tag),
                                     MPI_COMM_WORLD, request),
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
        if (done && mpi->owners[i] != NO_PIECE)
            mpi->pieces[mpi->owners[i]].left--;
        if (done)
            continue;
        mpi->requests[left] = mpi->requests[i];
        mpi->owners[left] = mpi->owners[i];
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
    if (!count) /* MPI does not say for whom a sum of its own waits */
        mpi->first_left = mpi->team.rank;
    return error_set(error,
                     "no answer for %.0f seconds from %s%s; --resume continues with any number of "
                     "processes",
                     waited,
                     count > 1 ? "processes "
                     : count   ? "process "
                               : "another process",
                     names);
}

/* A failure of this member alone, for which the others would wait: its end ends them, and it says
 * why. */
static int fail_alone(MpiTeam *mpi) {
    if (!mpi->lost)
        mpi->first_left = mpi->team.rank;
    mpi->lost = true;
    return -1;
}

static int move_on(MpiTeam *mpi, Error *error);

/* Waits until all messages have come or gone. */
static int wait_for_all(MpiTeam *mpi, double sleep_after, Error *error) {
    double started = clock_seconds();
    for (;;) {
        if (look(mpi, error) || move_on(mpi, error))
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
            status = receive(mpi, other, NO_PIECE, TAG_MEETING, &mpi->words[other], sizeof(Word),
                             error) ||
                     send(mpi, other, NO_PIECE, TAG_MEETING, mine, sizeof *mine, error);
    if (status || wait_for_all(mpi, SLEEP_AT_MEETING, error)) {
        if (failure)
            error_set(error, "%s", mine->message);
        return fail_alone(mpi);
    }
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
        int peer = from == mpi->team.rank ? SOMEBODY : from;
        MPI_Request *request = new_request(mpi, peer, NO_PIECE, error);
        if (!request ||
            check(MPI_Ibcast((char *)data + done, (int)count, MPI_BYTE, from, MPI_COMM_WORLD,
                             request),
                  error) ||
            wait_for_all(mpi, SLEEP_AT_MEETING, error))
            return fail_alone(mpi);
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

/* Room for what this member sends and receives of a piece. */
static int make_room(MpiTeam *mpi, Piece *piece, Error *error) {
    size_t size = segment_size(mpi, piece->count, mpi->team.rank),
           received = (size_t)mpi->n_all * size * sizeof *piece->values,
           packed = ((size_t)mpi->n_blocks * piece->count + (size_t)mpi->n_all * size +
                     2 * piece->count) *
                    sizeof *piece->out,
           bytes = received + (piece->half ? packed : 0);
    if (bytes > piece->room) {
        free(piece->values);
        piece->values = malloc(bytes);
        piece->room = piece->values ? bytes : 0;
        if (!piece->values)
            return error_memory(error, "the others' gradients", bytes);
    }
    piece->out = (uint16_t *)((char *)piece->values + received);
    piece->in = piece->out + ((size_t)mpi->n_blocks + 1) * piece->count;
    return 0;
}

/* Sends a part of this member's values to another; `at` is a place in `out`. */
static int send_values(MpiTeam *mpi, int index, int to, int tag, const float *values, size_t count,
                       size_t at, Error *error) {
    const Piece *piece = &mpi->pieces[index];
    if (!piece->half)
        return send(mpi, to, index, tag, values, count * sizeof *values, error);
    half_pack(values, count, piece->out + at);
    return send(mpi, to, index, tag, piece->out + at, count * sizeof *piece->out, error);
}

static int receive_values(MpiTeam *mpi, int index, int from, int tag, float *values, size_t count,
                          size_t at, Error *error) {
    const Piece *piece = &mpi->pieces[index];
    return piece->half
               ? receive(mpi, from, index, tag, piece->in + at, count * sizeof *piece->in, error)
               : receive(mpi, from, index, tag, values, count * sizeof *values, error);
}

/* Begins to collect all blocks of this member's segment, in order. */
static int exchange_blocks(MpiTeam *mpi, int index, Error *error) {
    const Piece *piece = &mpi->pieces[index];
    int rank = mpi->team.rank, at = 0;
    size_t size = segment_size(mpi, piece->count, rank);
    for (int other = 0; other < mpi->team.size; other++) {
        int theirs =
            tree_blocks(team_shards(&mpi->team, other, mpi->shards), (TreeBlock[TREE_BLOCKS]){{0}});
        size_t start = segment_start(mpi, piece->count, other),
               count = segment_size(mpi, piece->count, other);
        for (int i = 0; other != rank && i < mpi->n_blocks; i++)
            if (send_values(mpi, index, other, TAG_BLOCK,
                            mpi->blocks[i].values + piece->first + start, count,
                            (size_t)i * piece->count + start, error))
                return -1;
        for (int i = 0; i < theirs; i++, at++)
            if (other != rank &&
                receive_values(mpi, index, other, TAG_BLOCK, piece->values + (size_t)at * size,
                               size, (size_t)at * size, error))
                return -1;
    }
    return 0;
}

/* All blocks have come: adds up this member's segment, and begins to exchange the segments. */
static int exchange_sums(MpiTeam *mpi, int index, Error *error) {
    const Piece *piece = &mpi->pieces[index];
    int rank = mpi->team.rank, mine = 0;
    size_t start = segment_start(mpi, piece->count, rank),
           size = segment_size(mpi, piece->count, rank);
    float *sum = mpi->sum + piece->first;
    for (int at = 0; at < mpi->n_all; at++) {
        bool own = mine < mpi->n_blocks && mpi->all[at].first == mpi->blocks[mine].first;
        float *values = piece->values + (size_t)at * size;
        if (!own && piece->half)
            half_unpack(piece->in + (size_t)at * size, size, values);
        mpi->all[at].values = own ? mpi->blocks[mine++].values + piece->first + start : values;
    }
    TreeBlock *blocks = mpi->all + mpi->n_all; /* tree_sum joins them */
    memcpy(blocks, mpi->all, (size_t)mpi->n_all * sizeof *blocks);
    memcpy(sum + start, tree_sum(blocks, mpi->n_all, size, piece->half), size * sizeof *sum);
    size_t out = (size_t)mpi->n_blocks * piece->count;
    for (int other = 0; other < mpi->team.size; other++)
        if (other != rank &&
            (receive_values(mpi, index, other, TAG_SUM,
                            sum + segment_start(mpi, piece->count, other),
                            segment_size(mpi, piece->count, other),
                            segment_start(mpi, piece->count, other), error) ||
             send_values(mpi, index, other, TAG_SUM, sum + start, size, out, error)))
            return -1;
    return 0;
}

static void take_sums(MpiTeam *mpi, const Piece *piece) {
    for (int other = 0; other < mpi->team.size && piece->half; other++)
        if (other != mpi->team.rank)
            half_unpack(piece->in + segment_start(mpi, piece->count, other),
                        segment_size(mpi, piece->count, other),
                        mpi->sum + piece->first + segment_start(mpi, piece->count, other));
}

/* Takes pieces whose messages have come to their next stage. */
static int move_on(MpiTeam *mpi, Error *error) {
    for (int i = 0; i < mpi->n_pieces; i++) {
        Piece *piece = &mpi->pieces[i];
        if (piece->left || piece->stage == COMPLETE)
            continue;
        if (piece->stage++ == SUMS_UNDER_WAY)
            take_sums(mpi, piece);
        else if (exchange_sums(mpi, i, error))
            return -1;
    }
    return 0;
}

static int sum_begin(void *context, int shards, const TreeBlock *blocks, int n, float *sum,
                     Error *error) {
    MpiTeam *mpi = context;
    int n_all = 0;
    for (int other = 0; other < mpi->team.size; other++)
        n_all += tree_blocks(team_shards(&mpi->team, other, shards), (TreeBlock[TREE_BLOCKS]){{0}});
    free(mpi->all);
    mpi->all = malloc((size_t)(2 * n_all + TREE_BLOCKS) * sizeof *mpi->all);
    if (!mpi->all) {
        error_memory(error, "blocks", (size_t)n_all * sizeof *mpi->all);
        return fail_alone(mpi);
    }
    for (int other = 0, at = 0; other < mpi->team.size; other++)
        at += tree_blocks(team_shards(&mpi->team, other, shards), mpi->all + at);
    memcpy(mpi->blocks, blocks, (size_t)n * sizeof *blocks);
    mpi->shards = shards;
    mpi->n_blocks = n;
    mpi->n_all = n_all;
    mpi->sum = sum;
    mpi->n_pieces = 0;
    return 0;
}

/* This member's shards in the order of the tree; then as MPI likes. */
static int begin_fast(MpiTeam *mpi, int index, Error *error) {
    Piece *piece = &mpi->pieces[index];
    TreeBlock blocks[TREE_BLOCKS];
    for (int i = 0; i < mpi->n_blocks; i++) {
        blocks[i] = mpi->blocks[i];
        blocks[i].values += piece->first;
    }
    const float *own = tree_sum(blocks, mpi->n_blocks, piece->count, piece->half);
    piece->stage = SUMS_UNDER_WAY;
    mpi->team.bytes_sent += 2.0 * (double)piece->count * sizeof *own * (mpi->team.size - 1) /
                            mpi->team.size; /* of a ring; MPI chooses */
    MPI_Request *request = new_request(mpi, SOMEBODY, index, error);
    return request ? check(MPI_Iallreduce(own, mpi->sum + piece->first, (int)piece->count,
                                          MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD, request),
                           error)
                   : -1;
}

static int begin_piece(MpiTeam *mpi, size_t first, size_t count, bool half, Error *error) {
    if (mpi->n_pieces == mpi->pieces_room) {
        int room = mpi->pieces_room * 2 + 8;
        Piece *pieces = realloc(mpi->pieces, (size_t)room * sizeof *pieces);
        if (!pieces)
            return error_memory(error, "pieces of a sum", (size_t)room * sizeof *pieces);
        memset(pieces + mpi->pieces_room, 0, (size_t)(room - mpi->pieces_room) * sizeof *pieces);
        mpi->pieces = pieces;
        mpi->pieces_room = room;
    }
    Piece *piece = &mpi->pieces[mpi->n_pieces];
    piece->first = first;
    piece->count = count;
    piece->half = half && !mpi->fast;
    piece->stage = BLOCKS_UNDER_WAY;
    piece->left = 0;
    if (mpi->fast)
        return begin_fast(mpi, mpi->n_pieces++, error);
    return make_room(mpi, piece, error) || exchange_blocks(mpi, mpi->n_pieces++, error) ? -1 : 0;
}

static int sum_piece(void *context, size_t first, size_t count, bool half, Error *error) {
    MpiTeam *mpi = context;
    return begin_piece(mpi, first, count, half, error) ? fail_alone(mpi) : 0;
}

static int sum_poll(void *context, Error *error) {
    MpiTeam *mpi = context;
    return look(mpi, error) || move_on(mpi, error) ? fail_alone(mpi) : 0;
}

static int sum_end(void *context, Error *error) {
    MpiTeam *mpi = context;
    double started = clock_seconds();
    int status = wait_for_all(mpi, SLEEP_AT_SUM, error);
    mpi->team.seconds_waited += clock_seconds() - started;
    return status ? fail_alone(mpi) : 0;
}

/* Each member's numbers travel with a last one that says whether it has failed. */
static int gather_packed(MpiTeam *mpi, int shards, size_t size, const double *mine, double *packed,
                         int *counts, Error *error) {
    int rank = mpi->team.rank, members = mpi->team.size, at = 0;
    Shards here = team_shards(&mpi->team, rank, shards);
    size_t own = ((size_t)(here.last - here.first) * size + 1) * sizeof *mine;
    for (int i = 0; i < members; at += counts[i++]) {
        Shards theirs = team_shards(&mpi->team, i, shards);
        counts[i] = (theirs.last - theirs.first) * (int)size + 1;
        counts[members + i] = at;
        if (i == rank)
            memcpy(packed + at, mine, own);
        else if (receive(mpi, i, NO_PIECE, TAG_GATHER, packed + at,
                         (size_t)counts[i] * sizeof *packed, error) ||
                 send(mpi, i, NO_PIECE, TAG_GATHER, mine, own, error))
            return -1;
    }
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
    return status < 0 ? fail_alone(mpi) : status;
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
    free(started->owners);
    free(started->all);
    for (int i = 0; i < started->pieces_room; i++)
        free(started->pieces[i].values);
    free(started->pieces);
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
    mpi->team = (TrainTeam){.context = mpi,
                            .meet = meet,
                            .sum_begin = sum_begin,
                            .sum_piece = sum_piece,
                            .sum_poll = sum_poll,
                            .sum_end = sum_end,
                            .gather = gather,
                            .broadcast = broadcast};
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
    mpi->fast = fast;
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
