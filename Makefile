# Affekt: a face becomes music.
#
#   make                  builds build/affekt
#   make demo             trains, measures, classifies and composes in under five minutes [FER2013=fer2013.csv]
#   make test             builds and runs every test, or those of SUITES: SUITES='nn picture'
#   make install          puts program, library, models, manual and completion under PREFIX [/usr/local];
#                         make install-strip, make uninstall
#   make dist, make deb   a tarball of the sources; Debian packages of program, library and headers (in build/)
#   make deps             installs the Debian packages that are missing; demo and test do so too
#   make experiments      the studies in half an hour and their report [DATA=../shared/data STUDIES=…];
#                         FULL=1 trains everything anew, in eight hours
#   make sanitize         the tests under the address and undefined-behaviour sanitizers
#   make coverage         which lines the tests reach, as build/coverage/index.html
#   make mutants          small changes to the code, each of which a test must notice
#   make fuzz             each parser against hostile bytes for FUZZ_SECONDS [20]
#   make browser          the page in a real browser, where chromium and Node.js are there
#   make lint, format     checks, or mends, the looks of the code
#   make cppcheck         what another analyser says of it
#   make kills            a training on several processes, of which one is killed a hundred times
#   make races            a short training, classify, compose and live under the thread sanitizer
#   make clean            removes build/
#
# CC, AR, OBJCOPY, STRIP, PKG_CONFIG, CFLAGS, LDFLAGS, BUILD, DESTDIR and LIBDIR mean what they always mean; V=1 shows the
# commands.

VERSION      := 1.0
PREFIX       ?= /usr/local
LIBDIR       ?= $(PREFIX)/lib
BUILD        ?= build
CFLAGS       ?= -O2 -g
PKG_CONFIG   ?= pkg-config
OBJCOPY      ?= objcopy
STRIP        ?= strip
FUZZ_SECONDS ?= 20
FER2013      ?=
DATA         ?= $(or $(AFFEKT_DATA),../shared/data)
STUDIES      ?=
SUITES       ?=
FULL         ?=

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all help deps deps-check check-libraries demo test sanitize coverage mutants kills fuzz lint format \
        experiments tools install install-strip uninstall dist deb clean browser run-demo \
        run-browser run-test run-fuzz run-lint run-experiments cppcheck run-cppcheck races run-races
Q := $(if $(V),,@)

# ---------------------------------------------------------------------------- packages

# Libraries, each as its pkg-config name:its Debian package. Without an optional one the commands
# that live from it say so when called.
# MPI is found by the name of Debian's choice, of Open MPI or of MPICH.
MPI      := $(or $(firstword $(shell for name in mpi-c ompi-c mpich; do \
                $(PKG_CONFIG) --exists $$name 2>/dev/null && echo $$name; done)),mpi-c)
REQUIRED := openblas:libopenblas-dev libpng:libpng-dev zlib:zlib1g-dev smf:libsmf-dev \
            jansson:libjansson-dev cairo:libcairo2-dev
OPTIONAL := expat:libexpat1-dev fluidsynth:libfluidsynth-dev alsa:libasound2-dev libavdevice:libavdevice-dev \
            libavformat:libavformat-dev libavcodec:libavcodec-dev libavutil:libavutil-dev \
            libswscale:libswscale-dev libswresample:libswresample-dev libavfilter:libavfilter-dev \
            sqlite3:libsqlite3-dev libmicrohttpd:libmicrohttpd-dev libsystemd:libsystemd-dev \
            libmpdclient:libmpdclient-dev \
            $(MPI):libopenmpi-dev
name      = $(foreach pair,$(1),$(firstword $(subst :, ,$(pair))))
package   = $(foreach pair,$(1),$(lastword $(subst :, ,$(pair))))

PACKAGES       := build-essential pkgconf $(call package,$(REQUIRED) $(OPTIONAL)) \
                  openmpi-bin opencv-data fluid-soundfont-gm check gnuplot-nox jq cmark-gfm locales groff-base \
                  dbus-daemon procps
BROWSER_PACKAGES := chromium ffmpeg curl $(if $(shell command -v npm),,nodejs npm)
CHECK_PACKAGES := clang clang-format clang-tidy libclang-rt-dev libomp-dev shellcheck gcovr mpd zsh fish python3-numpy

FOUND    := $(shell for pair in $(REQUIRED) $(OPTIONAL); do \
                $(PKG_CONFIG) --exists $${pair%:*} 2>/dev/null && echo $$pair; done)
USED     := $(call name,$(FOUND))
libraries = $(shell $(PKG_CONFIG) $(1) $(USED) 2>/dev/null)
MACHINE  := $(shell $(CC) -dumpmachine 2>/dev/null)
MISSING  := $(if $(MACHINE),,compiler:build-essential) $(filter-out $(FOUND),$(REQUIRED))

# ---------------------------------------------------------------------------- sources

ROOMS    := nn datasets train infer compose
space    := $(subst ,, )
find      = $(sort $(shell find $(wildcard $(1)) -name '$(2)'))
SOURCES  := $(call find,$(ROOMS),*.c)
TESTS    := $(call find,tests,test_*.c)
STUDY_PROGRAMS := $(call find,experiments,*.c)
FUZZERS  := $(call find,tests/fuzz,fuzz_*.c)

# Kernels are compiled once for each instruction set; nn/kernels/isa.c chooses among them. Those of the
# face detector must give the same bits on all of them: no product is fused into a sum.
KERNEL_ROOMS  := nn/kernels infer/faces/detect/kernels
infer/faces/detect/kernels := -ffp-contract=off
KERNELS  := $(filter-out nn/kernels/isa.c,$(filter $(KERNEL_ROOMS:%=%/%),$(SOURCES)))
SOURCES  := $(filter-out $(KERNELS),$(SOURCES))
ISAS     := portable $(if $(findstring x86_64,$(MACHINE)),avx2 avx512)
portable := -ffp-contract=off
avx2     := -mavx2 -mfma -mf16c -mtune=haswell
avx512   := -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx2 -mfma -mprefer-vector-width=512

upper     = $(shell echo $(1) | tr a-z- A-Z_)
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wno-psabi $(if $(SANITIZE),-Wno-pass-failed)
FLAGS    := -std=gnu11 -I. -D_GNU_SOURCE $(foreach library,$(USED),-DHAVE_$(call upper,$(library))) \
            $(if $(filter $(MPI),$(USED)),-DHAVE_MPI) \
            -DISA_$(call upper,$(lastword $(ISAS)))_BUILT -fopenmp -fno-math-errno -fno-trapping-math \
            -fPIC -fvisibility=hidden $(WARNINGS) $(call libraries,--cflags) $(SANITIZE)
COMPILE  := $(CC) $(CPPFLAGS) $(FLAGS) $(CFLAGS)
LINK     := $(CC) -fopenmp $(SANITIZE) $(CFLAGS) $(LDFLAGS)
LIBRARIES := $(call libraries,--libs) -lm -lpthread $(LDLIBS)

objects   = $(1:%.c=$(BUILD)/%.o)
OBJECTS  := $(call objects,$(SOURCES)) $(foreach isa,$(ISAS),$(KERNELS:%.c=$(BUILD)/%.$(isa).o))
TEST_OBJECTS := $(call objects,tests/runner.c $(wildcard tests/support/*.c) $(TESTS))

# ---------------------------------------------------------------------------- the build

all: $(BUILD)/affekt $(BUILD)/libaffekt.a $(BUILD)/libaffekt.so $(BUILD)/affekt.pc

$(BUILD)/affekt: $(BUILD)/affekt.o $(BUILD)/rooms.a
	@echo '  LD  $@'
	$(Q)$(LINK) -o $@ $^ $(LIBRARIES)

# Everything, for the programs of this project.
$(BUILD)/rooms.a: $(OBJECTS) $(BUILD)/rooms.list
	@echo '  AR  $@'
	$(Q)rm -f $@ && $(AR) rcs $@ $(OBJECTS)

# A source that has gone leaves the archive too.
$(BUILD)/rooms.list: check-libraries
	@mkdir -p $(@D)
	@echo '$(OBJECTS)' | cmp -s - $@ || echo '$(OBJECTS)' >$@

# The library for other programs: what affekt.h needs of the rooms. In the archive, one object whose inner names have
# been made local.
HOST := $(call objects,$(call find,compose/host,*.c))
$(BUILD)/libaffekt.o: $(HOST) $(BUILD)/rooms.a
	@echo '  LD  $@'
	$(Q)$(CC) -r -nostdlib -o $@ $^ && $(OBJCOPY) --localize-hidden $@

$(BUILD)/libaffekt.a: $(BUILD)/libaffekt.o
	@echo '  AR  $@'
	$(Q)rm -f $@ && $(AR) rcs $@ $^

SONAME := libaffekt.so.$(firstword $(subst ., ,$(VERSION)))
$(BUILD)/$(SONAME): $(HOST) $(BUILD)/rooms.a compose/host/libaffekt.map
	@echo '  LD  $@'
	$(Q)$(LINK) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=compose/host/libaffekt.map -Wl,--as-needed \
	    $(if $(SANITIZE),,-Wl,-z,defs) -o $@ $(HOST) $(BUILD)/rooms.a $(LIBRARIES)
$(BUILD)/libaffekt.so: $(BUILD)/$(SONAME)
	$(Q)ln -sf $(<F) $@

# The page's files are part of the program.
# Link-time optimization would part what the assembler embeds from those who use it.
$(BUILD)/compose/web/assets.o: $(wildcard compose/web/page/*)
$(BUILD)/compose/web/assets.o: EXTRA := -fno-lto

$(BUILD)/tests/runner: $(TEST_OBJECTS) $(BUILD)/rooms.a
	@echo '  LD  $@'
	$(Q)$(LINK) -o $@ $^ $(LIBRARIES) $$($(PKG_CONFIG) --libs check)

$(BUILD)/%.o: %.c $(BUILD)/settings
	@mkdir -p $(@D)
	@echo '  CC  $@'
	$(Q)$(COMPILE) $(EXTRA) -MMD -MP -c -o $@ $<

# Sanitizers make the code of an unrolled kernel so large that -O3 would take minutes for each. The fuzzed
# parsers call no kernel: there they stay out of the kernels.
KERNEL_FLAGS := $(if $(findstring fuzzer,$(SANITIZE)),-fno-sanitize=all,$(if $(SANITIZE),,-O3))
define kernel_rule
$(BUILD)/$(2)/%.$(1).o: $(2)/%.c $(BUILD)/settings
	@mkdir -p $$(@D)
	@echo '  CC  $$@'
	$(Q)$(COMPILE) $(KERNEL_FLAGS) $($(1)) $($(2)) -DISA=$(1) -DISA_$(call upper,$(1)) -MMD -MP -c -o $$@ $$<
endef
$(foreach room,$(KERNEL_ROOMS),$(foreach isa,$(ISAS),$(eval $(call kernel_rule,$(isa),$(room)))))

$(BUILD)/compose/host/host.o: EXTRA := -DAFFEKT_VERSION='"$(VERSION)"'
$(BUILD)/compose/host/host.o: Makefile

# How other programs compile and link with the library, and what of USED the archive needs.
HOST_USED := $(filter openblas libpng jansson expat libavformat libavcodec libavutil libswscale,$(USED))
$(BUILD)/affekt.pc: $(BUILD)/settings Makefile
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$${prefix}/include' '' \
	    'Name: affekt' 'Description: reads emotions from faces and writes music for them' 'Version: $(VERSION)' \
	    'Requires.private: $(HOST_USED)' 'Cflags: -I$${includedir}' 'Libs: -L$${libdir} -laffekt$(addprefix $() ,$(SANITIZE))' \
	    'Libs.private: -fopenmp -lm -lpthread' >$@

# A test file tests/ROOM/SUB-ROOM/test_TOPIC.c defines `Suite *TOPIC_suite(void)`; the runner finds it by its names.
$(BUILD)/tests/suites.h: check-libraries
	@mkdir -p $(@D)
	@printf '%s\n' $(TESTS:tests/%.c=%) | sed 's,\(.*\)/test_\(.*\),SUITE(\1\, \2),' >$@.tmp
	@cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@
$(BUILD)/tests/runner.o: $(BUILD)/tests/suites.h
$(BUILD)/tests/%.o: EXTRA := -I$(BUILD)/tests -Wno-missing-prototypes

# All is rebuilt when the compiler or a flag changes, and only then.
SETTINGS := $(COMPILE) $(KERNEL_FLAGS) $(foreach of,$(ISAS) $(KERNEL_ROOMS),$($(of))) $(LINK) $(LIBRARIES)
$(BUILD)/settings: check-libraries
	@mkdir -p $(@D)
	@echo '$(SETTINGS)' | cmp -s - $@ || echo '$(SETTINGS)' >$@

check-libraries:
ifneq ($(strip $(MISSING)),)
	@echo 'Affekt needs what this machine lacks: $(call name,$(MISSING)).' >&2
	@echo 'On Debian, `make deps` installs it ($(call package,$(MISSING))).' >&2
	@false
endif

-include $(OBJECTS:.o=.d) $(TEST_OBJECTS:.o=.d) $(BUILD)/affekt.d \
         $(STUDY_PROGRAMS:%.c=$(BUILD)/%.d) $(FUZZERS:%.c=$(BUILD)/%.d)

# ---------------------------------------------------------------------------- what runs on a bare machine

# make reads what pkg-config says before it runs a recipe, so it starts over once packages are there.
START_OVER = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

help:
	@sed -n '/^#/!q;s/^# \{0,1\}//p' Makefile

deps:
	@.ci/install-packages $(PACKAGES)

deps-check: deps
	@.ci/install-packages $(CHECK_PACKAGES)

demo test experiments: deps
	+@$(START_OVER) run-$@

sanitize: deps
	+@$(START_OVER) run-test BUILD=$(BUILD)/sanitize CFLAGS='-O1 -g -fno-omit-frame-pointer' \
	    SANITIZE='-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all'

# What the compiler adds fails the few tests of what the library holds and of little memory.
coverage: deps-check
	-+@$(START_OVER) run-test BUILD=$(BUILD)/coverage CFLAGS='-O0 -g --coverage' LDFLAGS=--coverage
	@gcovr --root . --object-directory $(BUILD)/coverage --filter '($(subst $(space),|,$(ROOMS)))/' \
	    --html-details $(BUILD)/coverage/index.html --print-summary

mutants: deps
	@tests/mutants/run '$(CC)'

kills: $(BUILD)/affekt
	@tests/kills/run '$(BUILD)/affekt'

browser: deps
	@.ci/install-packages $(BROWSER_PACKAGES)
	+@$(START_OVER) run-browser

run-browser: $(BUILD)/affekt
	@AFFEKT_DATA='$(DATA)' tests/browser/run $(BUILD)/affekt

fuzz: deps-check
	+@$(START_OVER) run-fuzz BUILD=$(BUILD)/fuzz CC=clang CFLAGS='-O1 -g' \
	    SANITIZE='-fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow -fno-sanitize-recover=all'

lint: deps-check
	+@$(START_OVER) run-lint CC=clang

# Memory that waits long before it is used again costs more time than the bugs it shows are worth.
SMALL_QUARANTINE := quarantine_size_mb=16:thread_local_quarantine_size_kb=64

# Limits that only a test that hangs can reach, on a slow and busy machine too.
run-test: export CK_DEFAULT_TIMEOUT := 60
# Threads that spin while they wait would starve each other on a busy machine.
run-test: export OMP_WAIT_POLICY := passive
run-test: export CK_TIMEOUT_MULTIPLIER := $(if $(SANITIZE),20,5)
run-test: export ASAN_OPTIONS := allocator_may_return_null=1:$(SMALL_QUARANTINE)
run-test: export LSAN_OPTIONS := print_suppressions=0:suppressions=$(CURDIR)/tests/support/leaks.supp
run-test: all $(BUILD)/tests/runner tools
	@$(BUILD)/tests/runner $(SUITES)

run-demo: $(BUILD)/affekt
	@experiments/demo/run '$(BUILD)/affekt' '$(FER2013)'

$(BUILD)/experiments/%: $(BUILD)/experiments/%.o $(BUILD)/rooms.a
	@echo '  LD  $@'
	$(Q)$(LINK) -o $@ $^ $(LIBRARIES)

# The studies' own programs.
tools: $(STUDY_PROGRAMS:%.c=$(BUILD)/%)

# A folder that was asked for must be there; the usual one may be missing.
run-experiments: STUDY_DATA = $(if $(AFFEKT_DATA)$(filter-out file,$(origin DATA)),--data '$(DATA)')
run-experiments: $(BUILD)/affekt tools
	@experiments/run --affekt '$(BUILD)/affekt' $(STUDY_DATA) $(if $(FULL),,--quick) $(STUDIES)

# ---------------------------------------------------------------------------- checks

run-fuzz: $(FUZZERS:tests/fuzz/fuzz_%.c=fuzz-%)

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/rooms.a
	@echo '  LD  $@'
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIBRARIES)

# Starts from the inputs kept in tests/fuzz/corpus and from those that earlier runs have found.
fuzz-%: $(BUILD)/tests/fuzz/fuzz_%
	@mkdir -p $(BUILD)/corpus/$*
	@ASAN_OPTIONS=$(SMALL_QUARANTINE) $< -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=3072 \
	    -print_final_stats=1 -artifact_prefix=$(BUILD)/$*- $(BUILD)/corpus/$* \
	    $(wildcard tests/fuzz/corpus/$*) >$(BUILD)/$*.log 2>&1 || { cat $(BUILD)/$*.log; false; }
	@sed -n 's/^stat::number_of_executed_units: */  FUZZ  $*: inputs tried: /p' $(BUILD)/$*.log

C_FILES  := affekt.c affekt.h $(call find,$(ROOMS) tests experiments,*.[ch])
SCRIPTS  := $(shell grep -rlI -m1 --exclude-dir=node_modules '^\#!/bin/.*sh' .ci experiments tests 2>/dev/null)
TIDY     := $(filter %.c,$(C_FILES))

run-lint: $(TIDY:%=tidy/%)
	@echo '  FORMAT'
	$(Q)clang-format --dry-run -Werror $(C_FILES)
	@echo '  SHELLCHECK'
	$(Q)shellcheck -x $(SCRIPTS)
	$(Q)tests/mutants/run --check

cppcheck: deps
	@.ci/install-packages cppcheck
	+@$(START_OVER) run-cppcheck

run-cppcheck:
	@echo '  CPPCHECK'
	$(Q)cppcheck --std=c11 --enable=warning,portability --quiet --error-exitcode=1 \
	    --suppressions-list=tests/support/cppcheck.supp --suppress=missingIncludeSystem -I. -D_GNU_SOURCE \
	    $(foreach library,$(USED),-DHAVE_$(call upper,$(library))) $(ROOMS)

# The clang that runs OpenMP through libomp tells the sanitizer where threads wait for each other.
races: deps-check
	+@$(START_OVER) run-races BUILD=$(BUILD)/races CC=clang CFLAGS='-O1 -g' SANITIZE=-fsanitize=thread

run-races: $(BUILD)/affekt
	@tests/races/run '$(BUILD)/affekt'

tidy/%: % $(BUILD)/tests/suites.h
	@echo '  TIDY  $<'
	$(Q)clang-tidy --quiet $< -- $(FLAGS:-I/%=-isystem/%) -DISA=portable -I$(BUILD)/tests 2>/dev/null
tidy/compose/host/host.c: FLAGS += -DAFFEKT_VERSION='"$(VERSION)"'

format: deps-check
	$(Q)clang-format -i $(C_FILES)

# ---------------------------------------------------------------------------- installing

MODELS    := $(wildcard infer/models/*.safetensors compose/models/*.safetensors)

DATADIR   := $(PREFIX)/share
# A page of the manual for the program and for each verb, from the tables that print --help.
MANUAL    := $(BUILD)/man/affekt.1
$(MANUAL): $(BUILD)/affekt
	@echo '  MAN $(@D)'
	@rm -rf $(@D) && mkdir -p $(@D)
	$(Q)$< --help=man >$@
	$(Q)$< --help=words | cut -f1 | while read -r verb; do \
	    $< $$verb --help=man >"$(@D)/affekt-$$(echo "$$verb" | tr ' ' -).1" || exit; done

# Where Debian's zsh looks for completions of packages, and of what was installed by hand.
ZSH := $(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)

PUT := install -m 644
install: all $(MANUAL)
	@echo '  INSTALL  $(DESTDIR)$(PREFIX)/{bin,include,lib,share}'
	$(Q)install -D -m 755 $(BUILD)/affekt $(DESTDIR)$(PREFIX)/bin/affekt
	$(Q)$(PUT) -D affekt.h $(DESTDIR)$(PREFIX)/include/affekt.h
	$(Q)$(PUT) -D $(BUILD)/libaffekt.a $(DESTDIR)$(LIBDIR)/libaffekt.a
	$(Q)$(PUT) $(BUILD)/$(SONAME) $(DESTDIR)$(LIBDIR)
	$(Q)ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libaffekt.so
	$(Q)$(PUT) -D $(BUILD)/affekt.pc $(DESTDIR)$(LIBDIR)/pkgconfig/affekt.pc
	$(Q)sed -i 's,^prefix=.*,prefix=$(PREFIX),;s,^libdir=.*,libdir=$(LIBDIR),' $(DESTDIR)$(LIBDIR)/pkgconfig/affekt.pc
	$(Q)install -d $(DESTDIR)$(DATADIR)/affekt/models $(DESTDIR)$(DATADIR)/man/man1
	$(Q)$(if $(MODELS),$(PUT) $(MODELS) $(DESTDIR)$(DATADIR)/affekt/models)
	$(Q)$(PUT) $(BUILD)/man/*.1 $(DESTDIR)$(DATADIR)/man/man1
	$(Q)$(PUT) -D .packaging/affekt.bash $(DESTDIR)$(DATADIR)/bash-completion/completions/affekt
	$(Q)$(PUT) -D .packaging/affekt.zsh $(DESTDIR)$(DATADIR)/zsh/$(ZSH)/_affekt
	$(Q)$(PUT) -D .packaging/affekt.fish $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/affekt.fish
	$(Q)[ -n "$(DESTDIR)" ] || [ ! -w /etc/ld.so.cache ] || PATH=$$PATH:/usr/sbin:/sbin ldconfig || true

install-strip: install
	$(Q)$(STRIP) --strip-unneeded $(DESTDIR)$(PREFIX)/bin/affekt $(DESTDIR)$(LIBDIR)/$(SONAME)
	$(Q)$(STRIP) --strip-debug $(DESTDIR)$(LIBDIR)/libaffekt.a

# Folders go when nothing else is in them.
uninstall:
	@echo '  REMOVE  what make install put under $(DESTDIR)$(PREFIX)'
	$(Q)rm -f $(addprefix $(DESTDIR),$(PREFIX)/bin/affekt $(PREFIX)/include/affekt.h $(LIBDIR)/pkgconfig/affekt.pc \
	    $(addprefix $(LIBDIR)/,libaffekt.a $(SONAME) libaffekt.so) \
	    $(addprefix $(DATADIR)/affekt/models/,$(notdir $(MODELS))) \
	    $(addprefix $(DATADIR)/,bash-completion/completions/affekt zsh/$(ZSH)/_affekt \
	        fish/vendor_completions.d/affekt.fish)) $(DESTDIR)$(DATADIR)/man/man1/affekt.1 \
	    $(DESTDIR)$(DATADIR)/man/man1/affekt-*.1
	$(Q)cd $(DESTDIR)$(PREFIX) 2>/dev/null && rmdir -p --ignore-fail-on-non-empty bin include $(LIBDIR:$(PREFIX)/%=%)/pkgconfig \
	    share/affekt/models share/man/man1 share/bash-completion/completions share/zsh/$(ZSH) \
	    share/fish/vendor_completions.d 2>/dev/null || true

TARBALL := affekt-$(VERSION)
dist:
	@mkdir -p $(BUILD)
	@echo '  TAR $(BUILD)/$(TARBALL).tar.gz'
	$(Q)git archive --prefix=$(TARBALL)/ -o $(BUILD)/$(TARBALL).tar.gz HEAD

# The packages affekt, affekt-data, libaffekt1 and libaffekt-dev, built from the tarball.
comma    := ,
listed    = $(subst $() ,$(comma) ,$(strip $(1)))
deb: dist
	@.ci/install-packages $(PACKAGES) debhelper lintian
	$(Q)rm -rf $(BUILD)/deb && mkdir -p $(BUILD)/deb
	$(Q)tar -xzf $(BUILD)/$(TARBALL).tar.gz -C $(BUILD)/deb
	$(Q)cp $(BUILD)/$(TARBALL).tar.gz $(BUILD)/deb/affekt_$(VERSION).orig.tar.gz
	$(Q)cp -r $(BUILD)/deb/$(TARBALL)/.packaging/debian $(BUILD)/deb/$(TARBALL)/debian
	$(Q)sed -i 's/@LIBRARIES@/$(call listed,$(call package,$(REQUIRED) $(OPTIONAL)))/;s/@NEEDED@/$(call listed,$(call \
	    package,$(filter $(HOST_USED:%=%:%),$(REQUIRED) $(OPTIONAL))))/' $(BUILD)/deb/$(TARBALL)/debian/control
	$(Q)cd $(BUILD)/deb/$(TARBALL) && dpkg-buildpackage -us -uc -b
	$(Q)cd $(BUILD)/deb && lintian --fail-on error affekt_*.changes

clean:
	rm -rf $(BUILD)
