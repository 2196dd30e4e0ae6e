//go:build tools

// Package engine pins the Pulumi engine: its command is built from the module version in go.mod and the hashes in
// go.sum, nothing else.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
