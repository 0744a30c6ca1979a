{{/*
Whole mebibytes of a memory quantity in Mi or Gi; settings that must fit a limit are derived from it, so a
size is changed in one place. Fails for other units. Argument: a dict with `quantity`; optional `percent`
(default 100) takes that share, rounded down.
*/}}
{{- define "platform.mebibytes" -}}
{{- $quantity := toString .quantity -}}
{{- $mebibytes := 0 -}}
{{- if regexMatch "^[0-9]+Gi$" $quantity -}}
{{- $mebibytes = mul (trimSuffix "Gi" $quantity | int64) 1024 -}}
{{- else if regexMatch "^[0-9]+Mi$" $quantity -}}
{{- $mebibytes = trimSuffix "Mi" $quantity | int64 -}}
{{- else -}}
{{- fail (printf "memory %q: write it in whole Mi or Gi" $quantity) -}}
{{- end -}}
{{- div (mul $mebibytes (.percent | default 100)) 100 -}}
{{- end -}}

{{/*
Refuses a size below what the program needs to run at all; yields nothing. Arguments: `value` (the values' path,
as the message names it), `quantity`, `minimum` (both in Mi or Gi) and `why`.
*/}}
{{- define "platform.atLeast" -}}
{{- $mebibytes := include "platform.mebibytes" (dict "quantity" .quantity) | int64 -}}
{{- if lt $mebibytes (include "platform.mebibytes" (dict "quantity" .minimum) | int64) -}}
{{- fail (printf "%s is %s, at least %s is needed: %s" .value .quantity .minimum .why) -}}
{{- end -}}
{{- end -}}

{{/*
A quantity of the plan as a plain number: bytes, cores or a count. Up to three decimals: a millicore. Argument: the
quantity.
*/}}
{{- define "platform.number" -}}
{{- $quantity := toString . -}}
{{- $suffix := regexFind "[A-Za-z]*$" $quantity -}}
{{- $factors := dict "" 1 "m" 0.001
  "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000
  "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- if not (hasKey $factors $suffix) -}}
{{- fail (printf "quantity %q: unknown unit %q" $quantity $suffix) -}}
{{- end -}}
{{- regexReplaceAll "\\.?0+$" (printf "%.3f" (mulf (trimSuffix $suffix $quantity) (get $factors $suffix))) "" -}}
{{- end -}}

{{/*
Whole milli-CPU of a CPU quantity, written as `250m` or in whole CPUs. Fails for other forms. Argument: the quantity.
*/}}
{{- define "platform.millicpu" -}}
{{- $quantity := toString . -}}
{{- if regexMatch "^[0-9]+m$" $quantity -}}
{{- trimSuffix "m" $quantity | int64 -}}
{{- else if regexMatch "^[0-9]+$" $quantity -}}
{{- mul ($quantity | int64) 1000 -}}
{{- else -}}
{{- fail (printf "CPU %q: write it in whole CPUs or with the suffix m" $quantity) -}}
{{- end -}}
{{- end -}}
