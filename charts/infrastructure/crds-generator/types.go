// Package types names the packages whose Go types the CRDs are generated from, so that go.sum fixes them.
package types

import (
	_ "go.universe.tf/metallb/api/v1beta1"
	_ "go.universe.tf/metallb/api/v1beta2"
)
