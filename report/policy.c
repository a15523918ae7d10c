/*
 * policy.c - a policy as JSON.
 */
#include "report/policy.h"

#include <inttypes.h>

#include "engine/crypto/crypto.h"
#include "report/emit.h"

static void
put_dialects(struct sf_emit *e, const struct sf_policy *p)
{
	if (p->any_dialect) {
		sf_emit_string(e, "dialects", "any");
		return;
	}
	sf_emit_open(e, "dialects", '[');
	for (unsigned i = 0; i < SF_DIALECTS; i++)
		if (p->dialects[i])
			sf_emit_string(
			    e, NULL, sf_dialect_name((enum sf_dialect)i));
	sf_emit_close(e, '[');
}

static void
put_suites(struct sf_emit *e, const struct sf_policy *p)
{
	if (p->any_suite) {
		sf_emit_string(e, "suites", "any");
		return;
	}
	sf_emit_open(e, "suites", '[');
	for (uint16_t i = 1; i < 16; i++)
		if (p->suites[i] && sf_suite_by_id(i) != NULL)
			sf_emit_string(e, NULL, sf_suite_by_id(i)->name);
	sf_emit_close(e, '[');
}

static void
put_clear_octets(struct sf_emit *e, const struct sf_policy *p)
{
	sf_emit_open(e, "clear_octets", '{');
	for (unsigned i = 0; i < SF_CODECS; i++)
		if (p->clear_said[i])
			sf_emit_count(e, sf_codec_name((enum sf_codec)i),
			    p->clear_octets[i]);
	sf_emit_close(e, '{');
}

static void
put_rotation(struct sf_emit *e, const struct sf_policy *p)
{
	sf_emit_open(e, "rotation", '{');
	sf_emit_string(e, "on_leave", sf_rotation_name(p->on_leave));
	sf_emit_string(e, "on_join", sf_rotation_name(p->on_join));
	sf_emit_bool(e, "inferred_joins", p->inferred_joins);
	sf_emit_count(
	    e, "within_ms", (uint64_t)(p->rotate_within_ns / 1000000));
	sf_emit_close(e, '{');
}

static void
put_key(struct sf_emit *e, const struct sf_policy *p)
{
	sf_emit_open(e, "key", '{');
	sf_emit_count(e, "max_age_s", (uint64_t)(p->max_age_ns / 1000000000));
	sf_emit_u64(e, "max_frames", p->max_frames);
	sf_emit_close(e, '{');
}

static void
put_severities(struct sf_emit *e, const struct sf_policy *p)
{
	sf_emit_open(e, "severities", '{');
	for (unsigned i = 0; i < SF_FINDINGS; i++)
		if (p->set[i])
			sf_emit_string(e, sf_rules[i].slug,
			    sf_severity_name(p->severities[i]));
	sf_emit_close(e, '{');
}

static void
put_allow_clear(struct sf_emit *e, const struct sf_policy *p)
{
	char ssrc[16];

	sf_emit_open(e, "allow_clear", '[');
	for (unsigned i = 0; i < p->n_clear; i++) {
		const struct sf_allow_clear *c = &p->clear[i];

		snprintf(ssrc, sizeof(ssrc), "0x%08" PRIx32, c->ssrc);
		sf_emit_open(e, NULL, '{');
		sf_emit_string(e, "ssrc", c->any_ssrc ? "any" : ssrc);
		sf_emit_string(e, "where", c->start_only ? "start" : "any");
		sf_emit_u64(e, "frames", c->frames);
		sf_emit_string(e, "reason", c->reason);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
}

bool
sf_policy_json(FILE *f, const struct sf_policy *p)
{
	struct sf_emit e = sf_emit(f, true);

	sf_emit_open(&e, NULL, '{');
	sf_emit_string(&e, "schema", "sframe-tool/policy/v1");
	sf_emit_string(&e, "name", p->name);
	put_dialects(&e, p);
	put_suites(&e, p);
	sf_emit_count(&e, "min_tag_octets", p->least_tag);
	put_clear_octets(&e, p);
	sf_emit_count(
	    &e, "drift_grace_ms", (uint64_t)(p->drift_grace_ns / 1000000));
	put_rotation(&e, p);
	put_key(&e, p);
	sf_emit_string(
	    &e, "unverified", p->unverified_fails ? "fail" : "allow");
	sf_emit_string(&e, "exposures", p->exposures_fail ? "fail" : "allow");
	put_severities(&e, p);
	put_allow_clear(&e, p);
	sf_emit_close(&e, '{');
	return sf_emit_end(&e);
}
