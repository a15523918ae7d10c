/*
 * dialect.h - the formats that end-to-end encrypted media is sent in, and what
 * one frame says when it is read as one of them.
 */
#ifndef SF_DIALECT_H
#define SF_DIALECT_H

#include <stdbool.h>
#include <stdint.h>

enum sf_dialect {
	SF_DIALECT_NONE, /* nothing can be said: null in JSON */
#define DIALECT(id, name, who, told, lacks, opened) SF_DIALECT_##id,
#include "engine/dialect/dialects.def"
#undef DIALECT
	SF_DIALECTS
};

/* A row of dialects.def. All strings static. */
struct sf_dialect_row {
	const char *name;  /* token of the contract */
	const char *who;   /* speaks it */
	const char *told;  /* by what, without keys */
	const char *lacks; /* against RFC 9605; "" for nothing */
	bool opened;       /* with keys in its own form */
};

/* NULL for SF_DIALECT_NONE. */
const struct sf_dialect_row *sf_dialect_row(enum sf_dialect d);
const char *sf_dialect_name(enum sf_dialect d);
/* SF_DIALECT_NONE when there is no such token. */
enum sf_dialect sf_dialect_by_name(const char *name);

/* The header of RFC 9605, wherever it stands. */
bool sf_dialect_is_rfc9605(enum sf_dialect d);
/* A format of its own: neither RFC 9605 nor clear nor unknown. */
bool sf_dialect_is_other(enum sf_dialect d);
/* Key ids name keys of all senders (SFrame and its drafts). In the others each
   sender counts its own from zero. */
bool sf_dialect_shares_kids(enum sf_dialect d);

#define SF_CLEAR_UNKNOWN (-1)

/* What a frame says of its key and its nonce. */
struct sf_sight {
	uint64_t
	    kid; /* key index, epoch, ratchet step; 0 where there is none */
	uint64_t ctr;     /* as sent; 0 where there is none */
	uint64_t nonce;   /* hash of all that the nonce is made of */
	uint64_t steady;  /* hash of what is the same in every frame */
	uint32_t body;    /* octets behind it, where they are asked for */
	uint32_t source;  /* counters of two sources are two counters */
	uint32_t stamp;   /* RTP timestamp in the IV */
	uint32_t rtp;     /* and that of the packets */
	uint32_t modulus; /* CTR counts modulo this; 0: it never wraps */
	int16_t
	    clear; /* octets in the clear at the head, or SF_CLEAR_UNKNOWN */
	uint8_t
	    octets;  /* that hold all this: a trailer, or a header at clear */
	bool behind; /* a trailer */
	bool has_kid, has_ctr;
	bool has_nonce; /* a nonce twice under one KID is reuse */
	bool rises;     /* CTR never falls while KID and source stay */
};

#endif
