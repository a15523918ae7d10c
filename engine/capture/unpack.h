/*
 * unpack.h - compression around an input, taken off as it is read: gzip and
 * zstd, told by their first octets. Internal to engine/capture/source.c;
 * each library is included by one file, unpack/gzip.c or unpack/zstd.c.
 */
#ifndef SF_UNPACK_H
#define SF_UNPACK_H

#include <sys/types.h>

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_unpacker {
	const char *name; /* "gzip" */
	const uint8_t *magic;
	size_t magic_octets;
	void *(*open)(void); /* NULL: no memory */

	/*
	 * Takes octets off the front of *in and writes at most room to `to`;
	 * returns how many. 0 asks for more input, unless last says that there
	 * is none: then it is the end. -1 and *d: it cannot go on.
	 */
	ssize_t (*run)(void *state, struct sf_bytes *in, bool last, uint8_t *to,
	    size_t room, struct sf_diag *d);
	void (*close)(void *state);
};

extern const struct sf_unpacker sf_unpacker_gzip;
extern const struct sf_unpacker sf_unpacker_zstd;

#endif
