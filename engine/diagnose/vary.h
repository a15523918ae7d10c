/*
 * vary.h - RFC 9605 with a few things done otherwise: how a frame is read, how
 * its key is derived, how it is opened.
 *
 * A struct sf_vary of all zeros is RFC 9605 as it stands. Rules with an (n) in
 * their comment read the number n of the same struct.
 */
#ifndef SF_DIAGNOSE_VARY_H
#define SF_DIAGNOSE_VARY_H

#include "engine/config/keyfile.h"
#include "engine/diagnose/put.h"

/* What was done to the frame on the way, and is undone here. */
enum sf_frame_rule {
	SF_FRAME_SENT,
	SF_FRAME_DESCRIPTOR, /* a payload descriptor stands in front */
	SF_FRAME_FRONT,      /* n octets stand in front */
	SF_FRAME_LOST,       /* the first octet is missing: it was n */
	SF_FRAME_TRAILER,    /* n octets stand behind */
	SF_FRAME_ZEROS,      /* n zero octets are missing behind */
	SF_FRAME_INSERTED,   /* an octet stands in at offset n */
	SF_FRAME_ESCAPED,    /* 00 00 03 for 00 00 */
	SF_FRAME_UNESCAPED,  /* 00 00 for 00 00 03, wherever it may have been */
	SF_FRAME_UNESCAPED_ONE, /* the same, at the nth of these places */
	SF_FRAME_START_LONG,    /* 00 00 00 01 for 00 00 01 */
	SF_FRAME_START_SHORT    /* 00 00 01 for 00 00 00 01 */
};

enum sf_head_rule {
	SF_HEAD_RFC,
	SF_HEAD_DRAFT, /* draft-ietf-sframe-enc-00 to -03 */
	SF_HEAD_OMARA, /* the drafts before them */
	SF_HEAD_SWAPPED,
	SF_HEAD_LITTLE
};

/* Whose keys are tried. */
enum sf_who_rule { SF_WHO_KID, SF_WHO_OTHER_KID, SF_WHO_OTHER_STREAM };

enum sf_base_rule {
	SF_BASE_GIVEN,
	SF_BASE_HEX,
	SF_BASE_HEX_UPPER,
	SF_BASE_64,
	SF_BASE_64_BARE,     /* without = */
	SF_BASE_64_URL,      /* without =, with - and _ */
	SF_BASE_ZEROS,       /* zeros behind, up to a length (n) */
	SF_BASE_ZEROS_FRONT, /* in front */
	SF_BASE_ZERO,        /* one */
	SF_BASE_FIRST,       /* the first octets, up to a length (n) */
	SF_BASE_STRING       /* up to its first zero octet */
};

enum sf_export_rule {
	SF_EXPORT_RFC,
	SF_EXPORT_LENGTH, /* of another length (n) */
	SF_EXPORT_NKA,    /* of the cipher's key length */
	SF_EXPORT_HASH,   /* with another hash (n) */
	SF_EXPORT_LABEL,  /* another text (n) */
	SF_EXPORT_CONTEXT,
	SF_EXPORT_NONE
};

enum sf_ssrc_rule {
	SF_SSRC_SAID, /* as the key file says */
	SF_SSRC_NEVER,
	SF_SSRC_ALWAYS,
	SF_SSRC_LITTLE,
	SF_SSRC_OTHER, /* the nth of the others */
	SF_SSRC_LABEL, /* another text (n) */
	SF_SSRC_LAST   /* after the ratchet */
};

enum sf_ratchet_rule {
	SF_RATCHET_RFC,
	SF_RATCHET_LABEL,  /* another text (n) */
	SF_RATCHET_LENGTH, /* another length (n) */
	SF_RATCHET_OFF,    /* n steps off */
	SF_RATCHET_NEVER,
	SF_RATCHET_EXPAND, /* without extract */
	SF_RATCHET_DRAFT   /* as in a draft (n) */
};

enum sf_schedule_rule {
	SF_SCHEDULE_RFC,
	SF_SCHEDULE_EXPAND,  /* without extract */
	SF_SCHEDULE_SWAPPED, /* extract with salt and key swapped */
	SF_SCHEDULE_TWICE,
	SF_SCHEDULE_SALT, /* label as salt, info empty */
	SF_SCHEDULE_RAW,  /* the base key is the key */
	SF_SCHEDULE_DRAFT_01,
	SF_SCHEDULE_DRAFT_01_SWAPPED, /* read with salt and key swapped */
	SF_SCHEDULE_DRAFT_02
};

/* Which text stands in which label. */
enum sf_labels_rule {
	SF_LABELS_RFC,
	SF_LABELS_SWAPPED,
	SF_LABELS_SALT_TWICE,
	SF_LABELS_KEY_TWICE
};

/* Which octets are the salt. */
enum sf_salt_rule {
	SF_SALT_RFC,
	SF_SALT_KEY_END,    /* the last of the key */
	SF_SALT_KEY_BEHIND, /* those behind the key, in one expansion */
	SF_SALT_LENGTH      /* another length (n) */
};

enum sf_kid_rule {
	SF_KID_RFC,
	SF_KID_WIDTH, /* n octets */
	SF_KID_LITTLE,
	SF_KID_LITTLE_SHORT, /* as few as there are */
	SF_KID_DECIMAL,
	SF_KID_HEX,
	SF_KID_OTHER /* another value (n) */
};

enum sf_suite_rule {
	SF_SUITE_RFC,
	SF_SUITE_NUMBER, /* n */
	SF_SUITE_WIDTH,  /* n octets */
	SF_SUITE_LITTLE
};

enum sf_subkeys_rule {
	SF_SUBKEYS_RFC,
	SF_SUBKEYS_FRONT, /* the MAC's key before the cipher's */
	SF_SUBKEYS_WHOLE, /* all of sframe_key */
	SF_SUBKEYS_CUT,   /* n octets for the MAC */
	SF_SUBKEYS_DRAFT_00,
	SF_SUBKEYS_DRAFT_01,
	SF_SUBKEYS_DRAFT_02,
	SF_SUBKEYS_DRAFT_00_SWAPPED,
	SF_SUBKEYS_DRAFT_01_SWAPPED
};

enum sf_nonce_rule {
	SF_NONCE_RFC,
	SF_NONCE_LITTLE,
	SF_NONCE_LITTLE_END,
	SF_NONCE_LITTLE_END_4,
	SF_NONCE_FRONT,
	SF_NONCE_FRONT_4,
	SF_NONCE_BARE,
	SF_NONCE_BARE_LITTLE,
	SF_NONCE_BARE_FRONT,
	SF_NONCE_REPLACED,
	SF_NONCE_REPLACED_4,
	SF_NONCE_LOW_4,
	SF_NONCE_LOW_2,
	SF_NONCE_LOW_1,
	SF_NONCE_ADDED,
	SF_NONCE_OR,
	SF_NONCE_SALT,   /* no counter */
	SF_NONCE_OFF,    /* CTR + n */
	SF_NONCE_LENGTH, /* as long as the salt */
	SF_NONCE_BLOCK   /* four zero octets behind it */
};

enum sf_aad_rule {
	SF_AAD_RFC,
	SF_AAD_METADATA_FIRST,
	SF_AAD_MINIMAL,
	SF_AAD_METADATA,
	SF_AAD_HEADER,
	SF_AAD_EMPTY,
	SF_AAD_CONFIG,
	SF_AAD_FIELDS, /* the header without its config octet */
	SF_AAD_EXPANDED,
	SF_AAD_LENGTH, /* n octets */
	SF_AAD_TEXT,   /* the metadata as text (n) */
	SF_AAD_PREFIX_FIRST,
	SF_AAD_PREFIX_LAST,
	SF_AAD_PREFIX_ONLY
};

enum sf_tag_rule {
	SF_TAG_RFC,
	SF_TAG_FRONT,
	SF_TAG_OCTETS,      /* n, and the MAC says so */
	SF_TAG_OCTETS_SENT, /* n, and the MAC says as many as the suite has */
	SF_TAG_LOST,        /* n of the suite's are missing */
	SF_TAG_LAST
};

enum sf_mac_rule {
	SF_MAC_RFC,
	SF_MAC_NO_TAG_LENGTH,
	SF_MAC_BITS,
	SF_MAC_BITS_TAG,
	SF_MAC_BITS_OTHERS,
	SF_MAC_NO_LENGTHS,
	SF_MAC_WIDTH_4,
	SF_MAC_WIDTH_2,
	SF_MAC_WITH_TAG,
	SF_MAC_NO_NONCE,
	SF_MAC_BARE,    /* neither nonce nor length of the tag */
	SF_MAC_NOTHING, /* neither nonce nor lengths */
	SF_MAC_BLOCK,
	SF_MAC_PLAINTEXT,
	SF_MAC_LITTLE, /* lengths */
	SF_MAC_ORDER,  /* another order (n) */
	SF_MAC_HASH    /* another hash (n) */
};

/* From key file to key and salt; octets, so that one can be compared. */
struct sf_vary_key {
	uint8_t base;     /* enum sf_base_rule */
	uint8_t export;   /* enum sf_export_rule */
	bool old_label;   /* of the export */
	bool sender;      /* a base key of each sender (n) */
	uint8_t ssrc;     /* enum sf_ssrc_rule */
	uint8_t ratchet;  /* enum sf_ratchet_rule */
	uint8_t schedule; /* enum sf_schedule_rule */
	bool text;        /* another text in the labels (n) */
	uint8_t labels;   /* enum sf_labels_rule */
	uint8_t salt;     /* enum sf_salt_rule */
	uint8_t kid;      /* enum sf_kid_rule */
	uint8_t suite;    /* enum sf_suite_rule */
	bool suite_first; /* before the KID */
	bool hash;        /* another hash (n) */
	uint8_t subkeys;  /* enum sf_subkeys_rule */
};

struct sf_vary {
	uint8_t frame, head, who; /* enum sf_frame_rule ... */
	bool other_suites;        /* those that the key file does not say */
	bool key_cut;             /* GCM: AES-128 where AES-256 is meant */
	struct sf_vary_key key;
	uint8_t nonce, aad, tag, mac; /* enum sf_nonce_rule ... */
	int n;
};

/* A frame taken apart. All point into the frame or into the caller's buffer. */
struct sf_parted {
	struct sf_bytes prefix;  /* what stands in front of the header */
	struct sf_bytes header;  /* as sent */
	struct sf_bytes payload; /* ciphertext and tag */
	uint64_t kid, ctr;
};

/*
 * Undoes v->frame on a frame whose header is said to stand at octet at, into
 * out, and reads the header. False when v cannot have happened to it.
 */
bool sf_part(struct sf_parted *p, const struct sf_vary *v,
    struct sf_bytes frame, size_t at, struct sf_put *out);

/* Whose key, and for which frame. */
struct sf_key_for {
	const struct sf_crypto *c;
	const struct sf_keyfile *file;
	const struct sf_key_entry *entry;
	const struct sf_suite *suite;
	uint64_t kid;
	uint32_t ssrc;
	struct sf_ssrcs {
		const uint32_t *ssrc;
		size_t n;
	} others; /* of other streams */
};

#define SF_DERIVED_BASE (2 * SF_BASE_MAX)
#define SF_DERIVED_SALT 32

/* Secrets, all of them: the caller wipes it. */
struct sf_derived {
	uint8_t base[SF_DERIVED_BASE]; /* while it is being derived */
	uint8_t work[SF_DERIVED_BASE];
	size_t base_octets;
	uint8_t key[SF_KEY_MAX];
	uint8_t salt[SF_DERIVED_SALT];
	size_t salt_octets;          /* SF_NONCE, unless v says otherwise */
	uint8_t mac_key[SF_KEY_MAX]; /* CTR suites */
	size_t mac_octets;
	uint64_t said_kid;   /* in the labels */
	uint16_t said_suite; /* likewise */
};

/* False when there is no such key, or the library failed. */
bool sf_derive(
    struct sf_derived *d, const struct sf_vary *v, const struct sf_key_for *k);

/* Steps from the entry's key to that of kid (RFC 9605 5.1), 0 without ratchet;
   negative when none or too many lead there. */
int sf_ratchet_steps(const struct sf_keyfile *file,
    const struct sf_key_entry *entry, uint64_t kid);

/* Room for what is authenticated, and for plaintext nobody gets to see. */
struct sf_workspace {
	struct sf_put aad, input, plain;
};

/* How many octets of the tag matched; 0 when it does not match. */
size_t sf_tag_matches(const struct sf_vary *v, const struct sf_key_for *k,
    const struct sf_derived *d, const struct sf_parted *p,
    struct sf_workspace *w);

/* ---- the other way round: a frame by such a sender ------------------------ */

/* The header. False when v is the same as RFC 9605 for these numbers, or cannot write
   them. */
bool sf_put_header(
    struct sf_put *o, const struct sf_vary *v, uint64_t kid, uint64_t ctr);

/* Ciphertext and tag behind what is in o; p has the header and its numbers. False when
   there is no such frame, or the library failed. */
bool sf_put_sealed(struct sf_put *o, const struct sf_vary *v,
    const struct sf_key_for *k, const struct sf_derived *d,
    const struct sf_parted *p, struct sf_bytes pt, struct sf_workspace *w);

#endif
