/*
 * cmd_list.c - the tables of this program, for people: list and explain.
 */
#include <string.h>

#include "checks/result.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "engine/crypto/crypto.h"
#include "parsers/parsers.h"
#include "report/para.h"
#include "report/version.h"

/* ---- findings ------------------------------------------------------------ */

static void
list_findings(void)
{
	for (unsigned i = 0; i < SF_FINDINGS; i++)
		printf("%s  %-23s  %-8s  %-6s  %s\n", sf_rules[i].id,
		    sf_rules[i].slug, sf_severity_name(sf_rules[i].severity),
		    sf_level_name(sf_rules[i].level), sf_rules[i].text);
}

static const struct {
	char letter; /* the third of an id */
	const char *subject;
} subjects[] = {
	{ 'H', "Header" },
	{ 'N', "Nonce and counter" },
	{ 'K', "Key id" },
	{ 'A', "Authentication" },
	{ 'P', "Plaintext" },
	{ 'D', "Dialect" },
	{ 'R', "RTP payload and packetizer" },
	{ 'S', "Signalling and transport" },
	{ 'C', "One call at two points" },
	{ 'E', "What leaks beside the media" },
	{ 'X', "The capture and our own limits" },
};

/* Why a rule breaks and what follows, or two empty strings. */
static struct sf_reason
reason_of(const struct sf_rule *r)
{
	struct sf_reason why = sf_reasons[r - sf_rules];

	return why.cause == NULL ? (struct sf_reason){ "", "" } : why;
}

static void
markdown_rule(const struct sf_rule *r)
{
	struct sf_reason why = reason_of(r);

	printf("### %s `%s`\n\n", r->id, r->slug);
	printf("**%s**, %s%s%s: %s.\n\n", sf_severity_name(r->severity),
	    sf_level_name(r->level), r->source[0] == '\0' ? "" : ", ",
	    r->source, r->text);
	printf("*Cause.* %s\n\n", why.cause);
	printf("*Consequence.* %s\n\n", why.consequence);
	printf("*Remedy.* %s\n\n", r->remedy);
}

/* A section for a letter that has findings. */
static void
markdown_subject(char letter, const char *subject)
{
	bool any = false;

	for (unsigned i = 0; i < SF_FINDINGS; i++) {
		if (sf_rules[i].id[2] != letter)
			continue;
		if (!any)
			printf("## %s\n\n", subject);
		any = true;
		markdown_rule(&sf_rules[i]);
	}
}

static void
markdown_findings(void)
{
	fputs(
	    "# Findings\n\n"
	    "Made by `" SF_NAME " list findings --markdown`; do not edit.\n\n"
	    "Severity is our advice: *critical* means that confidentiality or "
	    "integrity is gone,\n"
	    "*error* that a MUST is broken or peers cannot work together, "
	    "*warning* that a SHOULD\n"
	    "is broken or something is suspicious and may be innocent, *note* "
	    "is context. Beside\n"
	    "it stands the word of the document (MUST, SHOULD, MAY), or OURS "
	    "where no document\n"
	    "says so. Ids and slugs are for ever.\n\n",
	    stdout);
	for (size_t s = 0; s < sizeof(subjects) / sizeof(subjects[0]); s++)
		markdown_subject(subjects[s].letter, subjects[s].subject);
}

/* ---- the other tables ---------------------------------------------------- */

static void
list_dialects(void)
{
	for (unsigned i = SF_DIALECT_NONE + 1; i < SF_DIALECTS; i++) {
		const struct sf_dialect_row *d =
		    sf_dialect_row((enum sf_dialect)i);

		printf("%-17s  %-5s  %s\n", d->name, d->opened ? "keys" : "",
		    d->who);
	}
}

static void
list_parsers(void)
{
	for (const struct sf_parser *p = sf_parsers; p->name != NULL; p++)
		printf("%-15s  %-38s  %s\n", p->name, p->reads, p->ref);
}

static void
list_suites(void)
{
	printf("%-2s  %-26s  %-6s  %4s  %4s  %3s\n", "id", "name", "hash",
	    "key", "salt", "tag");
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		const struct sf_suite *s = sf_suite_by_id(id);

		printf("%2u  %-26s  %-6s  %4u  %4u  %3u\n", s->id, s->name,
		    s->hash == SF_SHA256 ? "SHA256" : "SHA512", s->key_octets,
		    SF_NONCE, s->tag_octets);
	}
}

/* clang-format off */
static const struct {
	const char *way, *name, *what;
} formats[] = {
	{ "in",  "pcap",         "either byte order, microseconds or nanoseconds" },
	{ "in",  "pcapng",       "sections in either order, several interfaces" },
	{ "in",  "rtpdump",      "of rtptools, Wireshark, libwebrtc" },
	{ "in",  "mjr",          "recordings of Janus, of every version" },
	{ "in",  "chromium-log", "RTP_DUMP lines (WebRTC-Debugging-RtpDump), others between" },
	{ "in",  "firefox-log",  "RTP_PACKET lines (MOZ_LOG=RtpLogger:5), others between" },
	{ "in",  "janus-text",   "of start_text2pcap" },
	{ "in",  "text2pcap",    "packets in hex: what text2pcap reads, tshark -x, tcpdump -x, xxd" },
	{ "in",  "gzip",         "around any of these" },
	{ "in",  "zstd",         "around any of these" },
	{ "in",  "sdp",          "session descriptions (RFC 8866), with --sdp or inside a log" },
	{ "in",  "keys",         "key files, sframe-tool/keys/v1, with --keys" },
	{ "out", "text",         "for a person" },
	{ "out", "json",         "one document, sframe-tool/report/v1" },
	{ "out", "jsonl",        "one fact a line; of decode, one frame a line" },
	{ "out", "pcapng",       "plain RTP, of unwrap" },
};
/* clang-format on */

static void
list_formats(void)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		printf("%-3s  %-12s  %s\n", formats[i].way, formats[i].name,
		    formats[i].what);
}

enum sf_exit
sf_cmd_list(const struct sf_config *c)
{
	const char *what = c->operands.v[0];

	if (strcmp(what, "findings") == 0 && c->markdown)
		markdown_findings();
	else if (c->markdown)
		goto usage;
	else if (strcmp(what, "findings") == 0)
		list_findings();
	else if (strcmp(what, "suites") == 0)
		list_suites();
	else if (strcmp(what, "dialects") == 0)
		list_dialects();
	else if (strcmp(what, "parsers") == 0)
		list_parsers();
	else if (strcmp(what, "formats") == 0)
		list_formats();
	else
		goto usage;
	return SF_EXIT_OK;
usage:
	sf_complain(NULL,
	    c->markdown ? "list: --markdown is for findings only"
			: "list: TABLE is findings, suites, dialects, parsers "
			  "or formats");
	return SF_EXIT_USAGE;
}

/* ---- explain ------------------------------------------------------------- */

static void
explain_line(const char *name, const char *text, const char *end)
{
	const struct sf_report_style style = { 0 };
	struct sf_para p = sf_para(stdout, &style, 2, 15);

	sf_para_text(&p, name);
	sf_para_tab(&p, 15);
	sf_para_text(&p, text);
	sf_para_text(&p, end);
	sf_para_end(&p);
}

static void
explain(const struct sf_rule *r)
{
	struct sf_reason why = reason_of(r);

	printf("%s  %s\n", r->id, r->slug);
	explain_line("severity", sf_severity_name(r->severity), "");
	explain_line("level", sf_level_name(r->level), "");
	explain_line("source", r->source[0] == '\0' ? "ours" : r->source, "");
	explain_line("means", r->text, ".");
	explain_line("cause", why.cause, "");
	explain_line("consequence", why.consequence, "");
	explain_line("remedy", r->remedy, "");
}

/* What not-rfc9605 may name: each format, how it is told, what it lacks. */
static void
explain_dialects(void)
{
	const struct sf_report_style style = { 0 };

	for (unsigned i = SF_DIALECT_NONE + 1; i < SF_DIALECTS; i++) {
		const struct sf_dialect_row *d =
		    sf_dialect_row((enum sf_dialect)i);
		struct sf_para p;

		if (!sf_dialect_is_other((enum sf_dialect)i))
			continue;
		p = sf_para(stdout, &style, 2, 16);
		sf_para_text(&p, d->name);
		sf_para_tab(&p, 16);
		sf_para_format(
		    &p, "%s. Told by %s. Lacks %s.", d->who, d->told, d->lacks);
		sf_para_end(&p);
	}
}

enum sf_exit
sf_cmd_explain(const struct sf_config *c)
{
	for (unsigned i = 0; i < c->operands.n; i++) {
		const struct sf_rule *r = sf_rule_find(c->operands.v[i]);

		if (r == NULL) {
			sf_complain(c->operands.v[i],
			    "there is no such finding; see " SF_NAME
			    " list findings");
			return SF_EXIT_USAGE;
		}
		explain(r);
		if (r == &sf_rules[SFD001])
			explain_dialects();
	}
	return SF_EXIT_OK;
}
