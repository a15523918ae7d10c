/*
 * pcapng_out.h - a pcapng file in the making (draft-ietf-opsawg-pcapng): one
 * little-endian section, Ethernet interfaces, nanoseconds.
 */
#ifndef SF_PCAPNG_OUT_H
#define SF_PCAPNG_OUT_H

#include <stdio.h>

#include "engine/packet.h"

/* The section header. application may be NULL. */
void sf_pcapng_out_section(FILE *f, const char *application);

/* Interfaces are numbered from 0, in the order in which they are written. */
void sf_pcapng_out_interface(FILE *f, const char *name);

struct sf_pcapng_out_packet {
	uint32_t interface;
	int64_t time_ns; /* before 1970 it becomes 0 */
	enum sf_direction direction;
	struct sf_bytes octets;
	size_t original;      /* octets that it had */
	const char *comment;  /* NULL: none */
	struct sf_bytes carried; /* carried.h; empty: none */
};

/* What the capturing side of an interface lost, up to a time. */
void sf_pcapng_out_lost(
    FILE *f, uint32_t interface, int64_t time_ns, uint64_t packets);

/* What is known of packets that are not written (carried.h). */
void sf_pcapng_out_totals(FILE *f, struct sf_bytes totals);

/* Whether all could be written, ferror() tells in the end. */
void sf_pcapng_out_packet(FILE *f, const struct sf_pcapng_out_packet *p);

#endif
