/*
 * Unit tests of cli/opt.c and cli/optvalue.c, compiled right here: nothing of
 * cli/ is in the library, and the tables have to be looked at from inside.
 */
#include "cli/opt.c"      /* NOLINT(bugprone-suspicious-include) */
#include "cli/optvalue.c" /* NOLINT(bugprone-suspicious-include) */
#include "tests/out.h"

#define WORDS 8

static bool
parse(struct sf_config *c, enum sf_command command, const char *const *words,
    char *message)
{
	static char text[WORDS][64]; /* what c borrows */
	char *argv[WORDS + 1] = { text[0] };
	int argc = 0;

	/* getopt moves the pointers about, not the text */
	for (; words[argc] != NULL; argc++) {
		assert_true(argc < WORDS && strlen(words[argc]) < 64);
		strcpy(text[argc], words[argc]);
		argv[argc] = text[argc];
	}
	message[0] = '\0';
	return sf_opt_parse(c, command, argc, argv, message);
}

/* clang-format off */
static const struct {
	enum sf_command command;
	const char *words[WORDS];
	const char *message; /* a part of it */
} bad[] = {
	{ SF_CMD_check,  { "check" },                                  "CAPTURE" },
	{ SF_CMD_check,  { "check", "--nope", "x" },                   "--nope" },
	{ SF_CMD_check,  { "check", "-Z", "x" },                       "-Z" },
	{ SF_CMD_check,  { "check", "x\033[2J", "--no\033" },          "--no\\x1b" },
	{ SF_CMD_check,  { "check", "x", "-r" },                       "-r" },
	{ SF_CMD_check,  { "check", "x", "--format" },                 "--format" },
	{ SF_CMD_check,  { "check", "x", "--json=1" },                 "--json=1" },
	{ SF_CMD_check,  { "check", "x", "--format", "xml" },          "'xml'" },
	{ SF_CMD_check,  { "check", "x", "--fail-on", "" },            "--fail-on" },
	{ SF_CMD_check,  { "check", "x", "--color", "Auto" },          "'Auto'" },
	{ SF_CMD_check,  { "check", "x", "--max-memory", "7M" },       "8M at least" },
	{ SF_CMD_check,  { "check", "x", "--max-memory", "64Q" },      "'64Q'" },
	{ SF_CMD_check,  { "check", "x", "--max-memory", "64MM" },     "'64MM'" },
	{ SF_CMD_check,  { "check", "x", "--max-memory", "-1" },       "'-1'" },
	{ SF_CMD_check,  { "check", "x", "--max-memory", "18446744073709551616" }, "max-memory" },
	{ SF_CMD_check,  { "check", "x", "--max-memory", "18014398509481984G" },   "max-memory" },
	{ SF_CMD_check,  { "check", "x", "--kid-scheme", "mls" },      "'mls'" },
	{ SF_CMD_check,  { "check", "x", "--kid-scheme", "mls:8" },    "'mls:8'" },
	{ SF_CMD_check,  { "check", "x", "--kid-scheme", "mls:32,33" }, "'mls:32,33'" },
	{ SF_CMD_check,  { "check", "x", "--kid-scheme", "mls:0,8" },  "'mls:0,8'" },
	{ SF_CMD_check,  { "check", "x", "--kid-scheme", "sender:" },  "'sender:'" },
	{ SF_CMD_check,  { "check", "x", "--kid-scheme", "sender:64" }, "'sender:64'" },
	{ SF_CMD_check,  { "check", "x", "--kid-scheme", "sender:4x" }, "'sender:4x'" },
	{ SF_CMD_check,  { "check", "x", "-o", "" },                   "--output" },
	{ SF_CMD_decode, { "decode", "x", "--fail-on", "note" },       "--fail-on" },
	{ SF_CMD_header, { "header", "00", "01" },                     "01" },
	{ SF_CMD_seal,   { "seal", "00", "--kid", "x" },               "'x'" },
	{ SF_CMD_seal,   { "seal", "00", "--kid", "0x" },              "'0x'" },
	{ SF_CMD_seal,   { "seal", "00", "--ctr", "-1" },              "'-1'" },
	{ SF_CMD_seal,   { "seal", "00", "--ctr", "18446744073709551616" }, "--ctr" },
	{ SF_CMD_seal,   { "seal", "00", "--ctr", "0x10000000000000000" },  "--ctr" },
	{ SF_CMD_seal,   { "seal", "00", "--keys", "" },               "--keys" },
	{ SF_CMD_seal,   { "seal", "00", "01" },                       "01" },
	{ SF_CMD_open,   { "open", "00", "--kid", "1" },               "--kid" },
	{ SF_CMD_bench,  { "bench", "now" },                           "now" },
	{ SF_CMD_version, { "version", "now" },                        "now" },
};
/* clang-format on */

static void
refuses_what_is_wrong(void **state)
{
	static struct sf_config c;
	char message[SF_OPT_MESSAGE];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parse(&c, bad[i].command, bad[i].words, message))
			fail_msg("row %zu was taken: %s", i, bad[i].message);
		out_has(message, bad[i].message);
		assert_null(strchr(message, '\033'));
	}
}

static void
takes_what_is_right(void **state)
{
	static const char *const words[] = { "check", "b.pcap", "-r", "-",
		"--json", "-vf", "udp", NULL };
	static struct sf_config c;
	char message[SF_OPT_MESSAGE];

	(void)state;
	assert_true(parse(&c, SF_CMD_check, words, message));
	assert_int_equal(c.operands.n, 2);
	assert_string_equal(c.operands.v[0], "b.pcap");
	assert_string_equal(c.operands.v[1], "-");
	assert_string_equal(c.filter, "udp");
	assert_int_equal(c.format, SF_FORMAT_JSON);
	assert_true(c.verbose && !c.quiet && !c.help);
	assert_int_equal(c.fail_on, SF_ERROR);
	assert_int_equal(c.max_memory, SF_DEFAULT_MEMORY);
}

static void
compares_with_more_memory(void **state)
{
	static const char *const words[] = { "compare", "a", "b", NULL };
	static const char *const told[] = { "compare", "--max-memory=64M", "a",
		"b", NULL };
	static struct sf_config c;
	char message[SF_OPT_MESSAGE];

	(void)state;
	assert_true(parse(&c, SF_CMD_compare, words, message));
	assert_int_equal(c.max_memory, SF_COMPARE_MEMORY);
	assert_true(parse(&c, SF_CMD_compare, told, message));
	assert_int_equal(c.max_memory, SF_DEFAULT_MEMORY);
}

static void
keeps_the_order_of_captures(void **state)
{
	static const char *const words[] = { "check", "a", "--read=b", "c",
		"--", "-d", "e", NULL };
	static struct sf_config c;
	char message[SF_OPT_MESSAGE];

	(void)state;
	assert_true(parse(&c, SF_CMD_check, words, message));
	assert_int_equal(c.operands.n, 5);
	assert_string_equal(c.operands.v[0], "a");
	assert_string_equal(c.operands.v[1], "b");
	assert_string_equal(c.operands.v[2], "c");
	assert_string_equal(c.operands.v[3], "-d");
	assert_string_equal(c.operands.v[4], "e");
}

static void
reads_values(void **state)
{
	struct sf_kid_option k;
	struct sf_number n;
	uint64_t size;

	(void)state;
	assert_true(read_size("8388608", &size));
	assert_int_equal(size, 8388608);
	assert_true(read_size("64m", &size));
	assert_int_equal(size, 64 << 20);
	assert_true(read_size("8192K", &size));
	assert_int_equal(size, 8 << 20);
	assert_true(read_size("2G", &size));
	assert_true(size == UINT64_C(2) << 30);
	assert_false(read_size("", &size));
	assert_false(read_size("M", &size));
	assert_true(read_kid_scheme("raw", &k));
	assert_int_equal(k.scheme, SF_KID_RAW);
	assert_true(read_kid_scheme("sender:4", &k));
	assert_true(k.scheme == SF_KID_SENDER && k.a == 4);
	assert_true(read_kid_scheme("mls:8,56", &k));
	assert_true(k.scheme == SF_KID_MLS && k.a == 8 && k.b == 56);
	assert_true(read_whole("18446744073709551615", &n));
	assert_true(n.given && n.v == UINT64_MAX);
	assert_true(read_whole("0xFfffffffffffffff", &n));
	assert_true(n.v == UINT64_MAX);
	assert_true(read_whole("0x0000000000000000000009", &n));
	assert_true(n.v == 9);
}

static void
help_asks_for_nothing_else(void **state)
{
	static const char *const words[] = { "check", "--help", NULL };
	static struct sf_config c;
	char message[SF_OPT_MESSAGE];

	(void)state;
	assert_true(parse(&c, SF_CMD_check, words, message));
	assert_true(c.help);
}

static void
some_operands_may_be_left_out(void **state)
{
	static const char *const words[] = { "open", "--keys", "-", NULL };
	static struct sf_config c;
	char message[SF_OPT_MESSAGE];

	(void)state;
	assert_true(parse(&c, SF_CMD_open, words, message));
	assert_int_equal(c.operands.n, 0);
	assert_string_equal(c.keys, "-");
	assert_false(c.ssrc.given);
}

/* Every option is reachable and described once. */
static void
tables_are_sound(void **state)
{
	(void)state;
	for (const struct sf_option *o = sf_options; o->name != NULL; o++) {
		assert_true(o->commands != 0 && (o->commands & ~ALL) == 0);
		assert_true((o->kind == SF_OPT_FLAG) == (o->arg == NULL));
		assert_true(strlen(o->help) < 68);
		for (const struct sf_option *p = sf_options; p != o; p++) {
			assert_string_not_equal(p->name, o->name);
			assert_true(o->letter == 0 || p->letter != o->letter);
		}
	}
	for (unsigned i = 0; i < SF_COMMANDS; i++)
		assert_int_equal(sf_command_find(sf_commands[i].name), i);
	assert_int_equal(sf_command_find("watch"), SF_COMMANDS);
}

/* The manual names every command and every option, with its letter. */
static void
manual_is_complete(void **state)
{
	static char page[1 << 17];
	FILE *f = fopen("docs/sframe-tool.1", "r");
	char mark[64];

	(void)state;
	if (f == NULL)
		skip();
	page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
	fclose(f);
	for (const struct sf_option *o = sf_options; o->name != NULL; o++) {
		snprintf(mark, sizeof(mark), "Fl -%s", o->name);
		out_has(page, mark);
		if (o->letter != 0) {
			snprintf(mark, sizeof(mark), ".It Fl %c , Fl -%s",
			    o->letter, o->name);
			out_has(page, mark);
		}
	}
	for (unsigned i = 0; i < SF_COMMANDS; i++) {
		snprintf(mark, sizeof(mark), ".It Cm %s", sf_commands[i].name);
		out_has(page, mark);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_wrong),
		cmocka_unit_test(takes_what_is_right),
		cmocka_unit_test(compares_with_more_memory),
		cmocka_unit_test(keeps_the_order_of_captures),
		cmocka_unit_test(reads_values),
		cmocka_unit_test(help_asks_for_nothing_else),
		cmocka_unit_test(some_operands_may_be_left_out),
		cmocka_unit_test(tables_are_sound),
		cmocka_unit_test(manual_is_complete),
	};

	return cmocka_run_group_tests_name("opt", tests, NULL, NULL);
}
