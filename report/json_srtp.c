#include "report/json.h"

void
sf_json_srtp(struct sf_emit *e, const struct sf_srtp_facts *v)
{
	bool opened = v->profile != NULL;

	if (!opened && v->closed + v->cut + v->cryptex == 0) {
		sf_emit_null(e, "srtp");
		return;
	}
	sf_emit_open(e, "srtp", '{');
	sf_emit_string(e, "profile", v->profile);
	sf_emit_string(
	    e, "keys_from", opened ? sf_srtp_origin_name(v->origin) : NULL);
	if (opened) {
		sf_emit_count(e, "key", v->number);
		sf_emit_u64(e, "roc", v->roc_last);
	} else {
		sf_emit_null(e, "key");
		sf_emit_null(e, "roc");
	}
	sf_emit_count(e, "removed", v->removed);
	sf_emit_count(e, "failed", v->failed);
	sf_emit_count(e, "closed", v->closed);
	sf_emit_count(e, "cut", v->cut);
	sf_emit_count(e, "cryptex", v->cryptex);
	sf_emit_bool(e, "double", v->doubled);
	sf_emit_open(e, "tried", '{');
	sf_emit_count(e, "keys", v->keys);
	sf_emit_count(e, "counters", v->rocs);
	sf_emit_close(e, '{');
	sf_emit_close(e, '{');
}

void
sf_json_dtls(struct sf_emit *e, const struct sf_dtls_facts *d)
{
	sf_emit_open(e, "dtls", '{');
	sf_emit_count(e, "handshakes", d->handshakes);
	sf_emit_count(e, "without_srtp", d->without_srtp);
	sf_emit_count(e, "secrets", d->secrets);
	sf_emit_count(e, "keyed", d->keyed);
	sf_emit_count(e, "unkeyed", d->unkeyed);
	sf_emit_close(e, '{');
}
