package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	sdk "github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// RunPlugin executes a provider or a policy pack written in Python until it ends or the engine hangs up.
func (host *languageHost) RunPlugin(
	req *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	if req.AttachDebugger {
		return errors.New("this Python host cannot attach a debugger; run without --attach-debugger")
	}
	ctx, cancel := host.whileAlive(stream.Context())
	defer cancel()
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	defer closer.Close()
	run := runProvider
	if req.Kind == "analyzer" {
		run = runPolicyPack
	}
	err = run(ctx, req, stdout, stderr)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code := int32(exit.ExitCode())
		return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: code}})
	}
	return err
}

// runProvider runs the plugin's directory (its __main__.py), or its module if the directory is a package to be built.
func runProvider(ctx context.Context, req *pulumirpc.RunPluginRequest, stdout, stderr io.Writer) error {
	python, _, err := resolveToolchain(req.Info)
	if err != nil {
		return err
	}
	cmd, err := providerCommand(ctx, python, req)
	if err != nil {
		return err
	}
	if err := preparePlugin(ctx, cmd, python, req.Env); err != nil {
		return err
	}
	cmd.Dir, cmd.Stdout, cmd.Stderr = req.Pwd, stdout, stderr
	return runToEnd(cmd)
}

func providerCommand(
	ctx context.Context, python toolchain.Toolchain, req *pulumirpc.RunPluginRequest,
) (*exec.Cmd, error) {
	directory := req.Info.ProgramDirectory
	buildable, err := toolchain.IsBuildablePackage(directory)
	if err != nil {
		return nil, err
	}
	if !buildable {
		program := filepath.Join(directory, req.Info.EntryPoint)
		return python.Command(ctx, append([]string{"-u", program}, req.Args...)...)
	}
	pyproject, err := toolchain.LoadPyproject(directory)
	if err != nil {
		return nil, err
	}
	module := strings.ReplaceAll(pyproject.Project.Name, "-", "_")
	return python.ModuleCommand(ctx, module, req.Args...)
}

// runPolicyPack stands between the engine and the pack: packs read the stack's name and configuration from the
// environment, and the engine tells them by a call, so the pack starts only when that call has come.
func runPolicyPack(ctx context.Context, req *pulumirpc.RunPluginRequest, stdout, stderr io.Writer) error {
	proxy, packStdout, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return err
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return err
	}
	python, _, err := resolveToolchain(req.Info)
	if err != nil {
		return err
	}
	pack := req.Info.ProgramDirectory
	arguments := append([]string{"-u", "-m", "pulumi.policy"}, req.Args...)
	cmd, err := python.Command(ctx, append(arguments, pack)...)
	if err != nil {
		return err
	}
	if err := preparePlugin(ctx, cmd, python, req.Env); err != nil {
		return err
	}
	stackVariables, err := stackEnvironment(stack)
	if err != nil {
		return err
	}
	cmd.Env = append(cmd.Env, stackVariables...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = pack, packStdout, stderr
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := startChild(cmd); err != nil {
		return err
	}
	return proxy.Attach(ctx, cmd)
}

// stackEnvironment is empty when the engine asked for the pack's description only, outside of any stack.
func stackEnvironment(stack *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	if stack == nil {
		return nil, nil
	}
	config, err := configEnvironment(stack.Config, stack.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	return append(config,
		"PULUMI_ORGANIZATION="+stack.Organization,
		"PULUMI_PROJECT="+stack.Project,
		"PULUMI_STACK="+stack.Stack,
		"PULUMI_DRY_RUN="+strconv.FormatBool(stack.DryRun),
	), nil
}

// preparePlugin gives the command the environment that the engine asks for, with the virtual environment on its PATH.
func preparePlugin(ctx context.Context, cmd *exec.Cmd, python toolchain.Toolchain, variables []string) error {
	if err := python.ValidateVenv(ctx); err != nil {
		return err
	}
	virtualenv, err := python.VirtualEnvPath(ctx)
	if err != nil {
		return fmt.Errorf("finding the plugin's virtual environment: %w", err)
	}
	cmd.Env = variables
	if virtualenv != "" {
		cmd.Env = toolchain.ActivateVirtualEnv(variables, virtualenv)
	}
	return nil
}
