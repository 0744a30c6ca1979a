// Command relabel applies relabelling rules to targets with Prometheus' own code, which Promtail and Alloy use too.
// It reads {"rules": "<YAML>", "targets": [{<label>: <value>}]} and writes the labels of each target, or null for one
// that the rules drop.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"go.yaml.in/yaml/v2"
)

type request struct {
	Rules   string              `json:"rules"`
	Targets []map[string]string `json:"targets"`
}

func main() {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		log.Fatalf("standard input: %v", err)
	}
	var rules []*relabel.Config
	if err := yaml.UnmarshalStrict([]byte(asked.Rules), &rules); err != nil {
		log.Fatalf("rules: %v", err)
	}
	for number, rule := range rules {
		// Label names as Loki takes them.
		if err := rule.Validate(model.LegacyValidation); err != nil {
			log.Fatalf("rule %d: %v", number, err)
		}
	}
	answers := make([]map[string]string, len(asked.Targets))
	for number, target := range asked.Targets {
		builder := labels.NewBuilder(labels.FromMap(target))
		if relabel.ProcessBuilder(builder, rules...) {
			answers[number] = builder.Labels().Map()
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		log.Fatal(err)
	}
}
