//go:build tools

// Package programs names what is built, so that go.sum fixes it and all that it needs.
package programs

import _ "github.com/argoproj/argo-cd/v3/cmd"
