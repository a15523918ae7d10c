/*
 * way.h - one way that frames may be made in: how a frame is read, and how one
 * follows from another. Each is worth a number of bits, which is how seldom
 * other octets do the same.
 */
#ifndef SF_DIALECT_WAY_H
#define SF_DIALECT_WAY_H

#include "engine/classify/record.h"

struct sf_way {
	enum sf_dialect dialect;
	/* Fills *out; false when the frame is not of this format. */
	bool (*read)(struct sf_sight *out, const struct sf_record *r);
	/* Bits for b coming some time after a; 0 when it does not. */
	double (*follow)(const struct sf_sight *a, const struct sf_sight *b);
	double alone;   /* bits for a frame that reads */
	unsigned least; /* frames, before anything is said */
};

/* From these bits on a frame that reads is of the stream's format, whether or
   not it follows. */
#define SF_WAY_STRONG 20

/* Ends with a row whose read is NULL; of formats that look alike the narrower
   one comes first. */
extern const struct sf_way sf_ways[];

/* The first row of a format, which may have several; the last, which reads
   nothing, when there is none. */
const struct sf_way *sf_way_of(enum sf_dialect d);

/* The families. */
bool sf_read_livekit(struct sf_sight *out, const struct sf_record *r);
bool sf_read_livekit_go(struct sf_sight *out, const struct sf_record *r);
bool sf_read_jitsi(struct sf_sight *out, const struct sf_record *r);
bool sf_read_jitsi_v0(struct sf_sight *out, const struct sf_record *r);
double sf_follow_iv(const struct sf_sight *a, const struct sf_sight *b);
double sf_follow_kid(const struct sf_sight *a, const struct sf_sight *b);

bool sf_read_xor(struct sf_sight *out, const struct sf_record *r);
bool sf_read_xor_janus(struct sf_sight *out, const struct sf_record *r);
bool sf_read_dave(struct sf_sight *out, const struct sf_record *r);
bool sf_read_stream(struct sf_sight *out, const struct sf_record *r);
double sf_follow_dave(const struct sf_sight *a, const struct sf_sight *b);
double sf_follow_steady(const struct sf_sight *a, const struct sf_sight *b);

bool sf_read_ringrtc(struct sf_sight *out, const struct sf_record *r);
bool sf_read_threema(struct sf_sight *out, const struct sf_record *r);
bool sf_read_jitsi_ctr(struct sf_sight *out, const struct sf_record *r);
bool sf_read_whatsapp(struct sf_sight *out, const struct sf_record *r);
bool sf_read_double(struct sf_sight *out, const struct sf_record *r);
double sf_follow_ringrtc(const struct sf_sight *a, const struct sf_sight *b);
double sf_follow_threema(const struct sf_sight *a, const struct sf_sight *b);
double sf_follow_jitsi_ctr(const struct sf_sight *a, const struct sf_sight *b);
double sf_follow_whatsapp(const struct sf_sight *a, const struct sf_sight *b);
double sf_follow_double(const struct sf_sight *a, const struct sf_sight *b);

bool sf_read_gbp(struct sf_sight *out, const struct sf_record *r);
bool sf_read_counted_iv(struct sf_sight *out, const struct sf_record *r);
double sf_follow_gbp(const struct sf_sight *a, const struct sf_sight *b);
double sf_follow_counted_iv(const struct sf_sight *a, const struct sf_sight *b);
bool sf_read_iv_ends(struct sf_sight *out, const struct sf_record *r);
bool sf_read_iv_begins(struct sf_sight *out, const struct sf_record *r);
bool sf_read_iv_ends_low(struct sf_sight *out, const struct sf_record *r);
bool sf_read_iv_begins_low(struct sf_sight *out, const struct sf_record *r);
bool sf_read_iv_behind(struct sf_sight *out, const struct sf_record *r);
bool sf_read_iv_behind_begins(
    struct sf_sight *out, const struct sf_record *r);
bool sf_read_iv_behind_low(struct sf_sight *out, const struct sf_record *r);
bool sf_read_iv_behind_begins_low(
    struct sf_sight *out, const struct sf_record *r);
double sf_follow_iv_count(const struct sf_sight *a, const struct sf_sight *b);

bool sf_read_random_iv(struct sf_sight *out, const struct sf_record *r);

bool sf_read_wire(struct sf_sight *out, const struct sf_record *r);
bool sf_read_wire_bare(struct sf_sight *out, const struct sf_record *r);
bool sf_read_sora(struct sf_sight *out, const struct sf_record *r);
bool sf_read_mls(struct sf_sight *out, const struct sf_record *r);
bool sf_read_telegram(struct sf_sight *out, const struct sf_record *r);
double sf_follow_wire(const struct sf_sight *a, const struct sf_sight *b);
double sf_follow_wire_bare(const struct sf_sight *a, const struct sf_sight *b);

/* Of the frames that sf_read_xor() reads: are they from Janus's page? */
bool sf_xor_is_janus(const struct sf_record *recs, size_t n);

/* ---- what the families share (family.c) ---- */

/* The last octets of the frame, and the first. */
struct sf_bytes sf_way_tail(const struct sf_record *r);
struct sf_bytes sf_way_head(const struct sf_record *r);

/* Octets that LiveKit, Jitsi and most others leave in the clear: of audio 1, of
   VP8 10 or 3, of VP9 and AV1 none, of H.264 and H.265 up to the first slice
   and two octets of it. SF_CLEAR_UNKNOWN where that cannot be seen. */
int16_t sf_way_clear(const struct sf_record *r);

/* The same of H.264 and H.265, with all of the frame to look at. */
int16_t sf_way_clear_to_slice(struct sf_bytes frame, bool h265);

/* How far ctr went from a to b, counted modulo a's modulus. */
uint64_t sf_way_step(const struct sf_sight *a, const struct sf_sight *b);

#endif
