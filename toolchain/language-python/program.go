package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// shownToUserExitCode is how the exec script says that the program's error is already on the user's screen.
const shownToUserExitCode = 32

// Run executes a Pulumi program; what the program prints goes to the engine through this process's own streams.
func (host *languageHost) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	if req.AttachDebugger {
		return nil, errors.New("this Python host cannot attach a debugger; run without --attach-debugger")
	}
	python, options, err := resolveToolchain(req.Info)
	if err != nil {
		return nil, err
	}
	if err := python.ValidateVenv(ctx); err != nil {
		return nil, err
	}
	if err := typecheck(ctx, python, options); err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	ctx, cancel := host.whileAlive(ctx)
	defer cancel()
	cmd, err := python.Command(ctx, host.programArguments(req)...)
	if err != nil {
		return nil, err
	}
	config, err := configEnvironment(req.Config, req.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	cmd.Env = append(environment(cmd), config...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return runResponse(runToEnd(cmd))
}

func (host *languageHost) programArguments(req *pulumirpc.RunRequest) []string {
	arguments := []string{
		"-u", host.execScript,
		"--monitor", req.MonitorAddress,
		"--engine", host.engineAddress,
		"--project", req.Project,
		"--root_directory", req.Info.RootDirectory,
		"--stack", req.Stack,
		"--pwd", req.Pwd,
		"--dry_run", strconv.FormatBool(req.DryRun),
		"--parallel", strconv.Itoa(int(req.Parallel)),
		"--organization", req.Organization,
		"--",
		filepath.Join(req.Info.ProgramDirectory, req.Info.EntryPoint),
	}
	return append(arguments, req.Args...)
}

// configEnvironment never writes JSON null, which the SDK cannot iterate: a nil map or slice becomes {} or [].
func configEnvironment(config map[string]string, secretKeys []string) ([]string, error) {
	if config == nil {
		config = map[string]string{}
	}
	configJSON, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	keysJSON, err := json.Marshal(append([]string{}, secretKeys...))
	if err != nil {
		return nil, err
	}
	return []string{"PULUMI_CONFIG=" + string(configJSON), "PULUMI_CONFIG_SECRET_KEYS=" + string(keysJSON)}, nil
}

func typecheck(ctx context.Context, python toolchain.Toolchain, options toolchain.PythonOptions) error {
	if options.Typechecker == toolchain.TypeCheckerNone {
		return nil
	}
	name := toolchain.TypeCheckerName(options.Typechecker)
	module := map[string]string{"Mypy": "mypy", "Pyright": "pyright"}[name]
	cmd, err := python.ModuleCommand(ctx, module, options.ProgramDir)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s found type errors: %w", name, err)
	}
	return nil
}

// runResponse turns the end of the program's process into what the engine is to show.
func runResponse(err error) (*pulumirpc.RunResponse, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == shownToUserExitCode:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended with exit code %d", exit.ExitCode())}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program did not run to its end: %v", err)}, nil
	}
}
