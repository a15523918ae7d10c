/*
 * model.h - what a run knows about streams: facts and statistics, no opinion.
 *
 * Everything here lives in the arena of the run and is good until the run is
 * wiped. Checks read it to judge, reports read it to print.
 */
#ifndef SF_MODEL_H
#define SF_MODEL_H

#include "engine/diagnose/diagnose.h"
#include "engine/dialect/dialect.h"
#include "engine/packet.h"

/* What one frame is (contract: frames_by_state, in this order). */
enum sf_state {
	SF_STATE_VERIFIED,  /* the tag was checked with a key */
	SF_STATE_ENCRYPTED, /* the header fits the run of its stream, unverified */
	SF_STATE_FAILED,    /* a key was there, the tag did not match */
	SF_STATE_PLAINTEXT, /* positive proof of a codec */
	SF_STATE_UNKNOWN,
	SF_STATES
};

enum sf_protection {
	SF_PROT_VERIFIED,
	SF_PROT_CONSISTENT,
	SF_PROT_PARTLY_CLEAR,
	SF_PROT_MIXED,
	SF_PROT_PLAINTEXT,
	SF_PROT_OTHER_DIALECT,
	SF_PROT_SRTP,
	SF_PROT_UNDECIDABLE,
	SF_PROTS
};

enum sf_kind { SF_KIND_UNKNOWN, SF_KIND_AUDIO, SF_KIND_VIDEO, SF_KIND_REPAIR };

enum sf_codec {
	SF_CODEC_UNKNOWN,
	SF_CODEC_OPUS,
	SF_CODEC_RED,  /* RFC 2198 around Opus */
	SF_CODEC_PCMU,
	SF_CODEC_PCMA,
	SF_CODEC_G722,
	SF_CODEC_VP8,
	SF_CODEC_VP9,
	SF_CODEC_H264,
	SF_CODEC_H265,
	SF_CODEC_AV1,
	SF_CODEC_RTX,  /* RFC 4588 */
	SF_CODEC_ULPFEC,  /* RFC 5109 */
	SF_CODEC_FLEXFEC, /* draft-ietf-payload-flexible-fec-scheme-03 */
	SF_CODEC_OTHER, /* named by SDP and none of these, or comfort noise and
	                   events */
	SF_CODECS
};

enum sf_origin {
	SF_FROM_NOTHING,
	SF_FROM_SDP,
	SF_FROM_STATIC_PT,
	SF_FROM_PAYLOAD,
	SF_FROM_RECORDING /* the head of the file says it */
};

/* What a recording says of all RTP in it. */
struct sf_media {
	enum sf_kind kind;
	enum sf_codec codec;
	uint32_t clock;          /* Hz; 0 unknown */
	uint8_t red_pt;          /* payload type of RED around it; 0: none */
	uint8_t ext_mid, ext_rid; /* ids of header extensions; 0: none */
	bool declared_e2ee;      /* said to be encrypted end to end */
};

/* What a packet was before unwrap wrote it: it is judged as that. */
struct sf_carried {
	unsigned records; /* as in sf_datagram, and so are the next three */
	unsigned removed;
	unsigned beside;
	struct sf_via via;
	bool has_media;
	struct sf_media media;
};

/* What pkt says of what it was moves into room, when it says something. */
void sf_carried_keep(struct sf_packet *pkt, struct sf_carried *room);

/* What is a ciphertext of its own. */
enum sf_placed {
	SF_PLACED_FRAME,      /* a frame, which its codec's packetizer then cut */
	SF_PLACED_RAW,        /* a frame, cut with nothing in front of its parts */
	SF_PLACED_PACKET,     /* a packet, with its descriptor */
	SF_PLACED_PAYLOAD,    /* a packet, behind its descriptor */
	SF_PLACED_DESCRIPTOR, /* a frame or packet behind SFrame descriptors */
	SF_PLACES
};

/* Lower-case tokens of the contract ("consistent", "rfc9605", "opus", "sdp").
   Static strings; NULL for SF_CODEC_UNKNOWN, SF_FROM_NOTHING, SF_KIND_UNKNOWN. */
const char *sf_state_name(enum sf_state s);
const char *sf_protection_name(enum sf_protection p);
const char *sf_kind_name(enum sf_kind k);
const char *sf_codec_name(enum sf_codec c);
const char *sf_origin_name(enum sf_origin o);
const char *sf_placed_name(enum sf_placed p);

/* What a frame in the clear looks like. */
enum sf_look {
	SF_LOOK_NONE,
	SF_LOOK_OPUS,
	SF_LOOK_RED,
	SF_LOOK_SAMPLES, /* G.711, G.722: octets far from uniform */
	SF_LOOK_VP8,
	SF_LOOK_VP8_KEY,
	SF_LOOK_VP9,
	SF_LOOK_VP9_KEY,
	SF_LOOK_H264,
	SF_LOOK_H264_KEY,
	SF_LOOK_H265,
	SF_LOOK_H265_KEY,
	SF_LOOK_AV1,
	SF_LOOK_AV1_KEY,
	SF_LOOK_BODY,    /* not uniform, behind an SFrame header */
	SF_LOOK_EVENT,   /* a key of a telephone (RFC 4733) */
	SF_LOOK_NOISE,   /* comfort noise (RFC 3389) */
	SF_LOOK_FEC,     /* repair octets with a shape of their own */
	SF_LOOKS
};

const char *sf_look_text(enum sf_look l); /* "a VP8 key frame"; static */

#define SF_SHOWN 10 /* octets shown of a frame in the clear */

/* The octets that show what a frame is: its first few. */
struct sf_shown {
	enum sf_look look;
	uint8_t n;
	uint8_t octets[SF_SHOWN];
	uint32_t at;         /* their offset in the packet; 0: not known */
	float surprise;      /* -ln of the chance that random octets look so */
	struct sf_place place;
};

/* Frames of a protected stream that are told apart from its clear media. */
struct sf_aside {
	uint64_t frames;
	struct sf_place first, last;
	struct sf_shown shown; /* the first of them */
};

/* One unbroken use of a KID in one stream. */
struct sf_key_use {
	uint64_t kid;
	uint64_t first_ctr, last_ctr;
	uint64_t frames;
	struct sf_place first, last;  /* last packet of the first and last frame */
	int entry;                    /* of the key file that opened it; -1: none */
	uint64_t fingerprint;         /* of that key; 0: none */
	/* since the use before: frames without a KID (incomplete, clear or not
	   readable), and sequence numbers that were in no frame */
	uint32_t frames_between, missing_between;
	struct sf_key_use *next;      /* in time order */
	bool no_ctr;                  /* the format has no counter on the wire */
};

/* One run of frames of one state in one stream. */
struct sf_interval {
	enum sf_state state;
	uint64_t frames;
	/* first packet of the first frame, last packet of the last frame */
	struct sf_place first, last;
	struct sf_shown shown;        /* of clear frames: the one that shows most */
	struct sf_interval *next;     /* in time order */
};

/* Why a stream is undecidable; SF_WHY_NOTHING for every other protection. */
enum sf_why {
	SF_WHY_NOTHING,
	SF_WHY_FEW_FRAMES,     /* fewer complete frames than the tests need */
	SF_WHY_NO_DEPACKETIZER, /* this codec's frames are not rebuilt */
	SF_WHY_UNIFORM,        /* uniform octets, no header, counter or trailer */
	SF_WHY_FIELDS,         /* the same behind octets that stay or count */
	SF_WHY_CLEAR_HEAD,     /* a clear codec octet; plaintext or partly clear */
	SF_WHY_CONTRADICTION,  /* evidence pulls both ways */
	SF_WHY_TWO_HEADERS,    /* RFC 9605 or draft-omara-sframe: both fit */
	SF_WHY_ALL_INCOMPLETE, /* every frame was incomplete or cut */
	SF_WHY_NOT_MEDIA,      /* padding, repair or data that is not judged */
	SF_WHYS
};

const char *sf_why_text(enum sf_why w); /* a short clause; static */

/* The numbers a verdict rests on. p-values are the smallest seen, 1 if none. */
struct sf_evidence {
	double sprt_llr;         /* at the moment of decision, +-60 at most */
	double header_chance;    /* bound: chance that random headers run like this */
	uint64_t run_frames;     /* frames whose header continued the run */
	uint64_t breaks;         /* frames that broke it */
	uint64_t bare;           /* frames in the clear behind such a header */
	uint64_t windows;        /* blocks of up to 127 frames tested */
	double p_head;           /* possum, first 24 octets of the body */
	double p_nib_head;       /* nib4, first 4 octets of the body */
	double p_nib_tail;       /* nib4, last 4 octets */
	double p_tail;           /* possum, last 16 octets */
	double p_middle;         /* values of octets in the middle */
	uint64_t tails;          /* frames of the run whose last octets are not
	                            uniform, in blocks of them ... */
	uint64_t trailers;       /* ... the same with a mark among them */
	uint64_t middles;        /* frames of it whose middles are not */
	uint64_t codec_passes;   /* frames that parse as their codec in full */
	uint64_t codec_asked;
	double codec_llr;        /* structure score of leaked frames */
	uint16_t width, height;  /* proof out of a clear key frame, else 0 */
	uint64_t copies;         /* repair, RED: equal to what they repeat */
	uint64_t copies_differ;  /* RED, FEC: not what was sent */
	uint64_t copies_clear;   /* of these: in the clear */
	uint64_t fec;            /* FEC packets that protect the stream ... */
	uint64_t fec_judged;     /* ... and all that they protect captured */
	uint64_t conflicts;      /* same sequence number, different payload */
	bool dtls;               /* DTLS was seen between the two addresses */
	bool srtcp;              /* RTCP there is not readable as RTCP */
	/* header forms, of frames that belong to the run */
	uint64_t kid_not_minimal, ctr_not_minimal, kid_not_inline, ctr_not_inline;
	/* ciphertext that a codec's packetizer went over: frames, and where */
	uint64_t rewritten;
	struct sf_place rewritten_first, rewritten_last;
	enum sf_codec
	    rewritten_codec; /* of the first: a stream may change its own */
	/* with keys */
	uint64_t tried;          /* frames with a header whose KID has a key */
	uint64_t no_key;         /* frames of the run whose KID has none */
	uint64_t server_frames;  /* blank ones, made up on the way */
	bool iv_refused;         /* opaque, and a key for random-iv opens none */
	uint64_t controls;       /* frames put to a key that was changed ... */
	uint64_t controls_opened; /* ... and opened: the check itself is void */
};

/* Where an SRTP key came from. */
enum sf_srtp_origin {
	SF_SRTP_FROM_FILE, /* sframe-tool/srtp-keys/v1 */
	SF_SRTP_FROM_SDES, /* a=crypto of a session description */
	SF_SRTP_FROM_DTLS, /* a handshake and its secrets */
	SF_SRTP_ORIGINS
};

const char *sf_srtp_origin_name(enum sf_srtp_origin o); /* "file", "sdes" */

/* What became of a stream's SRTP; all zero when no key was tried on it. */
struct sf_srtp_facts {
	const char *profile;     /* that opened it; static; NULL: nothing did */
	enum sf_srtp_origin origin;
	uint32_t number;         /* of the key where it came from, from 0 */
	uint32_t roc_first, roc_last; /* rollover counters of RTP */
	uint64_t removed;        /* packets authentic and in plain */
	uint64_t failed;         /* packets not authentic, of a flow that opens */
	uint64_t closed;         /* packets before anything opened */
	uint64_t cut;            /* packets without their tag: the snap length */
	uint64_t cryptex;        /* packets with RFC 9335; also without keys */
	uint64_t rtcp_removed, rtcp_missed;
	uint32_t keys, rocs;     /* tried on the last packet that nothing opened */
	bool doubled;            /* RFC 8723: the inner layer is still on */
	struct sf_place failed_first;
};

/* Handshakes of DTLS in the capture, and secrets for them. */
struct sf_dtls_facts {
	uint64_t secrets;      /* in key logs, of use here */
	uint64_t bad_secrets;  /* lines of a key log that are damaged */
	uint64_t no_room;      /* secrets or keys beyond the room for them */
	uint64_t handshakes;   /* both hellos seen */
	uint64_t without_srtp; /* of these: no use_srtp in them */
	uint64_t keyed;        /* of these: a secret was there */
	uint64_t unkeyed;      /* of these: none was, and SRTP was negotiated */
	uint64_t too_large;    /* hellos larger than there is room for */
};

/*
 * What the packets of a stream with SFrame payload descriptors show
 * (draft-ietf-avtcore-rtp-sframe-02 4 and 5): packets, and of these those that
 * are not as they should be.
 */
enum sf_payload_fact {
	SF_PAYLOAD_PACKETS,       /* all that were read */
	SF_PAYLOAD_START_AGAIN,   /* S on a fragment that is not the first */
	SF_PAYLOAD_END_EARLY,     /* a fragment of a frame that has had its E */
	SF_PAYLOAD_MIXED_T,       /* another T than the fragment before */
	SF_PAYLOAD_RESERVED,      /* reserved bits that are 1 */
	SF_PAYLOAD_DIFFERS,       /* timestamp, payload type or CSRCs change */
	SF_PAYLOAD_MARKER,        /* the marker bit on a fragment without E */
	SF_PAYLOAD_EXTENSIONS,    /* other header extensions than before */
	SF_PAYLOAD_NO_DESCRIPTOR, /* a fragment without one */
	SF_PAYLOAD_NONE_MAYBE,    /* reserved bits on a later fragment alone, and
	                             S, E and T as they should be: one in eight
	                             that has no descriptor looks so */
	SF_PAYLOAD_BROKEN,        /* no S, or no E, and nothing was lost */
	SF_PAYLOAD_SPLIT,         /* T = 1 in more than one packet */
	SF_PAYLOAD_PADDING,       /* P is set, and the count does not fit */
	SF_PAYLOAD_T_ON_FRAME,    /* T = 1 on a ciphertext too large for a packet
	                             of the codec: its third fragment */
	SF_PAYLOAD_NO_T,          /* T = 0, and each packet of a picture is a
	                             ciphertext: its fourth */
	SF_PAYLOAD_FACTS
};

struct sf_payload_count {
	uint64_t n;
	struct sf_place first, last; /* when n is not 0 */
};

/* Packets of RTCP compounds. */
enum sf_rtcp_kind {
	SF_RTCP_SR, SF_RTCP_RR, SF_RTCP_SDES, SF_RTCP_BYE, SF_RTCP_APP,
	SF_RTCP_NACK, SF_RTCP_TMMB, SF_RTCP_CCFB, SF_RTCP_TWCC, SF_RTCP_PLI,
	SF_RTCP_SLI, SF_RTCP_RPSI, SF_RTCP_FIR, SF_RTCP_LRR, SF_RTCP_REMB,
	SF_RTCP_AFB, SF_RTCP_XR, SF_RTCP_OTHER,
	SF_RTCP_KINDS
};

const char *sf_rtcp_kind_name(enum sf_rtcp_kind k); /* "pli"; static */

struct sf_rtcp_facts {
	uint64_t packets[SF_RTCP_KINDS];
	uint64_t twcc_packets, twcc_received; /* that transport-cc speaks of */
};

/* What receivers say of an SSRC; counts of messages but for nacked. */
struct sf_feedback {
	uint32_t nacks, plis, firs, rembs, reports;
	uint64_t nacked;         /* packets asked for again */
	uint64_t bitrate;        /* of the last REMB, bit/s */
	int32_t reported_lost;   /* packets, by the last report */
	uint8_t worst_fraction;  /* lost between two reports, in 256ths */
};

struct sf_payload_facts {
	struct sf_payload_count of[SF_PAYLOAD_FACTS];
	uint32_t t, joined; /* packets with T = 1; with T = 0, and not the first
	                       of their frame */
};

#define SF_TEXT_MAX 64 /* octets of a captured string kept, with its NUL */
#define SF_STREAM_PTS 4

struct sf_exposure;

/* The header extensions with names (RFC 8852, RFC 9143 15); 0: not known. */
struct sf_name_ids {
	uint8_t mid, rid, repaired_rid;
	bool inferred; /* by what is in them: SDP does not say */
};

struct sf_stream {
	/* Counted by the thread that reads. What is in front of id keeps it a
	   line of the cache away from all that the judging thread needs. */
	uint64_t packets;    /* RTP packets, duplicates included */
	uint64_t duplicates; /* same sequence number, same payload */
	uint64_t late;       /* came after the wait for them was over */
	uint64_t lost;       /* sequence numbers never seen */
	uint64_t restored;   /* packets that came by a repair stream alone */
	uint64_t padding_only;
	struct sf_place first, last; /* packets */
	struct sf_addr src, dst;     /* of the first packet */
	struct sf_via via;           /* what its first packet came in */

	uint32_t id;             /* from 1, in order of first packet */
	uint32_t ssrc;
	uint32_t input;
	unsigned moves; /* times the addresses changed under way */
	enum sf_kind kind;
	enum sf_codec codec;
	enum sf_origin codec_from;
	enum sf_codec head_codec; /* that the head of a recording names, and
	                             which it is not; else UNKNOWN */
	uint8_t pts[SF_STREAM_PTS];
	unsigned n_pts;
	uint32_t more_codecs;    /* bit each: what came up under way */
	uint32_t clock;          /* Hz; 0 unknown */
	char mid[SF_TEXT_MAX];   /* "" when not known; raw octets, escape before
	                            they are shown */
	char rid[SF_TEXT_MAX];   /* of a repair stream: of what it repairs */
	struct sf_name_ids name_ids;
	char cname[SF_TEXT_MAX];
	uint32_t repairs;        /* id of the stream this one repairs; 0: none */
	uint32_t forwards;       /* id of the stream whose frames these are, sent on
	                            unchanged (an SFU's other side); 0: none */
	uint32_t simulcast;      /* id of the first stream of the layers that this is
	                            one of (its own, for that one); 0: none */
	bool said_bye;           /* RTCP BYE named the SSRC */
	const struct sf_feedback *feedback; /* by RTCP; NULL: none */
	uint8_t dependency_id;   /* header extension with dependency descriptors,
	                            which tell where frames begin; 0: not known */
	bool dependency_inferred; /* by what is in it: SDP does not say */
	uint8_t spatial_layers, temporal_layers; /* as the last structure in it
	                             has them; 0: none was seen */
	bool recorded;           /* by an SFU: no RTCP tells who sent it */
	bool declared_e2ee;      /* and said to be encrypted end to end */
	bool signalled;          /* SDP has a=sframe for this media section */

	uint64_t frames;         /* complete frames */
	uint64_t incomplete_frames; /* loss or snap length or a limit */
	uint64_t cut_frames;        /* of these: cut by the snap length */

	enum sf_protection protection;
	enum sf_why why;
	uint64_t wanted;         /* undecidable: complete frames that were missing
	                            for a judgement; 0: more would not help */
	enum sf_dialect dialect;
	enum sf_placed placed;   /* where it is SFrame */
	uint16_t suite;          /* that opened frames; 0: not known */
	struct sf_diagnosis diagnosis; /* why frames with a key did not open */
	int clear_octets;        /* clear prefix: the usual one; -1: not known */
	int clear_octets_key;    /* video key frames, when it differs; else -1 */
	/* NULL: no payload descriptors */
	const struct sf_payload_facts *payload;
	uint64_t by_state[SF_STATES];
	struct sf_interval *intervals; /* all states, in time order */
	struct sf_aside silence;  /* frames of silence that were not protected */
	struct sf_aside injected; /* f8 ff fe, the silence that servers send */
	struct sf_aside strays;   /* look like media in the clear; no proof */
	struct sf_aside strangers; /* of no run, amid frames of one key */
	struct sf_aside events;   /* keys of a telephone, in the clear */
	struct sf_aside noise;    /* comfort noise, in the clear */
	struct sf_aside copies;   /* in RED or FEC: in the clear, not what was
	                             sent */
	struct sf_aside fec_other; /* FEC packets that recover nothing that was
	                              sent */
	struct sf_key_use *keys;
	struct sf_evidence evidence;
	struct sf_srtp_facts srtp;
	bool sealed;             /* SRTP keys were tried, and none ever fitted */
	bool hop;                /* under SRTP, as DTLS or SRTCP beside it or
	                            Cryptex tells, and no key took that off */
	const struct sf_exposure *exposure; /* engine/streams/exposure.h; NULL: none */
	struct sf_stream *next;  /* in order of id */
};
_Static_assert(
    offsetof(struct sf_stream, id) - offsetof(struct sf_stream, src) >= 64,
    "packets and frames are counted in lines of their own");

/* Every packet ends in exactly one row (contract 6). */
struct sf_accounting {
	uint64_t packets;
	uint64_t rtp, srtp, rtcp, stun, turn, dtls, other, cut, malformed;
	uint64_t announcements; /* of other: SAP, which unwrap writes as well */
};

/* Limits that were reached, each with a count; 0 means it was not. */
enum sf_limit {
	SF_LIMIT_STREAMS,      /* packets of streams there was no room for */
	SF_LIMIT_HELD,         /* packets given up early */
	SF_LIMIT_FRAME,        /* frames larger than there is room for */
	SF_LIMIT_SEEN_FRAMES,  /* frames forgotten by the reuse check */
	SF_LIMIT_KEY_USES,
	SF_LIMIT_INTERVALS,
	SF_LIMIT_TUNNELS,      /* packets of more tunnels in each other */
	SF_LIMIT_FRAGMENTS,    /* fragmented datagrams given up early */
	SF_LIMIT_TCP,          /* TCP connections forgotten or cut short */
	SF_LIMIT_SRTP_SEARCH,  /* searches for an SRTP counter given up */
	SF_LIMIT_SRTP_FLOWS,   /* SRTP flows forgotten */
	SF_LIMIT_SRTP_KEYS,    /* SRTP keys and secrets without room */
	SF_LIMIT_SRTP_EARLY,   /* SRTP packets in front of their keys */
	SF_LIMIT_FACTS,        /* what is known of SSRCs and addresses, forgotten */
	SF_LIMIT_SDP,          /* session descriptions in logs, passed over */
	SF_LIMIT_COPIES,       /* redundant copies there was no room to judge */
	SF_LIMIT_RATCHET,      /* frames of ratchet steps that are too far off */
	SF_LIMITS
};

const char *sf_limit_text(enum sf_limit l); /* plain words; static */

/* How often, and where first and last. */
struct sf_tally {
	uint64_t n;
	struct sf_place first, last;
};

/* What stood between captured packets and datagrams. */
struct sf_wrappings {
	uint64_t peeled[SF_VIA_KINDS]; /* datagrams that came in such a thing */
	struct sf_tally opaque[SF_OPAQUES]; /* packets */
	struct sf_tally fragments_lost;     /* datagrams never completed */
	struct sf_tally fragments_differ;   /* datagrams dropped: two pieces say
	                                       different things of one place */
	struct sf_tally tcp_holes;          /* octets the capture does not have */
	uint64_t pieces;  /* packets that gave a piece of no datagram we have */
};

/* Messages of data channels, where they can be seen. */
struct sf_data_facts {
	uint64_t packets;     /* of SCTP, or messages alone */
	uint64_t messages;
	struct sf_tally text; /* of these: readable as text */
};

const char *sf_via_name(enum sf_via_kind k);  /* "vxlan"; static */
const char *sf_opaque_name(enum sf_opaque o); /* "WireGuard"; static */

struct sf_sdp;

struct sf_model {
	const struct sf_sdp *sdp;    /* session descriptions; NULL: none given */
	struct sf_stream *streams;
	uint32_t n_streams;
	uint64_t possible;       /* SSRCs with too few packets to call a stream */
	uint64_t possible_tried; /* of these: put to the keys, in vain */
	uint64_t possible_packets;
	struct sf_accounting accounting;
	bool per_ssrc_keys;      /* the key file says that there are such */
	bool keys_given;
	uint64_t limits[SF_LIMITS];
	struct sf_place limit_first[SF_LIMITS];
	struct sf_dtls_facts dtls;
	struct sf_data_facts data;
	struct sf_rtcp_facts rtcp;
	struct {                 /* announced by RTCP or SDP, and never sent, by a
	                            sender of encrypted audio */
		uint32_t ssrc;   /* the first of them */
		unsigned n;
		bool video;      /* SDP says so of it */
	} silent;
	bool srtp_elements;      /* SDP encrypts header extensions (RFC 6904) */
	bool srtp_keys;          /* keys to remove SRTP with were there */
	uint64_t unsupported_links; /* packets of link types not decoded */
	struct sf_wrappings wrappings;
};

#endif
