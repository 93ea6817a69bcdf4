#include "nn/core/joint.h"

/* How the step goes so far: after a failure here the others wait for this process's sums, and have
 * to be told instead. */
typedef enum Course { GOOD, FAILED, FAILED_AND_TOLD, OTHERS_FAILED } Course;

static Course course_of(int status) {
    return status ? FAILED : GOOD;
}

/* Collects the sums of all parts for a node. */
static Course collect(const Joint *joint, int node, bool backward, Course course, double **all,
                      Error *error) {
    size_t size = (size_t)tape_node(joint->tapes[0], node)->n_sums;
    double *own = tape_alloc(joint->tapes[0], (size_t)joint->n * size * sizeof *own);
    *all = joint->gather ? tape_alloc(joint->tapes[0], (size_t)joint->count * size * sizeof **all)
                         : own;
    if (!course && (!own || !*all))
        course = course_of(tape_check(joint->tapes[0], error));
    for (int i = 0; i < joint->n && !course; i++)
        course = course_of(
            tape_sum_part(joint->tapes[i], node, backward, own + (size_t)i * size, error));
    if (!joint->gather)
        return course;
    Error unused;
    int status =
        joint->gather(joint->context, course != GOOD, size, own, *all, course ? &unused : error);
    return course || status < 0 ? FAILED_AND_TOLD : status ? OTHERS_FAILED : GOOD;
}

/* Runs a node on all parts, or after a failure tells the others where they wait. */
static Course run(const Joint *joint, int node, bool backward, Course course, Error *error) {
    double *all = NULL;
    if (tape_node(joint->tapes[0], node)->n_sums && tape_is_training(joint->tapes[0]))
        course = collect(joint, node, backward, course, &all, error);
    for (int i = 0; i < joint->n && !course; i++)
        course = course_of(tape_run(joint->tapes[i], node, backward,
                                    (PartSums){all, joint->count, joint->first + i}, error));
    return course;
}

int joint_step(const Joint *joint, Error *error) {
    int nodes = tape_node_count(joint->tapes[0]);
    for (int i = 0; i < joint->n; i++) {
        if (tape_check(joint->tapes[i], error))
            return -1;
        if (tape_node_count(joint->tapes[i]) != nodes)
            return error_set(error, "parts of a batch: %d operators and %d", nodes,
                             tape_node_count(joint->tapes[i]));
    }
    Course course = GOOD;
    for (int node = 0; node < nodes && course <= FAILED; node++)
        course = run(joint, node, false, course, error);
    if (!course && joint->between)
        course = course_of(joint->between(joint->context, error));
    for (int i = 0; i < joint->n && !course; i++)
        course = course_of(tape_begin_backward(joint->tapes[i], joint->losses[i], error));
    for (int node = nodes; node-- > 0 && course <= FAILED;)
        course = run(joint, node, true, course, error);
    return course == OTHERS_FAILED ? 1 : course ? -1 : 0;
}
