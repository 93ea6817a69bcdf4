/* threads.h: the threads of a program. A library leaves them to its host: only commands and other
 * programs of this project call it. */
#ifndef NN_BASE_THREADS_H
#define NN_BASE_THREADS_H

/* Sets the number of threads of all parallel loops that the calling thread enters from here on: 0
 * leaves one per processor (or OMP_NUM_THREADS). OpenBLAS is set to a single thread, since
 * operators split their work themselves. */
void threads_use(int threads);

#endif
