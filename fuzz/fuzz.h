/*
 * fuzz.h - what every fuzz target has: the entry point that libFuzzer, AFL++
 * and replay.c call, and a check that stays on in every build.
 */
#ifndef SF_FUZZ_H
#define SF_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Says what did not hold, and ends the process so that an engine sees it. */
#define FUZZ_CHECK(holds)                                                      \
	do {                                                                   \
		if (!(holds)) {                                                \
			fprintf(stderr, "%s:%d: does not hold: %s\n",          \
			    __FILE__, __LINE__, #holds);                       \
			abort();                                               \
		}                                                              \
	} while (0)

/* Always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
