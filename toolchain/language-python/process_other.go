//go:build !linux

package main

import "os/exec"

// dieWithParent: only Linux has a signal for this. Elsewhere the engine's kill of the process group has to do.
func dieWithParent(*exec.Cmd) {}
