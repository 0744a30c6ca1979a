// Package types names the package whose Go types the CRDs are generated from, so that go.sum fixes them.
package types

import _ "github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
