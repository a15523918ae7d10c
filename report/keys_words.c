/*
 * keys_words.c - the sentences of the key-id timeline.
 */
#include <inttypes.h>
#include <stdarg.h>

#include "report/keys.h"
#include "report/time.h"

static void add(char *out, size_t size, size_t *at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void
add(char *out, size_t size, size_t *at, const char *format, ...)
{
	va_list args;
	int n;

	if (*at >= size)
		return;
	va_start(args, format);
	n = vsnprintf(out + *at, size - *at, format, args);
	va_end(args);
	*at += n > 0 ? (size_t)n : 0;
}

void
sf_keys_headline(
    char out[SF_KEYS_HEADLINE], const struct sf_timeline *t, int64_t grace_ns)
{
	char span[SF_TIME_MAX];
	unsigned behind = 0, ahead = 0;
	int64_t most = 0, early = 0;
	size_t at = 0;

	for (unsigned i = 0; i < t->n_lines; i++) {
		const struct sf_track_line *l = &t->lines[i];

		if (l->copy)
			continue;
		behind += l->behind_ns > grace_ns;
		ahead += l->ahead_ns > grace_ns;
		most = l->behind_ns > most ? l->behind_ns : most;
		early = l->ahead_ns > early ? l->ahead_ns : early;
	}
	if (t->n_lines == 0) {
		add(out, SF_KEYS_HEADLINE, &at,
		    "no stream with key ids was seen");
		return;
	}
	add(out, SF_KEYS_HEADLINE, &at,
	    "%u sender%s, %u stream%s, %" PRIu64 " change%s of KID",
	    t->n_senders, t->n_senders == 1 ? "" : "s", t->n_lines,
	    t->n_lines == 1 ? "" : "s", t->changes, t->changes == 1 ? "" : "s");
	if (t->n_epochs == 0) {
		add(out, SF_KEYS_HEADLINE, &at,
		    t->group == SF_GROUP_UNSURE
			? "; nothing shows whether the senders share an epoch"
			: "; the KIDs show no epoch that all share");
		return;
	}
	if (behind == 0)
		add(out, SF_KEYS_HEADLINE, &at,
		    "; nobody stayed behind its group");
	sf_time_span(span, most);
	if (behind > 0)
		add(out, SF_KEYS_HEADLINE, &at,
		    "; %u stream%s stayed on a KID that the group had left, "
		    "the longest for %s",
		    behind, behind == 1 ? "" : "s", span);
	sf_time_span(span, early);
	if (ahead > 0 && t->n_senders > 1)
		add(out, SF_KEYS_HEADLINE, &at,
		    "; %u stream%s ran ahead of the group, the longest for %s",
		    ahead, ahead == 1 ? "" : "s", span);
}

void
sf_keys_form(char out[120], const struct sf_timeline *t)
{
	const struct sf_kid_form *f = &t->form;

	switch (f->scheme) {
	case SF_KID_SENDER:
		snprintf(out, 120,
		    "key generation above %u bits of ratchet step (RFC 9605 "
		    "5.1)",
		    f->ratchet_bits);
		return;
	case SF_KID_MLS:
		snprintf(out, 120,
		    "context, %u bits of sender index, %u bits of epoch (RFC "
		    "9605 5.2)",
		    f->sender_bits, f->epoch_bits);
		return;
	case SF_KID_UNSAID:
	case SF_KID_RAW:
		break;
	}
	if (f->evident_shift > 0)
		snprintf(out, 120,
		    "epoch above %u bits of sender, as the capture shows",
		    f->evident_shift);
	else if (f->evident_bits > 0)
		snprintf(out, 120,
		    "epoch in the low %u bits, as the capture shows",
		    f->evident_bits);
	else if (t->n_epochs > 0)
		snprintf(out, 120, "not divided: the KID itself is the epoch");
	else
		snprintf(out, 120,
		    "not divided; --kid-scheme says what they are made of");
}
