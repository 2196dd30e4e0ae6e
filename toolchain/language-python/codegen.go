package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const generatorName = "pulumi-language-python"

// GeneratePackage writes the Python SDK of a package: `pulumi package gen-sdk` and `pulumi package add`.
func (host *languageHost) GeneratePackage(
	_ context.Context, req *pulumirpc.GeneratePackageRequest,
) (*pulumirpc.GeneratePackageResponse, error) {
	loader, err := schema.NewLoaderClient(req.LoaderTarget)
	if err != nil {
		return nil, err
	}
	defer loader.Close()
	var spec schema.PackageSpec
	if err := json.Unmarshal([]byte(req.Schema), &spec); err != nil {
		return nil, fmt.Errorf("reading the package's schema: %w", err)
	}
	// The schema may name types of packages that the loader does not have: the SDK refers to them by name.
	bound, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{AllowDanglingReferences: true})
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GeneratePackageResponse{Diagnostics: plugin.HclDiagnosticsToRPCDiagnostics(diagnostics)}
	if diagnostics.HasErrors() {
		return response, nil
	}
	files, err := python.GeneratePackage(generatorName, bound, req.ExtraFiles, schema.NewCachedLoader(loader))
	if err != nil {
		return nil, err
	}
	return response, writeFiles(req.Directory, files)
}

func writeFiles(directory string, files map[string][]byte) error {
	for name, content := range files {
		path := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Link adds generated SDKs to the project's dependencies: the second half of `pulumi package add`.
func (host *languageHost) Link(
	ctx context.Context, req *pulumirpc.LinkRequest,
) (*pulumirpc.LinkResponse, error) {
	toolchain, _, err := resolveToolchain(req.Info)
	if err != nil {
		return nil, err
	}
	paths := map[string]string{}
	imports := []string{}
	for _, dependency := range req.Packages {
		module, err := moduleName(dependency.Path)
		if err != nil {
			return nil, err
		}
		paths[module] = dependency.Path
		imports = append(imports, "  import "+module)
	}
	if err := toolchain.LinkPackages(ctx, paths); err != nil {
		return nil, err
	}
	sort.Strings(imports)
	instructions := "You can import the package in your Python program with:\n\n" + strings.Join(imports, "\n") + "\n"
	return &pulumirpc.LinkResponse{ImportInstructions: instructions}, nil
}

// moduleName finds the one folder of a generated SDK that is a Pulumi package.
func moduleName(directory string) (string, error) {
	found, err := filepath.Glob(filepath.Join(directory, "*", "pulumi-plugin.json"))
	if err != nil {
		return "", err
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%s is not a generated Python SDK: %d folders with pulumi-plugin.json", directory, len(found))
	}
	return filepath.Base(filepath.Dir(found[0])), nil
}

// GenerateProgram and GenerateProject would serve `pulumi convert`, Pack the engine's own conformance tests.

func (host *languageHost) GenerateProgram(
	context.Context, *pulumirpc.GenerateProgramRequest,
) (*pulumirpc.GenerateProgramResponse, error) {
	return nil, notHere("generate Python programs from another language")
}

func (host *languageHost) GenerateProject(
	context.Context, *pulumirpc.GenerateProjectRequest,
) (*pulumirpc.GenerateProjectResponse, error) {
	return nil, notHere("generate Python projects from another language")
}

func (host *languageHost) Pack(context.Context, *pulumirpc.PackRequest) (*pulumirpc.PackResponse, error) {
	return nil, notHere("pack Python SDKs into wheels")
}

func notHere(what string) error {
	return status.Errorf(codes.Unimplemented,
		"this Python language host, built by Isthmus, does not %s; Pulumi's own release does", what)
}
