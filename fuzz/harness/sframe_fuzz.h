/*
 * sframe_fuzz.h - five functions to fill in, and an implementation of SFrame
 * (RFC 9605) in C or C++ is under libFuzzer, AFL++ or honggfuzz. README.md
 * beside this file says how to build.
 *
 * Every function may be called with anything. To refuse is fine; to crash, to
 * read or write where it must not, and to take a forgery is what is looked for.
 */
#ifndef SFRAME_FUZZ_H
#define SFRAME_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SFF_REFUSED (-1L)

/* A context of a suite (IANA number); NULL when there is no such suite. */
void *sff_new(unsigned suite);
void sff_free(void *context);

/* A key for sending or for receiving; 0, or SFF_REFUSED. */
long sff_key(
    void *context, int sending, uint64_t kid, const uint8_t *base, size_t n);

/* Octets of the frame (header, ciphertext, tag) in out, or SFF_REFUSED. out has
   room for n and 64 octets more. */
long sff_seal(void *context, uint64_t kid, const uint8_t *meta, size_t n_meta,
    const uint8_t *pt, size_t n, uint8_t *out);

/* Octets of plaintext in out, which has room for n, or SFF_REFUSED. */
long sff_open(void *context, const uint8_t *meta, size_t n_meta,
    const uint8_t *ct, size_t n, uint8_t *out);

/* Octets of the header, with its numbers, or SFF_REFUSED; SFF_NO_HEADER where
   the implementation has no such function. */
#define SFF_NO_HEADER (-2L)
long sff_header(const uint8_t *in, size_t n, uint64_t *kid, uint64_t *ctr);

#ifdef __cplusplus
}
#endif

#endif
