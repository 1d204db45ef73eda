/*
 * What fuzzers share: each is a program of clang's libFuzzer.
 *
 *     tests/fuzz/run 300       all of them, for five minutes each
 *     build-fuzz/tests/fuzz/head_fuzz NEW tests/fuzz/corpus/head
 *
 * NEW is a folder for the inputs that lead somewhere new.  script/test runs
 * them for seconds.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(true_here)                                                        \
	do {                                                                   \
		if (!(true_here)) {                                            \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,       \
			    __LINE__, #true_here);                             \
			abort();                                               \
		}                                                              \
	} while (0)

/* A place to cut these bytes in two: any, but the same for the same bytes. */
static inline size_t
fuzz_cut(const uint8_t *data, size_t size)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ data[i]) * 16777619u;
	return size == 0 ? 0 : hash % (size + 1);
}

#endif
