//go:build tools

// Package programs names what is built, so that go.sum fixes it and all that it needs.
package programs

import (
	_ "go.universe.tf/metallb/controller"
	_ "go.universe.tf/metallb/speaker"
)
