// Writes what sigs.k8s.io/yaml, the YAML reader of kubectl, the API server and Argo CD, makes of YAML:
// one JSON array of {yaml, json} or {yaml, error: true}. The proof's own reader is held against it.
//
//	go run . > ../src/manifest/go-yaml-vectors.generated.json
package main

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

type vector struct {
	YAML  string          `json:"yaml"`
	JSON  json.RawMessage `json:"json,omitempty"`
	Error bool            `json:"error,omitempty"`
}

func main() {
	seen := map[string]bool{}
	vectors := []vector{}
	add := func(text string) {
		if seen[text] {
			return
		}
		seen[text] = true
		result, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			vectors = append(vectors, vector{YAML: text, Error: true})
			return
		}
		vectors = append(vectors, vector{YAML: text, JSON: result})
	}
	for _, scalar := range scalars() {
		add("v: " + scalar)
		add("- " + scalar)
	}
	for _, text := range plainScalars() {
		add("v: '" + text + "'")
		add("v: \"" + text + "\"")
		add(text + ": key")
		add("v: !!str " + text)
	}
	for _, tag := range []string{"!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!binary", "!custom"} {
		for _, value := range []string{"5", "0644", "0x1F", "5.5", "1e3", ".inf", "yes", "true", "null", "~", "text", "aGVsbG8=", "2001-12-14", "\"7\"", "\"yes\"", "'5.5'", "''", "08"} {
			add("v: " + tag + " " + value)
		}
	}
	for _, document := range documents {
		add(document)
	}
	var out strings.Builder
	out.WriteString("[\n")
	for at, one := range vectors {
		line, err := json.Marshal(one)
		if err != nil {
			panic(err)
		}
		out.Write(line)
		if at < len(vectors)-1 {
			out.WriteString(",")
		}
		out.WriteString("\n")
	}
	out.WriteString("]\n")
	if _, err := os.Stdout.WriteString(out.String()); err != nil {
		panic(err)
	}
}

// scalars is every plain scalar worth asking about, with signs, cases and bases combined.
func scalars() []string {
	list := plainScalars()
	for _, digits := range []string{
		"0", "00", "07", "08", "09", "010", "0644", "0755", "0888", "1", "12", "9007199254740993", "9223372036854775807",
		"9223372036854775808", "18446744073709551615", "18446744073709551616", "1_000", "1__0", "_1", "1_", "0_7", "0_8",
		"0x1F", "0X1f", "0xg", "0x", "0x_1F", "0xFFFFFFFFFFFFFFFF", "0x10000000000000000", "0o17", "0O17", "0o8", "0o",
		"0b101", "0B101", "0b2", "0b", "0b_1", "1.0", "1.5", "1.", ".5", "0.1", "00.5", "1.5.5", "1e3", "1E3", "1e+3", "1e-3",
		"1.5e3", "1e", "e3", "1e400", "1e-400", ".5e1", "._5", ".5_0", "1_0.5", "1.5_0", "1.e3", ".e3", ".", "..", "0x1p4", "0x.8p1",
		"1:30", "190:20:30", "1:30.5", "12:34:56", ".inf", ".Inf", ".INF", ".iNF", ".nan", ".NaN", ".NAN", "inf", "nan", "Infinity", "NaN",
		"1Ki", "512Mi", "250m", "1e3Mi", "5k", "0x1Fg", "1,000", "1 000",
	} {
		for _, sign := range []string{"", "+", "-", "--"} {
			list = append(list, sign+digits)
		}
	}
	for power := -8; power <= 25; power++ {
		list = append(list, "1e"+strconv.Itoa(power), "123456.789e"+strconv.Itoa(power))
	}
	return list
}

// plainScalars are those with a meaning of their own in some version of YAML, in every case.
func plainScalars() []string {
	list := []string{}
	for _, word := range []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil", "none", "t", "f", "enabled"} {
		list = append(list, word, strings.ToUpper(word), strings.ToUpper(word[:1])+word[1:])
		if len(word) > 1 {
			list = append(list, word[:1]+strings.ToUpper(word[1:]))
		}
	}
	return append(list,
		"~", "<<", "=", "5", "-5", "0644", "0o644", "08", "0x1F", "1_000", "5.5", "1e3", "1.0", "1e20", "1e21", "0.00001", "123456789", "16777217.0",
		"2001-12-14", "2001-12-14T21:59:43.10-05:00", "2001-12-14 21:59:43.10", "2001-1-1", "2001-13-45", "12:30:45",
		"1.2.3", "192.168.1.1", "10.0.0.0/8", "v1", "v1.2", "1.10", "a b", "a#b", "a:b", "/path", "@at-not-first"[1:], "x-y", "-x", "*.example.com"[1:],
	)
}

var documents = []string{
	"", "# only a comment", "---", "---\n", "--- ", "null", "~", "...", "a:", "a: \nb: 1", "a: # comment\nb: 1", "text", "- a\n- b", "[]", "{}", "[1, yes, 0644]",
	"{a: 1, b: [x, y]}", "{a, b}", "{a: , b: 1}", "- - a\n  - b\n- c", "- a: 1\n  b: 2\n- c: 3",
	// Duplicate keys.
	"a: 1\na: 2", "a: 1\n\"a\": 2", "{a: 1, a: 2}", "a: {b: 1}\na: {c: 2}", "yes: 1\ntrue: 2",
	// Anchors, aliases, merges and their order.
	"a: &x 1\nb: *x", "a: &x {k: v}\nb: *x", "a: &x [1, 2]\nb: *x\nc: *x", "a: &x 1\nb: &x 2\nc: *x", "a: *missing", "a: &x [*x]", "a: &x {b: *x}",
	"base: &b {k: 1, l: 2}\nd:\n  <<: *b\n  k: 3", "base: &b {k: 1, l: 2}\nd:\n  k: 3\n  <<: *b", "d:\n  <<: {k: 1}\n  l: 2", "d:\n  l: 2\n  <<: {k: 1, l: 3}",
	"x: &x {k: 1, l: 1}\ny: &y {k: 2, m: 2}\nd:\n  <<: [*x, *y]", "x: &x {k: 1}\ny: &y {k: 2}\nd:\n  k: 0\n  <<: [*x, *y]", "x: &x {k: 1}\nd:\n  <<: [*x, {k: 5, n: 6}]",
	"x: &x {k: 1}\ny: &y\n  <<: *x\n  l: 2\nd:\n  <<: *y", "d:\n  <<: 5", "d:\n  <<: [5]", "d:\n  <<:", "d:\n  <<: []", "x: &x [1]\nd:\n  <<: *x", "x: &x 5\nd:\n  <<: [*x]",
	"d:\n  \"<<\": {k: 1}", "d:\n  '<<': 1", "d:\n  !!merge <<: {k: 1}", "x: &x {k: 1}\nd:\n  <<: *x\n  <<: {k: 2}", "a: <<", "- <<",
	"? &k key\n: v\nb: *k", "*a : b", "a: &x key\n*x : 1", "a: &empty\nb: *empty", "&a a: &b b\nc: *a\nd: *b",
	// Keys that are no strings.
	"1: a", "1.5: a", "0644: a", "true: a", "no: a", "null: a", "~: a", ": a", "1e6: a", "1e5: a", "0.0001: a", "0.00001: a", "1.0: a", "3.14159265358979: a",
	"123456789.5: a", ".inf: a", "-.inf: a", ".nan: a", "18446744073709551615: a", "9223372036854775807: a", "-5: a", "[a]: b", "{a: b}: c", "? [a, b]\n: c", "2001-12-14: a",
	"? a\n: b", "? a", "? |\n  multi\n: b",
	// Scalars over several lines.
	"v: |\n  a\n  b\n", "v: |-\n  a\n  b\n", "v: |+\n  a\n\n\n", "v: >\n  a\n  b\n\n  c\n", "v: >-\n  a\n    b\n  c\n", "v: |2\n    a\n   b\n", "v: |\n\n  a\n", "v: |\n", "v: |-\n",
	"v: a\n  b\n  c", "v: a\n\n  b", "v: \"a\n  b\"", "v: 'a\n\n  b'", "v: \"a\\\n  b\"", "v: 'it''s'", "v: \"\\n\\t\\u00e9\\x41\\U0001F600\"", "v: \"\\/\"", "v: \"a\\_b\"", "v: \"\\e\"",
	"v: |\n  # no comment\n  a\n# comment\n", "v: |\n  ---\n  a\n", "v: |\n  a\t\n", "v: \"\"", "v: ''", "v: é ü 漢字", "v: \"\\ud83d\\ude00\"",
	"v: yes # comment", "v: a#b", "v: a #b", "v: 'a' # b", "v: \"yes\"", "v: |\n  yes", "v: >-\n  5",
	// Collections with tags, sets, custom tags.
	"v: !!map {a: 1}", "v: !!seq [a]", "v: !!set {a, b}", "v: !!omap [a: 1]", "v: !custom {a: 1}", "v: !custom [1]", "v: ! 5", "v: ! yes", "v: !!str", "v: !!int", "v: !<tag:yaml.org,2002:str> 5", "v: !!float 5", "v: !!binary gIGC",
	// Directives and markers.
	"%YAML 1.1\n---\na: 1", "--- # comment\na: 1", "--- a: 1", "--- {a: 1}", "--- text", "--- |\n  text", "a: 1\n...\n", "a: 1\n---\n", "\ufeffa: 1",
	"a: 1\r\nb: 2\r\n", "v: |\r\n  a\r\n  b\r\n", "%TAG !e! tag:example.com,2000:\n---\nv: !e!x 5",
	// What is broken.
	"a: b: c", "a: [1", "a: {b", "a: \"b", "a: 'b", "a:\n\tb: 1", "a: 1\n b: 2", "- a\nb: 1", "a: @b", "a: `b", "a: %b", "a: &", "a: *", "a: \"\\q\"", "a: |x\n  b", "a: ]", "a: }",
	"\ta: 1", "a: 1\n\t\nb: 2", "a:\t1", "a: \"b\" c", "a: [b, c]]", "a: !!unknown!x 5", "a: -", "a: - b", "a: ?", "a: ,b", "a: [a b, c: d]", "a: [?x]", "a: {x:1}", "a: {\"x\":1}", "a: [a,,b]", "a: [,]", "a: {,}", "{a: 1}}", "a: x\nb",
	"a: \"multi\n---\nline\"", "key with spaces: 1", "a : 1", "\"a\" : 1", "a: |\n b\nc: d", "a:\n- b\n- c", "a:\n  - b\n  -c", "a: !", "a: 'x' 'y'", "a: b\n  c: d",
}
