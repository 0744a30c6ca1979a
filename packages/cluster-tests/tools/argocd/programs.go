//go:build tools

// Package argocd names the program, so that go.mod and go.sum fix what it is built from.
package argocd

import _ "github.com/argoproj/argo-cd/v3/cmd"
