/*
 * diag.h - how a parse ended, and where.
 */
#ifndef SF_DIAG_H
#define SF_DIAG_H

#include <stddef.h>

#define SF_MUST_USE __attribute__((warn_unused_result))

/* How a parse ended. Zero is the only success. */
enum sf_status {
	SF_OK = 0,
	SF_SHORT,       /* the input ended inside a field */
	SF_MALFORMED,   /* a value that leaves the rest without meaning */
	SF_UNSUPPORTED, /* well formed, but not something we decode */
	SF_LIMIT        /* over a limit of ours, not of the protocol */
};

/* Where and why a parse stopped. All zero after SF_OK. */
struct sf_diag {
	enum sf_status status;
	size_t at;         /* octets from the start of the parser's input */
	size_t missing;    /* SF_SHORT: octets that were not there */
	const char *field; /* static string, e.g. "csrc list" */
	const char *ref;   /* static string, e.g. "RFC 3550 5.1" */
};

#endif
