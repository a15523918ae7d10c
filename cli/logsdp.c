/*
 * logsdp.c - the session descriptions that stand in logs.
 */
#include "cli/logsdp.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/hash.h"
#include "engine/crypto/crypto.h"
#include "engine/srtp/sdes.h"

/* Room for text, taken when the first one is found. */
static bool
has_room(struct sf_logsdp *l, size_t octets)
{
	if (l->text == NULL) {
		l->text = malloc(SF_LOGSDP_OCTETS);
		l->sdp = calloc(1, sizeof(*l->sdp));
		l->out_of_memory |= l->text == NULL || l->sdp == NULL;
	}
	return !l->out_of_memory && l->n < SF_SDP_DESCRIPTIONS &&
	       octets <= SF_LOGSDP_OCTETS - l->octets;
}

void
sf_logsdp_take(void *ctx, const struct sf_sdplog_found *f)
{
	struct sf_logsdp *l = ctx;
	uint64_t hash = sf_hash(f->text);

	if (f->too_large) {
		l->too_large++;
		return;
	}
	for (unsigned i = 0; i < l->n; i++)
		if (l->places[i].hash == hash) {
			l->places[i].whole |= f->whole;
			return;
		}
	if (!has_room(l, f->text.n)) {
		l->unread++;
		return;
	}
	memcpy(l->text + l->octets, f->text.p, f->text.n);
	l->octets += f->text.n;
	l->places[l->n].hash = hash;
	l->places[l->n].line = f->line;
	l->places[l->n].input = l->input;
	l->places[l->n].whole = f->whole;
	l->n++;
}

bool
sf_logsdp_rereads(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
	       S_ISREG(st.st_mode);
}

bool
sf_logsdp_file(struct sf_logsdp *l, const char *path, uint32_t input)
{
	if (!sf_logsdp_rereads(path))
		return false;
	l->input = input;
	return sf_capture_descriptions(path, sf_logsdp_take, l);
}

bool
sf_logsdp_has(const struct sf_logsdp *l, uint32_t input)
{
	for (unsigned i = 0; i < l->n; i++)
		if (l->places[i].input == input)
			return true;
	return false;
}

void
sf_logsdp_read(struct sf_logsdp *l)
{
	struct sf_diag d;

	if (l->n == 0 ||
	    sf_sdp_read(l->sdp, sf_bytes(l->text, l->octets), &d) != SF_OK)
		return;
	l->sdp->found = true;
	l->sdp->unread = l->unread;
	for (unsigned i = 0; i < l->n; i++) {
		struct sf_sdp_description *about = &l->sdp->about[i];

		about->input = l->places[i].input;
		about->line = l->places[i].line;
		about->partial = !l->places[i].whole;
	}
}

void
sf_logsdp_keys(const struct sf_logsdp *l, struct sf_srtp_entries *entries)
{
	if (l->n != 0)
		sf_sdes_read(entries, sf_bytes(l->text, l->octets));
}

void
sf_logsdp_wipe(struct sf_logsdp *l)
{
	if (l->text != NULL)
		sf_crypto_ossl.wipe(l->text, l->octets); /* a=crypto lines */
	free(l->text);
	free(l->sdp);
	*l = (struct sf_logsdp){ 0 };
}
