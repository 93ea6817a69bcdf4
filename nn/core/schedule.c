#include "nn/core/schedule.h"

#include <math.h>
#include <stddef.h>

const char *const schedule_names[] = {"constant", "step", "cosine", "plateau", NULL};

float schedule_rate(const Schedule *schedule, int64_t step) {
    if (step < schedule->warmup)
        return schedule->base * (float)(step + 1) / (float)(schedule->warmup + 1);
    switch (schedule->kind) {
    case SCHEDULE_CONSTANT:
        break;
    case SCHEDULE_STEP:
        return schedule->base *
               powf(schedule->factor, (float)(step / (schedule->every > 0 ? schedule->every : 1)));
    case SCHEDULE_COSINE: {
        int64_t length = schedule->total - schedule->warmup, position = step - schedule->warmup;
        double progress = length > 0 && position < length ? (double)position / (double)length : 1;
        return schedule->floor +
               (schedule->base - schedule->floor) * (float)(0.5 * (1 + cos(M_PI * progress)));
    }
    case SCHEDULE_PLATEAU: {
        float rate = schedule->base * (schedule->scored ? schedule->scale : 1);
        return rate > schedule->floor ? rate : schedule->floor;
    }
    }
    return schedule->base;
}

void schedule_score(Schedule *schedule, float score) {
    if (!schedule->scored) {
        schedule->scored = true;
        schedule->scale = 1;
        schedule->best = score;
    } else if (score > schedule->best) {
        schedule->best = score;
        schedule->waited = 0;
    } else if (++schedule->waited > schedule->patience) {
        schedule->scale *= schedule->factor;
        schedule->waited = 0;
    }
}
