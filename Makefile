# SPDX-License-Identifier: GPL-2.0-only
#
# What can be done with this tree; `make help` says how. The kernel's build
# reads Kbuild, not this file. All that is built goes to build/.

K ?= 6.1 6.12
T ?=
WAY ?= fast
SCENE ?= tour
O := $(CURDIR)/build/ctl

export K T WAY SCENE

.DEFAULT_GOAL := all
.PHONY: all module ctl test check uapi bench demo vm kernels deps clean \
	distclean help

all: module ctl				## nflb.ko for each kernel in K, and lbctl

module: kernels				## nflb.ko as build/mod/<kernel>/nflb.ko
	@tests/vm/module.sh $(K)

ctl:					## lbctl as build/ctl/lbctl
	@mkdir -p build
	@flock build/ctl.lock $(MAKE) -s -C ctl O=$(O)

test: deps				## all tests; T="ctl e2e/NAME guard" some; K=debug, WAY=slow
	@tests/run

check: deps				## style, static analysis, documentation
	@tests/check/run

uapi: deps				## uapi/nflb.h from uapi/nflb.yaml
	@tests/check/uapi.sh >uapi/nflb.h.tmp
	@mv uapi/nflb.h.tmp uapi/nflb.h

bench: deps				## cost per packet and per flow, beside its peers
	@tests/bench/run

demo: deps				## a tour of what nflb does, in a guest; SCENE=iaas: an architecture
	@tests/demo/run

vm: deps				## a shell in a guest with nflb at work (K=6.12)
	@tests/vm/vm.sh

kernels: deps				## fetch (or build: K=debug) the kernels of the tests
	@tests/vm/kernel.sh $(K)

deps:					## install the Debian packages that are missing
	@tests/vm/deps.sh

clean:					## what was built from this tree
	rm -rf build/check build/ctl build/mod build/run

distclean:				## and the kernels
	rm -rf build

help:					## this
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

include ctl/install.mk
