// Writes what Argo CD's own sort makes of generated objects, as vectors for src/order/argocd-order.test.ts.
//
// The sort is not exported, so this file has to stand in its package. To regenerate, copy
// github.com/argoproj/argo-cd/gitops-engine@v0.0.0-20260914071520-c9c369efcc5b (the engine of Argo CD 3.5.5)
// out of the module cache, put this file into its pkg/sync, and run there:
//
//	VECTORS=<this repository>/packages/proof/src/order/argocd-order-vectors.generated.json \
//	  go test -mod=mod ./pkg/sync -run TestWriteOrderVectors
package sync

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type orderVector struct {
	Destination string           `json:"destination"`
	Objects     []map[string]any `json:"objects"`
	Order       []string         `json:"order"`
}

var (
	vectorKinds = []string{
		"Namespace", "ConfigMap", "ServiceAccount", "Deployment", "StatefulSet", "HorizontalPodAutoscaler",
		"Job", "PriorityClass", "Widget", "CustomResourceDefinition",
	}
	vectorWaves = []string{"", "-3", "-1", "+1", "1", "2", "03", "1.5", "one", ""}
	vectorHooks = []string{"", "", "", "", "PreSync", "PostSync,PreSync", "Skip", "Skip,Sync", "Presync", "SyncFail"}
	helmHooks   = []string{"", "", "", "", "pre-install,pre-upgrade", "post-install", "test", "crd-install", "post-delete"}
)

func vectorObject(random *rand.Rand, number int) map[string]any {
	pick := func(list []string) string { return list[random.Intn(len(list))] }
	kind := pick(vectorKinds)
	metadata := map[string]any{"name": fmt.Sprintf("%c%d", 'a'+rune(random.Intn(4)), number)}
	annotations := map[string]any{}
	for key, value := range map[string]string{
		"argocd.argoproj.io/sync-wave": pick(vectorWaves),
		"helm.sh/hook-weight":          pick(vectorWaves),
		"argocd.argoproj.io/hook":      pick(vectorHooks),
		"helm.sh/hook":                 pick(helmHooks),
	} {
		if value != "" {
			annotations[key] = value
		}
	}
	if random.Intn(20) == 0 {
		annotations["example.org/number"] = int64(1)
	}
	metadata["annotations"] = annotations
	object := map[string]any{"apiVersion": "v1", "kind": kind, "metadata": metadata}
	switch kind {
	case "Namespace":
		metadata["name"] = fmt.Sprintf("n%d", random.Intn(3))
	case "CustomResourceDefinition":
		object["apiVersion"] = "apiextensions.k8s.io/v1"
		object["spec"] = map[string]any{"group": "example.org", "names": map[string]any{"kind": "Widget"}}
	case "PriorityClass":
		object["apiVersion"] = "scheduling.k8s.io/v1"
	default:
		if kind == "Widget" {
			object["apiVersion"] = "example.org/v1"
		}
		if namespace := random.Intn(4); namespace < 3 {
			metadata["namespace"] = fmt.Sprintf("n%d", namespace)
		}
	}
	return object
}

func TestWriteOrderVectors(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	vectors := []orderVector{}
	for range 400 {
		vector := orderVector{Order: []string{}, Objects: []map[string]any{}}
		if random.Intn(2) == 0 {
			vector.Destination = "n1"
		}
		seen := map[string]bool{}
		tasks := syncTasks{}
		for number := range 2 + random.Intn(9) {
			object := vectorObject(random, number)
			key := fmt.Sprint(object["kind"], object["metadata"].(map[string]any)["name"])
			if seen[key] {
				continue
			}
			seen[key] = true
			vector.Objects = append(vector.Objects, object)
			target := (&unstructured.Unstructured{Object: object}).DeepCopy()
			phases := syncPhases(target)
			// What sync_context.go does before it sorts.
			if target.GetNamespace() == "" {
				target.SetNamespace(vector.Destination)
			}
			for _, phase := range phases {
				tasks = append(tasks, &syncTask{phase: phase, targetObj: target})
			}
		}
		tasks.Sort()
		for _, task := range tasks {
			vector.Order = append(vector.Order, fmt.Sprintf("%s %d %s %s", task.phase, task.wave(), task.kind(), task.name()))
		}
		vectors = append(vectors, vector)
	}
	text := "[\n"
	for number, vector := range vectors {
		line, err := json.Marshal(vector)
		if err != nil {
			t.Fatal(err)
		}
		if number > 0 {
			text += ",\n"
		}
		text += string(line)
	}
	if err := os.WriteFile(os.Getenv("VECTORS"), []byte(text+"\n]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}
