/*
 * parts.h - the subjects that RTP streams are made of; streams.c and these
 * files call each other, nobody else calls them.
 */
#ifndef SF_STREAMS_PARTS_H
#define SF_STREAMS_PARTS_H

#include <string.h>

#include "engine/base/hash.h"
#include "engine/streams/streams.h"

#define SF_SETTLED    16   /* packets that the payload format is guessed from */
#define SF_HELD_UNITS (2 * SF_SETTLED) /* and at most, of those held */
#define SF_DROPOUT    3000 /* numbers missed by loss: RFC 3550 A.1 */

/* A limit was reached here. */
void sf_streams_limit(
    struct sf_streams *s, enum sf_limit l, struct sf_place place);

/* ---- names.c: addresses and SSRC to track ---- */

/* The chain in which a name is. */
static inline uint32_t *
sf_track_bucket(struct sf_streams *s, const struct sf_track_key *k)
{
	uint64_t h = sf_hash(sf_bytes(k, sizeof(*k)));

	return &s->buckets[h & s->bucket_mask];
}

static inline struct sf_track *
sf_track_find(struct sf_streams *s, const struct sf_track_key *k)
{
	uint32_t at = *sf_track_bucket(s, k);

	while (at != 0) {
		struct sf_track_name *n = &s->names[at - 1];

		if (memcmp(&n->key, k, sizeof(*k)) == 0)
			return &s->tracks[n->track];
		at = n->next;
	}
	return NULL;
}

bool sf_track_add_name(
    struct sf_streams *s, const struct sf_track_key *k, struct sf_track *t);
void sf_track_drop_name(struct sf_streams *s, const struct sf_track_key *k);

/* The name under which a stream is found by its SSRC alone. */
struct sf_track_key sf_track_key_of(uint32_t ssrc);
void sf_track_name_ssrc(struct sf_streams *s, struct sf_track *t);

/* ---- held.c: packets that wait ---- */

/* index is from 1. */
struct sf_held *sf_held_at(struct sf_streams *s, uint32_t index);

/* Gives back the first one that the track holds. */
void sf_held_free(struct sf_streams *s, struct sf_track *t);

/* Keeps a copy in its place by sequence number; false when there is no slot. */
bool sf_held_add(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u);

/* Keeps a copy of one that belongs nowhere yet, in place of the last such. */
void sf_held_aside(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u);
void sf_held_drop_aside(struct sf_streams *s, struct sf_track *t);

/* ---- probation.c: is it RTP at all? ---- */

/* NULL when there is no room. */
struct sf_track *sf_probation_begin(
    struct sf_streams *s, const struct sf_track_key *k, struct sf_place place);
void sf_probation_feed(
    struct sf_streams *s, struct sf_track *t, struct sf_unit *u);
void sf_probation_leave(struct sf_streams *s, struct sf_track *t);

/* Gives a track on probation up: its packets were not RTP after all. */
void sf_probation_dismiss(struct sf_streams *s, struct sf_track *t);

/* No more packets: each track left is believed or given up. */
void sf_probation_settle(struct sf_streams *s);

/* ---- sdp.c: what SDP says of a stream ---- */

const struct sf_sdp_ssrc *sf_track_sdp_ssrc(
    const struct sf_sdp *sdp, uint32_t ssrc);

/* UNKNOWN when SDP does not list the type for the SSRC. */
enum sf_codec sf_track_sdp_codec(
    const struct sf_sdp *sdp, uint32_t ssrc, uint8_t pt);

/* Fills kind, codec and names; leaves alone what SDP does not say. */
void sf_track_apply_sdp(struct sf_streams *s, struct sf_track *t);

/* Does SDP say which media section it is in, and so which extensions it has? */
bool sf_track_sdp_lists(const struct sf_sdp *sdp, uint32_t ssrc, uint8_t pt);

/* MID and RID out of a header extension. */
void sf_track_note_extension(
    struct sf_streams *s, struct sf_track *t, const struct sf_rtp *rtp);

/* One packet, for what it tells beside the media. */
void sf_track_expose(
    struct sf_streams *s, struct sf_track *t, const struct sf_rtp *rtp);

/* Which header extensions the packet has. */
void sf_track_note_ids(struct sf_unit *u, const struct sf_rtp *rtp);

/* The extension that SDP gives dependency descriptors; 0: none. */
uint8_t sf_track_sdp_dependency(
    const struct sf_sdp *sdp, uint32_t ssrc, uint8_t pt);

/* ---- boundaries.c: frames by dependency descriptors ---- */

/* The payload does not tell, as that of codec: the packets held may, and those to
   come. */
void sf_boundaries_look_for(
    struct sf_streams *s, struct sf_track *t, enum sf_codec codec);

/* Remembers structures of layers, in whichever extension they may be. */
void sf_boundaries_glimpse(struct sf_boundaries *b, const struct sf_rtp *rtp);

/* Those of the extension that it turned out to be; NULL: none was seen. */
const struct sf_layers *sf_boundaries_layers(const struct sf_boundaries *b);

/* One packet. */
void sf_boundaries_note(
    struct sf_boundaries *b, struct sf_unit *u, const struct sf_rtp *rtp);

/* ---- framing.c: how SFrame lies in the packets ---- */

/* A packet's octets as if they were a frame. */
void sf_track_record(struct sf_record *r, const struct sf_unit *u);

/* Do SFrame headers behind that many octets run on? level: as sf_run_search(). */
bool sf_track_runs_on(
    const struct sf_record *recs, size_t n, uint8_t at, double level);

/* Do headers run on from the first octet of each packet held? */
bool sf_track_begins_with_headers(
    struct sf_streams *s, const struct sf_track *t);

/* From the headers of the packets held; CODEC when they show nothing. */
enum sf_framing sf_track_framing(
    struct sf_streams *s, const struct sf_track *t);

/* Of one packet, where the stream has that framing: a frame in the clear has no
   descriptor, and one behind a descriptor may follow clear ones. */
enum sf_framing sf_track_framing_of(
    struct sf_track *t, enum sf_framing framing, const struct sf_unit *u);

/* Would a stream with descriptors take this packet, the next, for one without? */
bool sf_track_turns_native(const struct sf_track *t, const struct sf_unit *u);
/* A descriptor as that of the first packet of a frame is: S, and nothing that is
   reserved. */
bool sf_track_is_start(const struct sf_unit *u);

/* ---- proof.c: few packets, and a key that opens them ---- */

/* Do keys open a frame of those that the packets held may make? believed: it is
   a stream without that. */
bool sf_proof_find(struct sf_streams *s, struct sf_track *t, bool believed);

/* Do keys open more of the packets held by themselves than as frames? */
bool sf_proof_slices(struct sf_streams *s, const struct sf_track *t);

/* What was found says how frames lie in the packets. */
void sf_proof_apply(struct sf_track *t);

/* ---- ssrcs.c: those that are known of ---- */

/* The CSRC list of a packet names some. */
void sf_ssrcs_note(struct sf_streams *s, const struct sf_rtp *rtp);

/* No more packets, and no frame is being judged: all of them are for the keys. */
void sf_ssrcs_gather(struct sf_streams *s);

/* ---- codec.c: which payload format, when nobody says ---- */

void sf_track_find_codec(struct sf_streams *s, struct sf_track *t);

/* Of a payload type that RFC 3551 gives away. */
enum sf_codec sf_codec_of_static(uint8_t pt);

/* ---- repair.c: streams that repeat others (RFC 4588) ---- */

/* The stream whose packets those held by t repeat; NULL: none. */
struct sf_track *sf_repair_find(struct sf_streams *s, const struct sf_track *t);

/* One packet of a repair stream: a copy, or one that is put back. */
void sf_repair_unit(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u);

/* One packet of a stream on probation, which may be a repair stream: puts it
   back if another stream misses it, and marks it as spent. */
void sf_repair_early(
    struct sf_streams *s, struct sf_track *t, struct sf_unit *u);

/* A stream that is believed just now: puts back what it misses of packets that
   streams on probation hold, in front of its first as well. */
void sf_repair_held(struct sf_streams *s, struct sf_track *of);

/* A stream on probation that has enough packets: does it repair another one there?
   Then that gets what it misses. NULL: none. */
struct sf_track *sf_repair_waiting(struct sf_streams *s, struct sf_track *t);

void sf_repair_finish(struct sf_streams *s, struct sf_track *t);

/* ---- inferred.c: names in header extensions that SDP does not list ---- */

/* One packet. */
void sf_words_note(struct sf_track *t, const struct sf_rtp *rtp);

/* The stream that x names, by the repaired RID, as what it repairs; NULL: none. */
struct sf_track *sf_inferred_repaired(
    struct sf_streams *s, const struct sf_track *x);

/* No more packets: streams get the names that show themselves. */
void sf_inferred_finish(struct sf_streams *s);

/* ---- simulcast.c: layers of one source ---- */

/* Were their frames captured at the same times, and those at no other? */
bool sf_simulcast_tick_as_one(
    const struct sf_track *a, const struct sf_track *b);

/* No more packets, and streams have their names. */
void sf_simulcast_finish(struct sf_streams *s);

/* ---- silent.c: streams announced and never sent ---- */

void sf_silent_finish(struct sf_streams *s);

/* ---- order.c: sequence numbers ---- */

/* A stream from here on; false when there is no room for one more. */
bool sf_track_believe(struct sf_streams *s, struct sf_track *t);

/* One packet of a believed stream; u->seq is the number as sent. */
void sf_track_feed(struct sf_streams *s, struct sf_track *t, struct sf_unit *u);

/* The same with its extended number, known to be new. */
void sf_track_accept(
    struct sf_streams *s, struct sf_track *t, struct sf_unit *u);

/* The 64-bit number: the run of 16 bits that is nearest the highest. */
uint64_t sf_track_extend(const struct sf_track *t, uint16_t seq);

/* No more waiting for what is missing in front of the first packet held, nor for
   others of its format. */
void sf_track_skip_gap(struct sf_streams *s, struct sf_track *t);

/* ---- deliver.c: packets in order to frames ---- */

void sf_track_deliver(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u);

/* A frame to whoever judges it, with the hash that the run asks for. */
void sf_track_give(
    struct sf_streams *s, struct sf_classifier *to, const struct sf_frame *f);

/* A packet in order; its frames are t's. */
void sf_track_judge(struct sf_streams *s, struct sf_track *t,
    enum sf_codec codec, enum sf_framing framing, const struct sf_unit *u);

/* ---- copies.c: redundant copies that are not what was sent ---- */

/* One of them, whole in a packet. */
void sf_copies_judge(struct sf_streams *s, struct sf_track *t,
    enum sf_codec codec, const struct sf_unit *u);
/* A packet that FEC holds: its frames are put together first. */
void sf_copies_packet(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u);
/* No more packets: a frame still open is incomplete. */
void sf_copies_flush(struct sf_streams *s, struct sf_track *t);
/* More of the same. */
void sf_copies_add(struct sf_aside *to, const struct sf_aside *from);
/* The stream itself has been judged. */
void sf_copies_finish(struct sf_streams *s, struct sf_track *t);

/* ---- fec.c: what forward error correction protects ---- */

/* A packet of a stream that FEC protects. */
void sf_fec_note(struct sf_fec *f, const struct sf_unit *u);
/* A FEC packet that came in track t, or in a block of RED there. */
void sf_fec_unit(struct sf_streams *s, struct sf_track *t, enum sf_codec codec,
    const struct sf_unit *u);
/* No more packets: what waits is decided. */
void sf_fec_flush(struct sf_streams *s, struct sf_track *t);
/* The stream and its copies have been judged. */
void sf_fec_finish(struct sf_track *t);

/* ---- red.c: frames inside RED, and the copies that it carries ---- */

/* The video codec behind a RED header of one octet in most of n packets, and the
   payload type that it names; UNKNOWN: none. Alters the units. */
struct sf_guess sf_red_guess(
    struct sf_unit *units, size_t n, uint8_t *block_pt);

/* Fills red, when the codec is RED. */
void sf_red_look_into(struct sf_streams *s, struct sf_track *t);

/* Is it RED around the main payload type? */
bool sf_red_wraps_main(const struct sf_track *t, const struct sf_unit *u);

/* Does RED begin with this packet? Then its blocks are of the main payload type. */
bool sf_red_begins(struct sf_track *t, const struct sf_unit *u);
/* A packet of video RED: one block, media or ULPFEC (RFC 5109 14.1). */
void sf_red_take_video(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u);
/* A packet of audio whose blocks are ciphertexts each. */
void sf_red_take_blocks(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u);

/* ---- formats.c: payload types beside the main one ---- */

/* Of the packets held, in order, those of the main payload type: events and
   comfort noise have numbers of the same row. Returns how many. */
size_t sf_track_held_units(struct sf_streams *s, const struct sf_track *t,
    struct sf_unit units[SF_HELD_UNITS]);

/* Of the packets held. */
uint8_t sf_track_main_pt(struct sf_streams *s, const struct sf_track *t);

/* Do the packets held carry comfort noise or events, and no frames? */
bool sf_track_is_beside(struct sf_streams *s, const struct sf_track *t);

/* Do all packets held repair another stream? Then repaired is that. */
bool sf_track_is_flexfec(struct sf_streams *s, struct sf_track *t);

/* The codec of the packet's payload type; one that nobody names is the stream's. */
enum sf_codec sf_track_format(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u);
/* Repair, comfort noise, events. */
bool sf_codec_is_frameless(enum sf_codec c);
/* Packet u is no frame; what repairs (u, or a block in it) goes to fec.c. */
void sf_track_pass(struct sf_streams *s, struct sf_track *t, enum sf_codec codec,
    const struct sf_unit *repair, const struct sf_unit *u);

/* What the packet's payload type holds: is that known, or past knowing? */
bool sf_track_knows_format(
    struct sf_streams *s, const struct sf_track *t, const struct sf_unit *u);
void sf_track_name_format(struct sf_track *t, uint8_t pt, enum sf_codec codec);

/* A packet in order that is not plainly of the main payload type. */
void sf_track_other(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u);

/* ---- switch.c: another codec under way, or frames without a descriptor, and
   nobody names it ---- */

/* Does the packet, which is next in order, have to wait for others like it? Once
   enough of them are held, it settles what they are. */
bool sf_switch_waits(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u);

/* It has waited long enough: by those held, however few. */
void sf_switch_settle(struct sf_streams *s, struct sf_track *t, uint8_t pt);

/* No more packets: what is held goes, a frame still open is incomplete. */
void sf_track_flush(struct sf_streams *s, struct sf_track *t);

#endif
