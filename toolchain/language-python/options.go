package main

import (
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// resolveToolchain reads the runtime options of Pulumi.yaml, PulumiPlugin.yaml or PulumiPolicy.yaml. Without a
// `virtualenv` the Python on PATH is used.
func resolveToolchain(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, toolchain.PythonOptions, error) {
	options := toolchain.PythonOptions{Root: info.RootDirectory, ProgramDir: info.ProgramDirectory}
	for key, value := range info.Options.AsMap() {
		if err := setOption(&options, key, fmt.Sprint(value)); err != nil {
			return nil, options, err
		}
	}
	python, err := toolchain.ResolveToolchain(options)
	return python, options, err
}

// setOption leaves a key it does not know alone, since a newer project may carry options meant for a newer host.
func setOption(options *toolchain.PythonOptions, key, value string) error {
	switch key {
	case "virtualenv":
		options.Virtualenv = value
	case "toolchain":
		return setToolchain(options, value)
	case "typechecker":
		return setTypechecker(options, value)
	}
	return nil
}

func setToolchain(options *toolchain.PythonOptions, value string) error {
	switch value {
	case "auto":
		options.Toolchain = toolchain.Auto
	case "pip":
		options.Toolchain = toolchain.Pip
	case "poetry":
		options.Toolchain = toolchain.Poetry
	case "uv":
		options.Toolchain = toolchain.Uv
	default:
		return fmt.Errorf("runtime option toolchain: %q is unknown; write auto, pip, poetry or uv", value)
	}
	return nil
}

func setTypechecker(options *toolchain.PythonOptions, value string) error {
	switch value {
	case "", "none":
		options.Typechecker = toolchain.TypeCheckerNone
	case "mypy":
		options.Typechecker = toolchain.TypeCheckerMypy
	case "pyright":
		options.Typechecker = toolchain.TypeCheckerPyright
	default:
		return fmt.Errorf("runtime option typechecker: %q is unknown; write none, mypy or pyright", value)
	}
	return nil
}
