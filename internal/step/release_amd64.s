//go:build !modelcheck && !race && !purego

#include "textflag.h"

// func storeRelease(u *Uint64, v uint64)
TEXT ·storeRelease(SB), NOSPLIT, $0-16
	MOVQ u+0(FP), AX
	MOVQ v+8(FP), CX
	MOVQ CX, (AX)
	RET
