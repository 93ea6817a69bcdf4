/* threads.h: the threads of a program. A library leaves them to its host: only commands and other
 * programs of this project call this. */
#ifndef NN_BASE_THREADS_H
#define NN_BASE_THREADS_H

/* How many threads the parallel loops take, from here on: 0 leaves one for each processor (or
 * OMP_NUM_THREADS). OpenBLAS takes none of its own, since operators split their work themselves. */
void threads_use(int threads);

#endif
