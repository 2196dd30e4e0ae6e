package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// execScriptName is the script that prepares the SDK's runtime and then runs the user's program. It is part of the
// published sdk module and is installed beside this binary.
const execScriptName = "pulumi-language-python-exec"

// stopGrace is how long a Python process may take to end after SIGTERM before it is killed.
const stopGrace = 5 * time.Second

type languageHost struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	alive         context.Context // ends when the host has to end
	stop          context.CancelFunc
	engineAddress string
	execScript    string
}

func findExecScript() (string, error) {
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), execScriptName)
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		}
	}
	found, err := exec.LookPath(execScriptName)
	if err != nil {
		return "", fmt.Errorf("%s is neither beside this binary nor on PATH; install the engine again", execScriptName)
	}
	return found, nil
}

func (host *languageHost) Handshake(
	_ context.Context, req *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	host.engineAddress = req.EngineAddress
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (host *languageHost) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

func (host *languageHost) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	host.stop()
	return &emptypb.Empty{}, nil
}

func (host *languageHost) About(
	ctx context.Context, req *pulumirpc.AboutRequest,
) (*pulumirpc.AboutResponse, error) {
	python, _, err := resolveToolchain(req.Info)
	if err != nil {
		return nil, err
	}
	info, err := python.About(ctx)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.AboutResponse{
		Executable: info.PythonExecutable,
		Version:    info.PythonVersion.String(),
	}, nil
}

// RuntimeOptionsPrompts asks nothing: `pulumi new` keeps the options that the template has.
func (host *languageHost) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

func (host *languageHost) Template(
	ctx context.Context, req *pulumirpc.TemplateRequest,
) (*pulumirpc.TemplateResponse, error) {
	python, _, err := resolveToolchain(req.Info)
	if err != nil {
		return nil, err
	}
	err = python.PrepareProject(ctx, req.ProjectName, req.Info.ProgramDirectory, false, os.Stdout, os.Stderr)
	return &pulumirpc.TemplateResponse{}, err
}
