package main

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// whileAlive ends the request's context when the host has to end, so that no child outlives it.
func (host *languageHost) whileAlive(request context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(request)
	detach := context.AfterFunc(host.alive, cancel)
	return ctx, func() { detach(); cancel() }
}

func environment(cmd *exec.Cmd) []string {
	if cmd.Env == nil {
		return os.Environ()
	}
	return cmd.Env
}

// startChild starts a command made with a context: when that ends the child gets SIGTERM, and SIGKILL if it has not
// ended after a grace period. The child stays in the host's process group, which the engine kills as a whole.
func startChild(cmd *exec.Cmd) error {
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopGrace
	dieWithParent(cmd)
	return cmd.Start()
}

func runToEnd(cmd *exec.Cmd) error {
	// dieWithParent watches the thread that started the child, which must therefore live as long as the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := startChild(cmd); err != nil {
		return err
	}
	return cmd.Wait()
}
