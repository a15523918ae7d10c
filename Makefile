# sframe-tool. Needs GNU make 4.3 and pkg-config.
#
#	make			the program			build/release/
#	make demo		packages, build, one call judged
#	make test		packages, build, every test there is
#	make deps		the Debian packages for both, installed if missing
#
#	make check		structure, unit and corpus checks
#	make asan-check		unit and corpus checks under ASan and UBSan
#	make clang-check	the same built by clang
#	make valgrind		unit checks under valgrind
#	make fuzz, make afl	fuzz targets			build/libfuzzer/, build/afl/
#	make harness ADAPTER=F	the same for somebody else's implementation
#	make conform-score	how many defects of shims/node conform finds
#	make fuzz-ci		each of them for FUZZ_SECONDS
#	make fuzz-rotation	all of them in turn under both engines, for MINUTES,
#				parsers by folder (build/libfuzzer/fuzz/parsers_rtp);
#				goes on where it was, and says what is short:
#				fuzz/rotate.sh, record in fuzz/rotation.tsv
#	make fuzz-merge		the least of what they found that reaches new code,
#				into corpora/: fuzz/merge.sh
#	make cmplog		for AFL++ to read comparisons	build/cmplog/
#				(fuzz/afl.sh runs both on all targets)
#	make coverage		what unit and corpus checks reach; parsers/ must be
#				nearly all
#	make bench		how fast, on how much memory
#	make accuracy		how often right: made calls, clean hours, real calls
#
#	make docs		docs/findings.md from checks/findings.def
#	make format		clang-format of what you changed
#	make lint		clang-tidy
#	make install		honours PREFIX and DESTDIR; make uninstall
#	make dist		a tarball of the last commit	build/
#	make clean
#
#	V=1 shows commands; CC, CFLAGS, CPPFLAGS, LDFLAGS, LDLIBS are yours.

VARIANT ?= release
B := build/$(VARIANT)

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
BASHCOMPDIR ?= $(DATADIR)/bash-completion/completions
ZSHCOMPDIR ?= $(DATADIR)/zsh/site-functions
FISHCOMPDIR ?= $(DATADIR)/fish/vendor_completions.d
INSTALL ?= install
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O3 -g
MAKEFLAGS += -r --no-print-directory

# The capture of `make demo`.
DEMO ?= corpora/captures/S16-d-plain-2s.rtp.pcap
# fuzz-ci: seconds for each target, and how many run at once.
FUZZ_SECONDS ?= 20
FUZZ_JOBS ?= 2

# ---- packages ---------------------------------------------------------------

# package, or package:command where the command will do however it came
build_deps := gcc:gcc make:make pkg-config:pkg-config
build_deps += libpcap-dev libssl-dev libcjson-dev libxxhash-dev
build_deps += zlib1g-dev libzstd-dev
test_deps := clang:clang libclang-rt-dev valgrind:valgrind libcmocka-dev
test_deps += python3:python3 python3-jsonschema
test_deps += nodejs:node libsrtp2-dev
test_deps += tshark:tshark jq:jq zstd:zstd
test_deps += zip:zip g++:g++ python3-yaml

# ---- flags ------------------------------------------------------------------

ifeq ($(VARIANT),libfuzzer)
CC := clang
else ifeq ($(VARIANT),clang)
CC := clang
else ifneq ($(filter afl cmplog,$(VARIANT)),)
CC := afl-clang-fast
endif

try = $(if $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>&1),,$(1))
pkgs := libpcap libcrypto
pkgs += libcjson
pkgs += libxxhash
pkgs += zlib libzstd

# Warnings stop our own checks, not somebody's build of a release.
ifneq ($(filter %check check-% fuzz% afl cmplog test valgrind coverage,$(MAKECMDGOALS)),)
WERROR ?= -Werror
endif
export WERROR

std := -std=c11 -D_POSIX_C_SOURCE=200809L -pthread -I. -MMD -MP
std += $(shell $(PKG_CONFIG) --cflags $(pkgs) 2>/dev/null)
libs := $(shell $(PKG_CONFIG) --libs $(pkgs) 2>/dev/null) -lm -pthread
warn := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wcast-qual -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
	-Wundef -Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference
warn += $(foreach f,-Wlogical-op -Wduplicated-cond -Wcast-align=strict,$(call try,$(f)))
harden := $(foreach f,-fstack-protector-strong -fstack-clash-protection \
	-fcf-protection=full -ftrivial-auto-var-init=zero \
	-fstrict-flex-arrays=3,$(call try,$(f))) -fPIE
# Small structures are cleared by stores: rep stos takes longer to begin.
, := ,
clear := -mmemset-strategy=unrolled_loop:512:noalign$(,)libcall:-1:noalign
harden += $(call try,$(clear))
san := address,undefined
# Without the full optimiser, or with a sanitizer, gcc cannot follow a value
# that a function sets on success alone.
lenient := $(call try,-Wno-maybe-uninitialized)
frames := -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all $(lenient)

# v.<variant> compiles, l.<variant> links, main.<variant> drives fuzz targets.
v.release := $(harden) -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
l.release := -pie -Wl,-z,relro,-z,now,-z,noexecstack
v.clang := $(v.release)
l.clang := $(l.release)
v.asan := $(frames) -fsanitize=$(san)
l.asan := -fsanitize=$(san)
v.valgrind := -O1 -g $(lenient)
v.coverage := -O0 --coverage $(lenient)
l.coverage := --coverage
# -O2 has what is small in its place, with counters of its own at each call.
v.libfuzzer := $(frames) -O2 -fsanitize=fuzzer-no-link,$(san)
l.libfuzzer := -fsanitize=fuzzer,$(san)
v.afl := -O1
l.afl := -fsanitize=fuzzer
v.cmplog := $(v.afl)
l.cmplog := $(l.afl)
replay := $(B)/obj/fuzz/replay.o
main.release := $(replay)
main.clang := $(replay)
main.asan := $(replay)
main.valgrind := $(replay)
main.coverage := $(replay)

# What a report says it was made by: of a tarball, what `make dist` wrote down.
COMMIT := $(shell git describe --always --exclude='*' --abbrev=12 --dirty=+ 2>/dev/null || \
	sed -n '/Format/!s/^\(.\{12\}\).*/\1/p' COMMIT)
COMMIT := $(or $(COMMIT),unknown)

compile = $(CC) $(CFLAGS) $(std) $(warn) $(WERROR) $(v.$(VARIANT)) \
	$(CPPFLAGS) -c -o $@ $<
# OSS-Fuzz and ClusterFuzzLite give an engine, which can be in C++.
v.ossfuzz := $(lenient)
l.ossfuzz = $(LIB_FUZZING_ENGINE)
linker = $(if $(filter ossfuzz,$(VARIANT)),$(CXX) $(CXXFLAGS),$(CC) $(CFLAGS))
link = $(linker) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
	$(l.$(VARIANT)) $(LDFLAGS) $(testlibs) $(libs) $(LDLIBS)
ifneq ($(V),1)
say = @printf '  %-6s %s\n' $(1) $@;
endif

# ---- what there is ----------------------------------------------------------

layers := parsers engine checks report cli
may.parsers := parsers
may.engine := parsers engine
may.checks := parsers engine checks
may.report := parsers engine checks report
may.cli := parsers engine checks report cli

src = $(sort $(foreach d,$(1),$(wildcard $(d)/*.c $(d)/*/*.c)))
obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
lib_src := $(call src,parsers engine checks report)
headers := $(sort $(foreach d,$(layers),$(wildcard $(d)/*.h $(d)/*/*.h)))
tests := $(patsubst tests/%.c,%,$(sort $(wildcard tests/test_*.c)))
parsers := $(shell sed -n 's/^PARSER[^a-z]*\([a-z0-9_]*\).*/\1/p' parsers/parsers.def)
more := $(patsubst fuzz/target_%.c,%,$(sort $(wildcard fuzz/target_*.c)))
# A folder's parsers are one more target, parsers_FOLDER: each input goes to all
# of them.
folders := $(shell sed -n 's,^/\* parsers/\([a-z]*\) .*,\1,p' parsers/parsers.def)
named = $(shell sed -n '/^.* parsers.$(1) /,/^$$/s/^PARSER[^a-z]*\([a-z0-9_]*\).*/\1/p' parsers/parsers.def)
$(foreach f,$(folders),$(eval in.parsers_$(f) := $(call named,$(f))))
ifneq ($(sort $(parsers)),$(sort $(foreach f,$(folders),$(in.parsers_$(f)))))
$(error parsers.def: each parser stands under the name of one folder)
endif
folders := $(folders:%=parsers_%)
targets := $(parsers) $(folders) $(more)
# What a target begins with.
seeds = $(patsubst %,corpora/%,$(or $(in.$*),$*))
program := $(if $(wildcard cli/main.c),$(B)/sframe-tool)

# ---- building ---------------------------------------------------------------

all: $(B)/libsframe.a $(program) $(B)/shims/sframe-tool

$(B)/sframe-tool: $(call obj,$(call src,cli)) $(B)/libsframe.a
	$(call say,LD)$(link)
$(B)/libsframe.a: $(call obj,$(lib_src))
	$(call say,AR)rm -f $@; $(AR) rcs $@ $^
$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(compile)
# One file knows it, and is compiled when it changes.
$(B)/commit: $(if $(filter $(COMMIT),$(file < $(B)/commit)),,relink)
	@mkdir -p $(@D)
	@echo $(COMMIT) > $@
$(B)/obj/report/version.o: CPPFLAGS += -DSF_COMMIT='"$(COMMIT)"'
$(B)/obj/report/version.o: $(B)/commit

$(B)/shims/sframe-tool: $(B)/obj/shims/c/shim.o $(B)/libsframe.a
	@mkdir -p $(@D)
	$(call say,LD)$(link)

$(tests:%=$(B)/tests/%): testlibs := -lcmocka
$(tests:%=$(B)/tests/%): $(B)/tests/%: $(B)/obj/tests/%.o $(B)/libsframe.a
	@mkdir -p $(@D)
	$(call say,LD)$(link)

# fuzz/parser.c is compiled once for each row of parsers.def, and each folder.
one_or_all := $(parsers) $(folders)
$(one_or_all:%=$(B)/obj/fuzz/parser-%.o): $(B)/obj/fuzz/parser-%.o: fuzz/parser.c
	@mkdir -p $(@D)
	$(call say,CC)$(compile) '-DPARSERS=$(patsubst %,ROW(%),$(or $(in.$*),$*))'
$(one_or_all:%=$(B)/fuzz/%): $(B)/fuzz/%: $(B)/obj/fuzz/parser-%.o
$(more:%=$(B)/fuzz/%): $(B)/fuzz/%: $(B)/obj/fuzz/target_%.o
$(targets:%=$(B)/fuzz/%): $(main.$(VARIANT)) $(B)/libsframe.a
	@mkdir -p $(@D)
	$(call say,LD)$(link)

fuzz-targets: $(targets:%=$(B)/fuzz/%)
fuzz: ; $(MAKE) VARIANT=libfuzzer fuzz-targets
afl: ; $(MAKE) VARIANT=afl fuzz-targets
cmplog: ; AFL_LLVM_CMPLOG=1 $(MAKE) VARIANT=cmplog fuzz-targets

# ---- in-process targets for somebody's implementation -------------------------

# make harness ADAPTER=mine.c HARNESS_LIBS=-lmine; C++ by its .cc or .cpp
ADAPTER ?= fuzz/harness/example.c
CXX ?= c++
kit := header open seal_open sequence differential
kit_cc = $(CC) $(CFLAGS) $(std) $(v.$(VARIANT)) $(CPPFLAGS) $(HARNESS_FLAGS)
kit_cxx = $(CXX) $(CXXFLAGS) -std=c++17 -I. $(v.$(VARIANT)) $(CPPFLAGS) $(HARNESS_FLAGS)
# Other flags are other objects.
kit_flags := $(or $(strip $(HARNESS_FLAGS)),none)
$(B)/harness/flags: $(if $(filter-out $(file < $(B)/harness/flags),$(kit_flags))$(filter-out $(kit_flags),$(file < $(B)/harness/flags)),relink)
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(kit_flags))' > $@
# ADAPTER= is none: the functions are in HARNESS_LIBS.
adapter := $(if $(ADAPTER),$(B)/harness/adapter-$(subst /,-,$(ADAPTER)).o)
$(or $(adapter),no-adapter): $(ADAPTER) fuzz/harness/sframe_fuzz.h $(B)/harness/flags
	@mkdir -p $(@D)
	$(call say,CC)$(if $(filter %.c,$<),$(kit_cc),$(kit_cxx)) -c -o $@ $<
$(B)/harness/%.o: fuzz/harness/%.c $(B)/harness/flags
	@mkdir -p $(@D)
	$(call say,CC)$(kit_cc) -MF $(@:.o=.d) -c -o $@ $<
# All that the targets compare with, and no more: it builds in a moment, and
# wants no library but libcrypto.
reference := $(call obj,$(wildcard engine/session/*.c engine/crypto/*.c) engine/session/replay.c parsers/sframe/header.c)
$(B)/harness/libreference.a: $(reference)
	@mkdir -p $(@D)
	$(call say,AR)rm -f $@; $(AR) rcs $@ $^
$(kit:%=$(B)/harness/%): $(B)/harness/%: $(B)/harness/target_%.o $(B)/harness/mutator.o \
    $(adapter) $(main.$(VARIANT)) $(B)/harness/libreference.a relink
	$(call say,LD)$(CXX) $(CXXFLAGS) -o $@ $(filter-out $(if $(filter %/header %/sequence %/seal_open,$@),%/mutator.o),$(filter %.o,$^)) \
	    $(B)/harness/libreference.a $(l.$(VARIANT)) $(LDFLAGS) $(HARNESS_LIBS) \
	    $(or $(shell $(PKG_CONFIG) --libs libcrypto 2>/dev/null),-lcrypto) -lm -pthread $(LDLIBS)
# Another adapter, or a library of yours that was built anew: nobody tells make.
relink: ;
harness-targets: $(kit:%=$(B)/harness/%)
harness: ; $(MAKE) VARIANT=libfuzzer CXX="$(or $(filter clang++%,$(CXX)),clang++)" harness-targets

# ---- checking ---------------------------------------------------------------

check: check-layers check-headers check-objects check-run check-docs
asan-check: ; $(MAKE) VARIANT=asan check-run
clang-check: ; $(MAKE) VARIANT=clang all check-headers check-objects check-run
check-run: $(tests:%=$(B)/tests/%.ok) $(targets:%=$(B)/corpus/%.ok)

# A test may read vectors, corpora and its own folder.
data := $(wildcard vectors/*/*)
$(B)/tests/%.ok: $(B)/tests/% $(data)
	$(call say,TEST)CMOCKA_MESSAGE_OUTPUT=TAP $< > $@.log 2>&1 || \
	    { grep -v '^ok' $@.log >&2; exit 1; }
	@touch $@

.SECONDEXPANSION:
$(B)/corpus/%.ok: $(B)/fuzz/% $$(wildcard $$(addsuffix /*,$$(seeds)))
	@mkdir -p $(@D)
	@for d in $(seeds); do set -- $$d/*; [ -e "$$1" ] || { echo "$$d is empty: add a seed" >&2; exit 1; }; done
	$(call say,CORPUS)$< $(addsuffix /*,$(seeds))
	@touch $@

# Who may include whom; and a parser has no library but <string.h>.
check-layers: $(layers:%=layer-%)
	@grep -rnE '^#include <' --include='*.[ch]' --include='*.def' parsers | \
	    grep -vE '<(limits|stdbool|stddef|stdint|string)\.h>' | \
	    sed 's/^/a parser may not include: /' | (! grep .)
layer-%:
	@grep -rhoE '^#include "[a-z]+/' --include='*.[ch]' --include='*.def' $* 2>/dev/null | \
	    cut -d'"' -f2 | tr -d / | sort -u | grep -vxF $(patsubst %,-e %,$(may.$*)) | \
	    sed 's/^/$* may not include from: /' | (! grep .)
check-headers: $(headers:%=$(B)/alone/%.ok)
$(B)/alone/%.ok: %
	@mkdir -p $(@D)
	@echo '#include "$<"' | $(CC) $(filter-out -M%,$(std)) -MMD -MP -MF $(@:.ok=.d) -MT $@ \
	    -Wall -Wextra -Werror -fsyntax-only -x c - && touch $@

# What the symbol tables can show: each parser has its row; parsers call
# nothing but ours, mem* and str*; no object has writable static storage.
parser_objs := $(call obj,$(call src,parsers))
check-objects: $(B)/libsframe.a
	@nm -g --defined-only $(parser_objs) | sed -n 's/.* T sf_\(.*\)_parse$$/\1/p' | sort > $(B)/have
	@printf '%s\n' $(parsers) | sort > $(B)/rows
	@comm -3 $(B)/have $(B)/rows | sed 's/^/parsers.def is out of step: /' | (! grep .)
	@nm -u $(parser_objs) | awk '$$1 == "U" { print $$2 }' | sort -u | \
	    grep -vE '^(sf_|_*mem|bcmp$$|str(len|n?cmp|chr)$$|__stack_chk|__asan|__ubsan|__gcov|_GLOBAL_)' | \
	    sed 's/^/a parser calls: /' | (! grep .)
	@size -A $< | awk '/\.o/ { o = $$1 } $$1 ~ /^\.(data|bss)$$/ && $$2 > 0 \
	    { print "writable static storage in", o; bad = 1 } END { exit bad }'

# The page and the table it is made from.
ifneq ($(program),)
docs: $(program)
	$(B)/sframe-tool list findings --markdown > docs/findings.md
endif
check-docs: $(if $(wildcard docs/findings.md),$(program))
ifneq ($(and $(program),$(wildcard docs/findings.md)),)
	@$(B)/sframe-tool list findings --markdown | cmp -s - docs/findings.md || \
	    { echo "docs/findings.md is out of date: make docs" >&2; exit 1; }
endif

# A leak, a read of what was never written, a jump on it: all are errors.
memcheck := valgrind -q --error-exitcode=1 --leak-check=full --show-leak-kinds=all
valgrind: ; $(MAKE) VARIANT=valgrind valgrind-run
valgrind-run: $(tests:%=$(B)/tests/%.memcheck)
$(B)/tests/%.memcheck: $(B)/tests/% $(data)
	$(call say,MEM)CMOCKA_MESSAGE_OUTPUT=TAP $(memcheck) $< > $@.log 2>&1 || \
	    { grep -v '^ok' $@.log >&2; exit 1; }
	@touch $@

# Scratch and findings stay in build/; what earns its place is moved by hand.
fuzz-ci: fuzz
	$(MAKE) VARIANT=libfuzzer -k -j$(FUZZ_JOBS) $(targets:%=fuzz-run-%)
fuzz-run-%: $(B)/fuzz/%
	@mkdir -p $(B)/found/$*
	@log=$(B)/found/$*.log; \
	if $< -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 \
	    -print_final_stats=1 -artifact_prefix=$(B)/found/$*- \
	    $(patsubst %,-dict=%,$(wildcard fuzz/$*.dict)) \
	    $(B)/found/$* $(seeds) > $$log 2>&1; then \
		awk '/number_of_executed_units/ { n = $$2 } / cov: / { c = $$4 } \
		    END { printf "  %-20s nothing found  %10d runs  %5d edges\n", "$*", n, c }' $$log; \
	else \
		printf '  %-20s FOUND SOMETHING\n' $*; tail -n 40 $$log; exit 1; \
	fi

fuzz-merge: fuzz ; @sh fuzz/merge.sh $(or $(TARGETS),$(parsers) $(more))
fuzz-rotation: ; @MAKE="$(MAKE)" sh fuzz/rotate.sh $(or $(TARGETS),$(folders) $(more))
seeds-%: ; @echo $(seeds)

coverage: ; $(MAKE) VARIANT=coverage check-run coverage-report
coverage-report: check-run
	@python3 -B tests/coverage.py $(B)/obj $(lib_src)

# ---- the two commands -------------------------------------------------------

deps: ; @sh tests/deps.sh $(build_deps) $(test_deps)
build-deps: ; @sh tests/deps.sh $(build_deps)

# The tool says 1 of a call with a fault; here that is a demonstration.
demo: build-deps
	@$(MAKE) all
	@$(MAKE) VARIANT=$(VARIANT) run-demo
run-demo:
	$(B)/sframe-tool check $(DEMO) || [ $$? -eq 1 ]

test: deps
	@MAKE="$(MAKE)" sh tests/all.sh

# Every defect of shims/node: is it found, and charged to its requirement?
conform-score: all
	@python3 -B tests/conform.py score

bench: all
	@sh tests/bench.sh

# Calls with a known truth, by the thousand; the same seed, the same calls.
SEED ?= 9605
CALLS ?= 4000
HOURS ?= 20
CAPTURES ?= corpora/captures
JOBS ?= $(shell nproc 2> /dev/null || echo 1)
accuracy: all
	@python3 -B tests/accuracy.py --seed $(SEED) --calls $(CALLS) \
	    --hours $(HOURS) --jobs $(JOBS) $(CAPTURES:%=--captures %)

# ---- the rest ---------------------------------------------------------------

# Of lines that differ from the last commit: tables stay as they were laid out.
format: ; git clang-format --force --extensions c,h
lint:
	@command -v clang-tidy > /dev/null || { echo "no clang-tidy here" >&2; exit 1; }
	clang-tidy --quiet $(lib_src) $(call src,cli) -- $(filter-out -M%,$(std))

install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1
	$(INSTALL) -m 0755 $(B)/sframe-tool $(DESTDIR)$(BINDIR)/sframe-tool
	$(INSTALL) -m 0644 docs/sframe-tool.1 $(DESTDIR)$(MANDIR)/man1/sframe-tool.1
	$(INSTALL) -d $(DESTDIR)$(DATADIR)/sframe-tool $(DESTDIR)$(BASHCOMPDIR) \
	    $(DESTDIR)$(ZSHCOMPDIR) $(DESTDIR)$(FISHCOMPDIR)
	$(INSTALL) -m 0644 docs/report.schema.json docs/frame.schema.json \
	    docs/vectors.schema.json docs/keys.schema.json docs/srtp-keys.schema.json docs/policy.schema.json docs/compare.schema.json docs/conform.schema.json \
	    $(DESTDIR)$(DATADIR)/sframe-tool
	$(B)/sframe-tool completion bash > $(DESTDIR)$(BASHCOMPDIR)/sframe-tool
	$(B)/sframe-tool completion zsh > $(DESTDIR)$(ZSHCOMPDIR)/_sframe-tool
	$(B)/sframe-tool completion fish > $(DESTDIR)$(FISHCOMPDIR)/sframe-tool.fish
uninstall:
	$(RM) $(DESTDIR)$(BINDIR)/sframe-tool $(DESTDIR)$(MANDIR)/man1/sframe-tool.1 \
	    $(DESTDIR)$(BASHCOMPDIR)/sframe-tool $(DESTDIR)$(ZSHCOMPDIR)/_sframe-tool \
	    $(DESTDIR)$(FISHCOMPDIR)/sframe-tool.fish
	$(RM) -r $(DESTDIR)$(DATADIR)/sframe-tool
dist:
	@mkdir -p build
	git archive --format=tar.gz --prefix=sframe-tool/ -o build/sframe-tool.tar.gz HEAD
clean:
	$(RM) -r build

.PHONY: harness relink harness-targets conform-score all fuzz-targets fuzz afl cmplog fuzz-ci fuzz-merge fuzz-rotation check asan-check clang-check check-run \
	check-layers check-headers check-objects check-docs valgrind valgrind-run \
	coverage coverage-report deps build-deps demo run-demo test bench accuracy \
	docs \
	format lint install uninstall dist clean
.DELETE_ON_ERROR:
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
