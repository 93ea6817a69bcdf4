/* io_faults.h: a disk that fails, for tests of what must survive it.
 *
 *     io_faults_begin(2);
 *     ck_assert_int_eq(file_commit(&writer, &error), -1);
 *     io_faults_end();
 *
 * The test runner replaces fsync, linkat and rename by functions that note each call and pass on,
 * or fail. Writing itself fails by a limit on the sizes of files. */
#ifndef TESTS_SUPPORT_IO_FAULTS_H
#define TESTS_SUPPORT_IO_FAULTS_H

/* From here on calls are noted, and the `nth` (1, 2 …) fails with EIO; 0: none does. */
void io_faults_begin(int nth);
void io_faults_end(void);

/* The calls since io_faults_begin, in order: "sync file; link; rename; sync folder; ". */
const char *io_faults_calls(void);

/* From here on no file of this process grows beyond `bytes`: a write beyond fails with EFBIG. Check
 * itself writes files, so end it before asserting. */
void io_faults_limit_size(unsigned long bytes);
void io_faults_unlimit_size(void);

#endif
