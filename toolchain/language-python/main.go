// Command pulumi-language-python is the Python language host of the Pulumi engine: a small gRPC server that the
// engine starts to run Python programs, providers and policy packs.
//
// Pulumi's own host is a Go module that the module proxy does not serve. This one speaks the same protocol
// (pulumi/language.proto) and leaves everything hard to the published module github.com/pulumi/pulumi/sdk/v3.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// engineCheckInterval is how soon a host whose engine was killed notices and ends itself.
const engineCheckInterval = 15 * time.Second

func main() {
	engineAddress := parseArguments()
	if err := serve(engineAddress); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-language-python: %v\n", err)
		os.Exit(1)
	}
}

// parseArguments reads the flags the engine may pass and the engine's address, which is the last argument.
func parseArguments() string {
	// A set of our own: a dependency registers the same names in the global one.
	flags := flag.NewFlagSet("pulumi-language-python", flag.ExitOnError)
	logToStderr := flags.Bool("logtostderr", false, "write log messages to stderr")
	verbose := flags.Int("v", 0, "log level")
	flags.String("tracing", "", "accepted and ignored: this host does not emit traces")
	_ = flags.Parse(os.Args[1:]) // ExitOnError: it does not return an error
	logging.InitLogging(*logToStderr, *verbose, false)
	return flags.Arg(flags.NArg() - 1)
}

// serve prints the port it listens on, the engine's signal that the host is ready, and serves until the engine goes
// away or a signal ends it. Ending the context ends every Python process that the host started.
func serve(engineAddress string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if engineAddress != "" {
		if err := rpcutil.Healthcheck(ctx, engineAddress, engineCheckInterval, stop); err != nil {
			return fmt.Errorf("watching the engine at %s: %w", engineAddress, err)
		}
	}
	execScript, err := findExecScript()
	if err != nil {
		return err
	}
	server := &languageHost{alive: ctx, stop: stop, engineAddress: engineAddress, execScript: execScript}
	cancel := make(chan bool)
	go func() {
		<-ctx.Done()
		close(cancel)
	}()
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(registrar *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(registrar, server)
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d\n", handle.Port)
	return <-handle.Done
}
