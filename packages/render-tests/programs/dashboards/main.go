// Command dashboards holds dashboards against the types that Grafana Labs publishes for them. Its arguments are files;
// it writes one line for each mistake, with the file and the path in it, and fails if there is any.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/units"
)

// The units that dashboards may use; the compiler knows that Grafana has them.
var known = []string{
	units.BoolYesNo, units.BytesIEC, units.BytesPerSecondSI, units.Celsius, units.CountsPerSecond,
	units.DateTimeFromNow, units.Nanoseconds, units.NoUnit, units.OpsPerSecond, units.PercentUnit,
	units.RequestsPerSecond, units.Seconds, units.Short,
}

func main() {
	plugins.RegisterDefaultPlugins()
	failed := false
	for _, file := range os.Args[1:] {
		for _, mistake := range mistakesIn(file) {
			failed = true
			fmt.Printf("%s: %s\n", file, mistake)
		}
	}
	if failed {
		os.Exit(1)
	}
}

func mistakesIn(file string) []string {
	raw, err := os.ReadFile(file)
	if err != nil {
		return []string{err.Error()}
	}
	var strict dashboard.Dashboard
	if err := strict.UnmarshalJSONStrict(raw); err != nil {
		return strings.Split(err.Error(), "\n")
	}
	var mistakes []string
	if err := strict.Validate(); err != nil {
		mistakes = strings.Split(err.Error(), "\n")
	}
	return append(mistakes, panelMistakes(raw)...)
}

// What the types leave open: kinds of panels, and what all kinds have in common of their fields.
func panelMistakes(raw []byte) []string {
	var loose struct {
		Panels []struct {
			Title       string          `json:"title"`
			Type        string          `json:"type"`
			FieldConfig json.RawMessage `json:"fieldConfig"`
		} `json:"panels"`
	}
	if err := json.Unmarshal(raw, &loose); err != nil {
		return []string{err.Error()}
	}
	var mistakes []string
	for _, panel := range loose.Panels {
		if panel.Type == "row" {
			continue
		}
		if _, found := cog.ConfigForPanelcfgVariant(panel.Type); !found {
			mistakes = append(mistakes, fmt.Sprintf("panel %q: there is no kind %q", panel.Title, panel.Type))
		}
		var fields dashboard.FieldConfigSource
		if err := fields.UnmarshalJSONStrict(panel.FieldConfig); err != nil {
			mistakes = append(mistakes, fmt.Sprintf("panel %q: %s", panel.Title, err))
			continue
		}
		for _, unit := range unitsOf(fields) {
			if !isKnown(unit) {
				mistakes = append(mistakes, fmt.Sprintf("panel %q: unit %q is none of those that are used", panel.Title, unit))
			}
		}
	}
	return mistakes
}

func unitsOf(fields dashboard.FieldConfigSource) []string {
	var all []string
	if fields.Defaults.Unit != nil {
		all = append(all, *fields.Defaults.Unit)
	}
	for _, override := range fields.Overrides {
		for _, property := range override.Properties {
			if unit, isText := property.Value.(string); isText && property.Id == "unit" {
				all = append(all, unit)
			}
		}
	}
	return all
}

func isKnown(unit string) bool {
	for _, one := range known {
		if unit == one {
			return true
		}
	}
	// A text of one's own behind the number.
	return strings.HasPrefix(unit, "suffix:")
}
