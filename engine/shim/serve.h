/*
 * serve.h - this library behind SFS/1: answers requests, line by line. It is
 * the shim of our own implementation, and what others are compared with.
 */
#ifndef SF_SERVE_H
#define SF_SERVE_H

#include "engine/session/replay.h"
#include "engine/session/session.h"

#define SF_SERVE_CONTEXTS 64
#define SF_SERVE_NAME     32 /* octets of a context's name */

struct sf_serve;

struct sf_serve *sf_serve_new(const struct sf_crypto *c); /* or NULL */
void sf_serve_free(struct sf_serve *s);                   /* NULL is fine */

/*
 * The reply to one request, both without their line ends. It stays good until
 * the next call. *bye is set when that was the last request. Empty without
 * memory.
 */
struct sf_bytes sf_serve_answer(
    struct sf_serve *s, struct sf_bytes line, bool *bye);

#endif
