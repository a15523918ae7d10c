/*
 * eventfile.h - joins and leaves of a call, as --events tells them: CSV with
 * the columns time, participant, event; or JSON, sframe-tool/events/v1. Read
 * strictly: another column, an event that is neither join nor leave, a time
 * that is not one are errors that name the place and the remedy.
 */
#ifndef SF_EVENTFILE_H
#define SF_EVENTFILE_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_PARTICIPANT_MAX 64 /* octets of a name, with its NUL */
#define SF_EVENTS_MAX      4096

enum sf_event_what { SF_EVENT_JOIN, SF_EVENT_LEAVE };

/* How an event is known. */
enum sf_event_from {
	SF_EVENT_TOLD,       /* by --events */
	SF_EVENT_NEW_STREAM, /* its first frame */
	SF_EVENT_BYE,        /* RTCP BYE behind its last frame */
	SF_EVENT_STREAM_END  /* its last frame, others go on */
};

struct sf_event {
	int64_t time_ns;
	enum sf_event_what what;
	enum sf_event_from from;
	char participant[SF_PARTICIPANT_MAX]; /* captured or given: escape it */
	uint32_t sender; /* id on the timeline; 0: none of those seen */
};

struct sf_events {
	unsigned n;
	struct sf_event v[SF_EVENTS_MAX]; /* in the order of the file */
};

struct sf_eventfile_error {
	char place[48];     /* "events[2].time", "line 3"; "" for the whole */
	const char *cause;  /* static */
	const char *remedy; /* static */
	size_t at;          /* octet in the text */
};

/* JSON when the text begins with '{', else CSV. */
bool sf_eventfile_read(struct sf_events *out, struct sf_bytes text,
    struct sf_eventfile_error *error) SF_MUST_USE;

const char *sf_event_what_name(enum sf_event_what w); /* "join"; static */
const char *sf_event_from_name(enum sf_event_from f); /* "bye"; static */

/*
 * "2026-03-01T20:35:00.25Z", or seconds since 1970 with or without a fraction.
 * Nothing finer than a nanosecond; false when it is neither.
 */
bool sf_event_time(const char *s, size_t n, int64_t *ns) SF_MUST_USE;

#endif
