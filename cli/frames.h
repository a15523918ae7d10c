/*
 * frames.h - frames that come as JSON, one object a line, and what is shared
 * by the two commands that take them: seal and open.
 */
#ifndef SF_FRAMES_H
#define SF_FRAMES_H

#include "cli/keys.h"
#include "cli/opt.h"
#include "engine/diagnose/diagnose.h"
#include "report/emit.h"

#define SF_FRAME_OCTETS ((size_t)1 << 20) /* of one frame, at most */

/* What is kept to find out why frames do not open. */
struct sf_puzzle {
	uint8_t *last; /* the frame before that did not; NULL: none */
	size_t n;
	uint32_t ssrc;
	unsigned in_vain;          /* frames that nothing explained */
	bool looked;               /* into the frame at hand */
	struct sf_diagnosis found; /* then: what explains it */
};

struct sf_frames {
	const struct sf_config *config;
	struct sf_keys *keys;
	struct sf_keyfile *file; /* what they were made of */
	struct sf_puzzle puzzle;
	char *line; /* as read, without its end */
	size_t n;
	uint8_t *in, *out; /* SF_FRAME_OCTETS, and room for header and tag */
	uint64_t failed;   /* frames that did not open, or were not sealed */
	uint64_t unread;   /* lines that are not what they should be */
};

/* One frame of the command line, or of a line. */
struct sf_one {
	struct sf_bytes octets; /* in f->in */
	struct sf_number kid, ctr, ssrc;
	uint16_t suite; /* 0: not said */
};

/* Does the work: the members of the answer go to e. Or returns false, has
   written nothing, and says in why what is wrong; f->puzzle tells more where it
   was looked into. */
typedef bool sf_frame_work(struct sf_frames *f, const struct sf_one *one,
    struct sf_emit *e, char why[160]);

/*
 * Keys and memory. On any outcome but SF_EXIT_OK it has told why. It is to be
 * wiped in either case.
 */
enum sf_exit sf_frames_init(
    struct sf_frames *f, const struct sf_config *c) SF_MUST_USE;

/* Reads lines to the end of standard input, and answers each. octets is the
   member that has the frame; names, which NULL ends, are all there may be. */
enum sf_exit sf_frames_lines(struct sf_frames *f, const char *octets,
    const char *const *names, sf_frame_work *work);

void sf_frames_wipe(struct sf_frames *f);

#endif
