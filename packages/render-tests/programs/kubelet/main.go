// Program kubelet reads a configuration as the kubelet of Kubernetes 1.36.3 does: K3s' defaults as a drop-in, the
// given file as the next one, both decoded strictly, merged and validated by the kubelet's own code. It prints the
// effective configuration as JSON; what the kubelet would refuse is an error.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	kubeletv1beta1 "k8s.io/kubelet/config/v1beta1"
	"k8s.io/kubernetes/pkg/kubelet/apis/config/scheme"
	"k8s.io/kubernetes/pkg/kubelet/apis/config/validation"
	"k8s.io/kubernetes/pkg/kubelet/kubeletconfig/util/codec"
	"sigs.k8s.io/yaml"

	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	"k8s.io/kubernetes/pkg/kubelet/apis/config/v1beta1"
)

// What K3s writes into 00-k3s-defaults.conf of what our file changes (k3s-io/k3s pkg/daemons/agent/agent.go).
const k3sDefaults = `
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failSwapOn: false
protectKernelDefaults: true
evictionHard: {imagefs.available: 5%, nodefs.available: 5%}
evictionMinimumReclaim: {imagefs.available: 10%, nodefs.available: 10%}
shutdownGracePeriod: 0s
shutdownGracePeriodCriticalPods: 0s
`

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file string) error {
	_, codecs, err := scheme.NewSchemeAndCodecs(serializer.EnableStrict)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	merged := []byte("{}")
	for _, dropIn := range [][]byte{[]byte(k3sDefaults), text} {
		// Unknown and repeated fields end here; the kubelet itself would log them and go on without.
		if _, err := runtime.Decode(codecs.UniversalDecoder(), dropIn); err != nil {
			return err
		}
		asJSON, err := yaml.YAMLToJSON(dropIn)
		if err != nil {
			return err
		}
		if merged, err = jsonpatch.MergePatch(merged, asJSON); err != nil {
			return err
		}
	}
	config, err := codec.DecodeKubeletConfiguration(context.Background(), codecs, merged)
	if err != nil {
		return err
	}
	// K3s names the socket on the command line.
	config.ContainerRuntimeEndpoint = "unix:///run/k3s/containerd/containerd.sock"
	// The machine that tests may still have the first version; preflight.sh refuses a node that has.
	config.FailCgroupV1 = false
	if err := validation.ValidateKubeletConfiguration(config, utilfeature.DefaultFeatureGate); err != nil {
		return err
	}
	return print(config)
}

func print(config *kubeletconfig.KubeletConfiguration) error {
	external := &kubeletv1beta1.KubeletConfiguration{}
	if err := v1beta1.Convert_config_KubeletConfiguration_To_v1beta1_KubeletConfiguration(config, external, nil); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(external)
}
