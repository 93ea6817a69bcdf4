# Affekt. `make` builds build/affekt; `make demo` and `make test` install what is missing and run.

PREFIX  ?= /usr/local
BUILD   ?= build
CC      ?= cc
OPT     ?= -O2 -g
SANITIZE ?=
V ?=
Q := $(if $(V),,@)

# ---------------------------------------------------------------------------- packages
# Needed to build, then what only some commands need, then what only tests and checks need.
DEBIAN_CORE  := build-essential pkg-config libopenblas-dev libpng-dev zlib1g-dev libsmf-dev \
                libjansson-dev libcairo2-dev
DEBIAN_MORE  := libexpat1-dev opencv-data libavdevice-dev libavformat-dev libavcodec-dev \
                libavutil-dev libswscale-dev libfluidsynth-dev fluid-soundfont-gm
DEBIAN_TEST  := check
DEBIAN_CHECK := clang clang-format clang-tidy cppcheck libclang-rt-14-dev libomp-dev

REQUIRED := openblas libpng zlib smf jansson cairo
OPTIONAL := expat fluidsynth libavdevice libavformat libavcodec libavutil libswscale
HAVE     := $(shell for p in $(OPTIONAL); do pkg-config --exists $$p 2>/dev/null && echo $$p; done)

# ---------------------------------------------------------------------------- sources
ROOMS   := nn datasets train infer compose
SOURCES := $(sort $(wildcard $(ROOMS:%=%/*.c) $(ROOMS:%=%/*/*.c)))
# nn/kernels is compiled once for each instruction set; nn/kernels/isa.c chooses among them.
KERNELS := $(filter-out nn/kernels/isa.c,$(filter nn/kernels/%,$(SOURCES)))
SOURCES := $(filter-out $(KERNELS),$(SOURCES))
TESTS   := $(sort $(wildcard tests/*/test_*.c))

MACHINE := $(shell $(CC) -dumpmachine 2>/dev/null)
ISAS    := portable $(if $(findstring x86_64,$(MACHINE)),avx2 avx512)
FLAGS_portable := -ffp-contract=off
FLAGS_avx2     := -mavx2 -mfma -mtune=haswell
FLAGS_avx512   := -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx2 -mfma -mprefer-vector-width=512

upper    = $(shell echo $(1) | tr a-z- A-Z_)
WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wno-psabi
CPPFLAGS += -I. -D_GNU_SOURCE $(foreach p,$(HAVE),-DHAVE_$(call upper,$(p)))
CFLAGS   += -std=gnu11 $(OPT) $(WARN) -fopenmp $(SANITIZE) \
            $(shell pkg-config --cflags $(REQUIRED) $(HAVE) 2>/dev/null)
LDLIBS   += $(shell pkg-config --libs $(REQUIRED) $(HAVE) 2>/dev/null) -lm -lpthread

objects  = $(patsubst %.c,$(BUILD)/%.o,$(1))
OBJECTS  := $(call objects,$(SOURCES)) $(foreach i,$(ISAS),$(patsubst %.c,$(BUILD)/%.$(i).o,$(KERNELS)))
TEST_OBJECTS := $(call objects,tests/runner.c $(wildcard tests/support/*.c) $(TESTS))

.PHONY: all deps demo test sanitize lint format fuzz install uninstall clean experiments
.DELETE_ON_ERROR:

all: $(BUILD)/affekt

$(BUILD)/libaffekt.a: $(OBJECTS)
	@echo '  AR  $@'
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/affekt: $(BUILD)/affekt.o $(BUILD)/libaffekt.a
	@echo '  LD  $@'
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/tests/runner: $(TEST_OBJECTS) $(BUILD)/libaffekt.a
	@echo '  LD  $@'
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) $$(pkg-config --libs check)

# A test file tests/ROOM/test_TOPIC.c defines `Suite *TOPIC_suite(void)`; the runner finds it by name.
$(BUILD)/tests/suites.h: $(TESTS) Makefile
	@mkdir -p $(@D)
	@for f in $(TESTS); do t=$${f##*/test_}; echo "SUITE($${t%.c})"; done >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(BUILD)/tests/runner.o: $(BUILD)/tests/suites.h
$(BUILD)/tests/runner.o: CPPFLAGS += -I$(BUILD)/tests
$(BUILD)/tests/%.o: CFLAGS += -Wno-missing-prototypes

define kernel_rule
$$(BUILD)/nn/kernels/%.$(1).o: nn/kernels/%.c $$(BUILD)/flags
	@mkdir -p $$(@D)
	@echo '  CC  $$@'
	$$(Q)$$(CC) $$(CPPFLAGS) $$(CFLAGS) -O3 -DISA=$(1) -DISA_$(call upper,$(1)) $$(FLAGS_$(1)) -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,$(ISAS),$(eval $(call kernel_rule,$(isa))))

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo '  CC  $@'
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -DISA_$(call upper,$(lastword $(ISAS)))_BUILT -MMD -MP -c -o $@ $<

# Rebuild everything when compiler or flags change, and only then.
SETTINGS := $(CC) $(CPPFLAGS) $(CFLAGS) $(LDLIBS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(SETTINGS)' | cmp -s - $@ || echo '$(SETTINGS)' >$@
FORCE:

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
