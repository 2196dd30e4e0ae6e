package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/errutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// listPluginsScript prints the content of every installed pulumi-plugin.json as one JSON list.
//
//go:embed list_plugins.py
var listPluginsScript string

// pluginDescription is the pulumi-plugin.json that every generated SDK ships.
type pluginDescription struct {
	Resource         bool              `json:"resource"`
	Name             string            `json:"name"`
	Version          string            `json:"version"`
	Server           string            `json:"server"`
	Parameterization *parameterization `json:"parameterization"`
}

type parameterization struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Value   []byte `json:"value"`
}

// GetRequiredPackages tells the engine which providers the installed SDKs belong to. Those of the environment count,
// not those of the program: what a program uses is known only when it runs.
func (host *languageHost) GetRequiredPackages(
	ctx context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	python, _, err := resolveToolchain(req.Info)
	if err != nil {
		return nil, err
	}
	if err := python.EnsureVenv(ctx, req.Info.ProgramDirectory, false, true, os.Stdout, os.Stderr); err != nil {
		return nil, err
	}
	cmd, err := python.Command(ctx, "-c", listPluginsScript)
	if err != nil {
		return nil, err
	}
	output, err := cmd.Output()
	if err != nil {
		return nil, errutil.ErrorWithStderr(err, "listing the installed Pulumi packages")
	}
	var descriptions []pluginDescription
	if err := json.Unmarshal(output, &descriptions); err != nil {
		return nil, fmt.Errorf("reading the installed packages' pulumi-plugin.json: %w", err)
	}
	return &pulumirpc.GetRequiredPackagesResponse{Packages: requiredPackages(descriptions)}, nil
}

func requiredPackages(descriptions []pluginDescription) []*pulumirpc.PackageDependency {
	packages := []*pulumirpc.PackageDependency{}
	for _, description := range descriptions {
		if !description.Resource {
			continue
		}
		dependency := &pulumirpc.PackageDependency{
			Kind: "resource", Name: description.Name, Version: description.Version, Server: description.Server,
		}
		if extra := description.Parameterization; extra != nil {
			dependency.Parameterization = &pulumirpc.PackageParameterization{
				Name: extra.Name, Version: extra.Version, Value: extra.Value,
			}
		}
		packages = append(packages, dependency)
	}
	return packages
}

func (host *languageHost) GetProgramDependencies(
	ctx context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	python, _, err := resolveToolchain(req.Info)
	if err != nil {
		return nil, err
	}
	if err := python.ValidateVenv(ctx); err != nil {
		return nil, err
	}
	installed, err := python.ListPackages(ctx, req.TransitiveDependencies)
	if err != nil {
		return nil, err
	}
	dependencies := make([]*pulumirpc.DependencyInfo, len(installed))
	for i, one := range installed {
		dependencies[i] = &pulumirpc.DependencyInfo{Name: one.Name, Version: one.Version}
	}
	return &pulumirpc.GetProgramDependenciesResponse{Dependencies: dependencies}, nil
}

// InstallDependencies serves `pulumi install` and `pulumi package`. A directory that lists no dependencies and whose
// Python is there is left alone: there is nothing to install, and the network may be absent.
func (host *languageHost) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	ctx, cancel := host.whileAlive(stream.Context())
	defer cancel()
	python, _, err := resolveToolchain(req.Info)
	if err != nil {
		return err
	}
	directory := req.Info.ProgramDirectory
	if !listsDependencies(directory) && python.ValidateVenv(ctx) == nil {
		return nil
	}
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, req.IsTerminal)
	if err != nil {
		return err
	}
	defer closer.Close()
	err = python.InstallDependencies(ctx, directory, req.UseLanguageVersionTools, true, stdout, stderr)
	if err != nil {
		return err
	}
	return closer.Close() // waits until all output is sent; closing twice is allowed
}

func listsDependencies(directory string) bool {
	for _, name := range []string{"requirements.txt", "pyproject.toml"} {
		if _, err := os.Stat(filepath.Join(directory, name)); err == nil {
			return true
		}
	}
	return false
}
