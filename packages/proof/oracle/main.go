// Command proof-oracle asks Kubernetes' own code what the accounting engine must answer and prints it as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand"
	"os"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
	resourcehelper "k8s.io/component-helpers/resource"
)

// The seed is fixed so that a regenerated file differs only when Kubernetes does.
const seed = 495

type quantityVector struct {
	Text string `json:"text"`
	// Milli is absent when Kubernetes refuses the text.
	Milli     string `json:"milli,omitempty"`
	Canonical string `json:"canonical,omitempty"`
	Format    string `json:"format,omitempty"`
}

type podVector struct {
	Spec     v1.PodSpec        `json:"spec"`
	Requests map[string]string `json:"requests"`
	Limits   map[string]string `json:"limits"`
}

type fencepostVector struct {
	MaxSurge       intstr.IntOrString `json:"maxSurge"`
	MaxUnavailable intstr.IntOrString `json:"maxUnavailable"`
	Replicas       int                `json:"replicas"`
	Surge          int                `json:"surge"`
	Unavailable    int                `json:"unavailable"`
}

func main() {
	random := rand.New(rand.NewSource(seed))
	vectors := map[string]any{
		"quantities": quantities(random),
		"pods":       pods(random),
		"fenceposts": fenceposts(),
	}
	encoder := json.NewEncoder(os.Stdout)
	if err := encoder.Encode(vectors); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func quantities(random *rand.Rand) []quantityVector {
	texts := []string{
		"0", "-0", "+0", "+5", ".", "-", "", "5.", ".5", "Ki", "1_000", " 1", "1 ", "1 Gi", "1kb", "1KB", "1K", "1e", "1E",
		"1Ee3", "1e+3", "1e-3", "1E6", "1e3Ki", "0.1m", "0.0000000001", "1n", "999n", "1u", "1.0001Gi", "400m", "1.5Gi",
		"1023Ki", "1024Ki", "1025Ki", "8Ei", "7Ei", "9Ei", "-1.5Gi", "-0.1m", "0x10", "١", "1GiB", "Infinity", "NaN", "1,5Gi",
		"00012", "1000000", "1e1", "0.5Ki", "0.0001Ki", "100.0005", "1i", "1mi", "+-1", "1e3.5", "1..2", "1.2.3",
	}
	suffixes := []string{"", "n", "u", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti", "e2", "E-2", "e+6"}
	for range 240 {
		text := fmt.Sprint(random.Intn(1 << random.Intn(20)))
		if random.Intn(2) == 0 {
			text += "." + fmt.Sprint(random.Intn(1<<random.Intn(14)))
		}
		if random.Intn(8) == 0 {
			text = "-" + text
		}
		texts = append(texts, text+suffixes[random.Intn(len(suffixes))])
	}
	const alphabet = "0019.+-eEinumkKMGTPi"
	for range 240 {
		var text strings.Builder
		for range 1 + random.Intn(5) {
			text.WriteByte(alphabet[random.Intn(len(alphabet))])
		}
		texts = append(texts, text.String())
	}
	vectors := make([]quantityVector, 0, len(texts))
	for _, text := range texts {
		vectors = append(vectors, quantityOf(text))
	}
	return vectors
}

func quantityOf(text string) quantityVector {
	quantity, err := resource.ParseQuantity(text)
	if err != nil {
		return quantityVector{Text: text}
	}
	quantity.RoundUp(resource.Milli)
	number, suffix := quantity.CanonicalizeBytes(nil)
	return quantityVector{
		Text:      text,
		Milli:     milli(quantity),
		Canonical: string(number) + string(suffix),
		Format:    string(quantity.Format),
	}
}

func milli(quantity resource.Quantity) string {
	decimal := quantity.AsDec()
	value := new(big.Int).Set(decimal.UnscaledBig())
	ten := big.NewInt(10)
	for scale := decimal.Scale(); scale < 3; scale++ {
		value.Mul(value, ten)
	}
	for scale := decimal.Scale(); scale > 3; scale-- {
		value.Quo(value, ten)
	}
	return value.String()
}

func pods(random *rand.Rand) []podVector {
	vectors := make([]podVector, 0, 300)
	for range 300 {
		pod := v1.Pod{Spec: podSpec(random)}
		// PodRequests adds the overhead into the spec's own pod-level quantity if that is a big decimal.
		spec := *pod.Spec.DeepCopy()
		vectors = append(vectors, podVector{
			Spec:     spec,
			Requests: texts(resourcehelper.PodRequests(&pod, resourcehelper.PodResourcesOptions{})),
			Limits:   texts(resourcehelper.PodLimits(&pod, resourcehelper.PodResourcesOptions{})),
		})
	}
	return vectors
}

// podSpec leaves nothing for the API server to default, since the library starts after that: what has a limit
// has a request, and pod-level resources are complete.
func podSpec(random *rand.Rand) v1.PodSpec {
	always := v1.ContainerRestartPolicyAlways
	spec := v1.PodSpec{}
	podLevel := random.Intn(4) == 0
	for at := range random.Intn(4) {
		container := v1.Container{Name: fmt.Sprintf("i%d", at), Resources: requirements(random, !podLevel)}
		if random.Intn(2) == 0 {
			container.RestartPolicy = &always
		}
		spec.InitContainers = append(spec.InitContainers, container)
	}
	for at := range 1 + random.Intn(3) {
		spec.Containers = append(spec.Containers, v1.Container{
			Name: fmt.Sprintf("c%d", at), Resources: requirements(random, !podLevel),
		})
	}
	if podLevel {
		resources := v1.ResourceRequirements{Requests: v1.ResourceList{
			v1.ResourceCPU: amount(random, "cpu"), v1.ResourceMemory: amount(random, "memory"),
		}}
		if random.Intn(2) == 0 {
			resources.Limits = v1.ResourceList{v1.ResourceMemory: amount(random, "memory")}
		}
		spec.Resources = &resources
	}
	if random.Intn(3) == 0 {
		spec.Overhead = v1.ResourceList{v1.ResourceCPU: amount(random, "cpu"), v1.ResourceMemory: amount(random, "memory")}
	}
	return spec
}

func requirements(random *rand.Rand, all bool) v1.ResourceRequirements {
	names := []v1.ResourceName{v1.ResourceCPU, v1.ResourceMemory}
	if all {
		names = append(names, v1.ResourceEphemeralStorage, "hugepages-2Mi", "example.com/gpu")
	}
	result := v1.ResourceRequirements{Requests: v1.ResourceList{}, Limits: v1.ResourceList{}}
	for _, name := range names {
		likely := 2
		if name != v1.ResourceCPU && name != v1.ResourceMemory {
			likely = 8
		}
		if random.Intn(likely) == 0 {
			continue
		}
		if likely == 8 && random.Intn(2) == 0 {
			continue
		}
		result.Requests[name] = amount(random, string(name))
		if random.Intn(3) > 0 {
			result.Limits[name] = amount(random, string(name))
		}
	}
	return result
}

// amount is rounded up to thousandths, as the API server stores it.
func amount(random *rand.Rand, name string) resource.Quantity {
	forms := []string{"%dMi", "%d.5Mi", "%dM", "%d", "%dm", "%d.25Gi", "%de3", "%dKi"}
	if name == "cpu" {
		forms = []string{"%dm", "%d", "%d.5m", "%d.1", "%du"}
	}
	if name == "hugepages-2Mi" || name == "example.com/gpu" {
		forms = []string{"%d"}
	}
	quantity := resource.MustParse(fmt.Sprintf(forms[random.Intn(len(forms))], random.Intn(900)))
	quantity.RoundUp(resource.Milli)
	return quantity
}

func texts(list v1.ResourceList) map[string]string {
	result := map[string]string{}
	for name, quantity := range list {
		result[string(name)] = milli(quantity)
	}
	return result
}

func fenceposts() []fencepostVector {
	values := []intstr.IntOrString{
		intstr.FromInt32(0), intstr.FromInt32(1), intstr.FromInt32(7), intstr.FromString("0%"), intstr.FromString("10%"),
		intstr.FromString("25%"), intstr.FromString("33%"), intstr.FromString("100%"), intstr.FromString("150%"),
	}
	vectors := []fencepostVector{}
	for _, replicas := range []int{0, 1, 2, 3, 4, 5, 10, 13} {
		for _, maxSurge := range values {
			for _, maxUnavailable := range values {
				surge := scaled(maxSurge, replicas, true)
				unavailable := scaled(maxUnavailable, replicas, false)
				// deployment_util.go ResolveFenceposts, which no published module holds.
				if surge == 0 && unavailable == 0 {
					unavailable = 1
				}
				vectors = append(vectors, fencepostVector{maxSurge, maxUnavailable, replicas, surge, unavailable})
			}
		}
	}
	return vectors
}

func scaled(value intstr.IntOrString, total int, roundUp bool) int {
	result, err := intstr.GetScaledValueFromIntOrPercent(&value, total, roundUp)
	if err != nil {
		panic(err)
	}
	return result
}
