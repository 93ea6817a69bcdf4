/* memory.h: how much memory the process has held, as Linux tells it. */
#ifndef NN_BASE_MEMORY_H
#define NN_BASE_MEMORY_H

#include <stddef.h>

/* The most bytes resident since the start or the last memory_forget_peak; 0 where the system does
 * not tell. */
size_t memory_peak(void);
/* Starts anew from what is held now, where the system can. */
void memory_forget_peak(void);

#endif
