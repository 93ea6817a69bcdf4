#include "train/loop/team.h"

Shards team_shards(const TrainTeam *team, int rank, int count) {
    int size = team ? team->size : 1;
    return (Shards){shard_start(count, rank, size), shard_start(count, rank + 1, size), count};
}

/* After a call that failed nothing more can be said to the others. */
static int end_when_failed(TrainTeam *team, int status) {
    if (status)
        team->over = true;
    return status;
}

int team_meet(TrainTeam *team, int status, unsigned *flags, Error *error) {
    if (!team || team->over)
        return status;
    unsigned none = 0;
    Error unsaid = {"(unknown)"};
    const char *failure = status ? (error ? error : &unsaid)->message : NULL;
    return end_when_failed(team, team->meet(team->context, failure, flags ? flags : &none, error));
}

int team_follow(TrainTeam *team, int status, void *data, size_t bytes, Error *error) {
    if (team_meet(team, status, NULL, error) || status)
        return -1;
    return team ? end_when_failed(team, team->broadcast(team->context, 0, data, bytes, error)) : 0;
}

int team_follow_values(TrainTeam *team, Parameters *parameters, Error *error) {
    int status = 0;
    for (int i = 0; team && parameters && !status && i < parameters_count(parameters); i++) {
        Tensor *tensor = &parameters_at(parameters, i)->tensor;
        status = team->broadcast(team->context, 0, tensor->data,
                                 tensor_count(tensor) * sizeof(float), error);
    }
    return team ? end_when_failed(team, status) : 0;
}

int team_gather_rows(TrainTeam *team, int shards, Parameters *parameters, Error *error) {
    int status = 0;
    for (int i = 0; team && parameters && i < parameters_count(parameters); i++) {
        Tensor *tensor = &parameters_at(parameters, i)->tensor;
        int rows = tensor->shape.size[0];
        size_t width = tensor_count(tensor) / (size_t)rows;
        for (int rank = 0; !status && rank < team->size; rank++) {
            Shards theirs = team_shards(team, rank, shards);
            size_t first = (size_t)shard_start(rows, theirs.first, shards),
                   last = (size_t)shard_start(rows, theirs.last, shards);
            status = team->broadcast(team->context, rank, tensor->data + first * width,
                                     (last - first) * width * sizeof(float), error);
        }
    }
    return team ? end_when_failed(team, status) : 0;
}

int team_gather(TrainTeam *team, int shards, bool failed, size_t size, const double *own,
                double *all, Error *error) {
    int status = team->gather(team->context, shards, failed, size, own, all, error);
    team->over |= status < 0;
    return status;
}
