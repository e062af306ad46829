{{/* The chart's name, for labels. */}}
{{- define "readback.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of most objects: at most 52 characters, so that "-management" still fits into the 63 of a Service. */}}
{{- define "readback.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- $name = .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- $name = .Release.Name -}}
{{- else -}}
{{- $name = printf "%s-%s" .Release.Name $name -}}
{{- end -}}
{{- $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* What selects the release's objects; with the component it selects Pods. */}}
{{- define "readback.selectorLabels" -}}
app.kubernetes.io/name: {{ include "readback.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* What selects the Pods that serve, and not the one that tests them. */}}
{{- define "readback.serverLabels" -}}
{{ include "readback.selectorLabels" . }}
app.kubernetes.io/component: server
{{- end -}}

{{/* The labels of every object, but for its component. */}}
{{- define "readback.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "readback.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* The ServiceAccount's name. */}}
{{- define "readback.serviceAccountName" -}}
{{- $own := ternary (include "readback.fullname" .) "default" .Values.serviceAccount.create -}}
{{- default $own .Values.serviceAccount.name -}}
{{- end -}}

{{/* The image, by its digest where there is one. */}}
{{- define "readback.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The container's rights: none. The chart's README says so, and no value changes it. */}}
{{- define "readback.containerSecurityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- end -}}

{{/* The whole seconds that a duration such as 500ms, 5s or 2m takes, rounded up. The schema has checked its form. */}}
{{- define "readback.seconds" -}}
{{- $number := regexFind "^[0-9]+" (toString .) | int64 -}}
{{- $unit := regexFind "[a-z]+$" (toString .) | default "s" -}}
{{- $fractions := dict "ns" 1000000000 "us" 1000000 "ms" 1000 -}}
{{- $multiples := dict "s" 1 "m" 60 "h" 3600 "d" 86400 -}}
{{- if hasKey $fractions $unit -}}
{{- $each := get $fractions $unit -}}
{{- div (add $number (sub $each 1)) $each -}}
{{- else -}}
{{- mul $number (get $multiples $unit) -}}
{{- end -}}
{{- end -}}

{{/* Seconds until a Pod that does not stop is killed. */}}
{{- define "readback.terminationGracePeriodSeconds" -}}
{{- $margin := 10 -}}
{{- $preStop := int64 .Values.preStopSeconds -}}
{{- $least := add $preStop (include "readback.seconds" .Values.drainTimeout) $margin -}}
{{- if hasKey .Values "terminationGracePeriodSeconds" -}}
{{- if lt (int64 .Values.terminationGracePeriodSeconds) $least -}}
{{- fail (printf "terminationGracePeriodSeconds is %d: allowed is at least %d, which is preStopSeconds (%d), drainTimeout (%v) and %d more to stop" (int64 .Values.terminationGracePeriodSeconds) $least $preStop .Values.drainTimeout $margin) -}}
{{- end -}}
{{- int64 .Values.terminationGracePeriodSeconds -}}
{{- else -}}
{{- $least -}}
{{- end -}}
{{- end -}}

{{/*
The listeners that are enabled, as a JSON array. Each has what the values say and besides: servicePort, and portName, which
names its port in Pod and Service. Such a name has 15 characters at most, a letter, and no two dashes together; a listener
whose own name will not do, or is taken by another port, gets one made of its port's number.
*/}}
{{- define "readback.listeners" -}}
{{- $names := dict -}}
{{- $ports := dict "8080" "the management port" -}}
{{- $servicePorts := dict -}}
{{- $enabled := list -}}
{{- range .Values.listeners -}}
{{- if hasKey $names .name -}}
{{- fail (printf "listeners: the name '%s' is there twice: allowed is one listener of a name" .name) -}}
{{- end -}}
{{- $_ := set $names .name true -}}
{{- if dig "enabled" true . -}}
{{- $port := toString (int64 .port) -}}
{{- $servicePort := toString (int64 (default .port .servicePort)) -}}
{{- if hasKey $ports $port -}}
{{- fail (printf "listeners: the port of '%s' is %s: allowed is a port of its own, but %s has it too" .name $port (get $ports $port)) -}}
{{- end -}}
{{- if hasKey $servicePorts $servicePort -}}
{{- fail (printf "listeners: the servicePort of '%s' is %s: allowed is a port of its own, but %s has it too" .name $servicePort (get $servicePorts $servicePort)) -}}
{{- end -}}
{{- $_ := set $ports $port (printf "listener '%s'" .name) -}}
{{- $_ := set $servicePorts $servicePort (printf "listener '%s'" .name) -}}
{{- $bad := or (gt (len .name) 15) (not (regexMatch "[a-z]" .name)) (contains "--" .name) (eq .name "management") (regexMatch "^tcp-[0-9]+$" .name) -}}
{{- $portName := ternary (printf "tcp-%s" $port) .name $bad -}}
{{- $enabled = append $enabled (merge (dict "portName" $portName "port" (int64 .port) "servicePort" (int64 $servicePort)) .) -}}
{{- end -}}
{{- end -}}
{{- if not $enabled -}}
{{- fail "listeners: none is enabled: allowed is at least one" -}}
{{- end -}}
{{- toJson $enabled -}}
{{- end -}}

{{/* Fails where what a listener trusts is missing: its TLS bundle, who signs its clients, who may name them. */}}
{{- define "readback.checkListeners" -}}
{{- $bundles := dict -}}
{{- range .Values.tlsBundles -}}
{{- if hasKey $bundles .name -}}
{{- fail (printf "tlsBundles: the name '%s' is there twice: allowed is one bundle of a name" .name) -}}
{{- end -}}
{{- $_ := set $bundles .name . -}}
{{- end -}}
{{- range .Values.listeners -}}
{{- $proxy := get . "proxy-protocol" | default dict -}}
{{- if and (eq (toString (get $proxy "mode")) "required") (not (get $proxy "trusted")) -}}
{{- fail (printf "listeners: proxy-protocol.trusted of '%s' is empty: allowed with mode required is at least one address block" .name) -}}
{{- end -}}
{{- $bundle := dig "tls" "bundle" "" . -}}
{{- if and $bundle (not (hasKey $bundles $bundle)) -}}
{{- fail (printf "listeners: tls.bundle of '%s' is '%s': allowed is a name from tlsBundles" .name $bundle) -}}
{{- end -}}
{{- if has (dig "tls" "client-auth" "none" .) (list "want" "need") -}}
{{- if not (dig "clientCaSecretName" "" (get $bundles $bundle | default dict)) -}}
{{- fail (printf "listeners: tls.client-auth of '%s' is '%s': allowed with a bundle that has a clientCaSecretName" .name (dig "tls" "client-auth" "" .)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The application's settings: config, and over it what other values say. */}}
{{- define "readback.applicationYaml" -}}
{{- include "readback.checkListeners" . -}}
{{- if hasKey .Values.config "readback" -}}
{{- fail "config.readback is set: allowed are other settings than readback's, which are in listeners and drainTimeout" -}}
{{- end -}}
{{- if dig "server" "port" "" .Values.config -}}
{{- fail "config.server.port is set: allowed are other settings, since probes and Services ask for 8080" -}}
{{- end -}}
{{- $listeners := dict -}}
{{- range .Values.listeners -}}
{{- $listener := omit (deepCopy .) "name" "servicePort" "nodePort" -}}
{{- /* YAML reads off as false */ -}}
{{- if kindIs "bool" (dig "proxy-protocol" "mode" "" .) -}}
{{- $_ := set (get $listener "proxy-protocol") "mode" "off" -}}
{{- end -}}
{{- $_ := set $listeners .name $listener -}}
{{- end -}}
{{- $settings := dict "server" (dict "port" 8080) "readback" (dict "drain-timeout" .Values.drainTimeout "listeners" $listeners) -}}
{{- $spring := dict -}}
{{- if .Values.management.existingSecret -}}
{{- $_ := set $spring "config" (dict "import" "configtree:/etc/readback/management/") -}}
{{- end -}}
{{- $pem := dict -}}
{{- range .Values.tlsBundles -}}
{{- $files := printf "file:/etc/readback/tls/%s" .name -}}
{{- $bundle := dict "reload-on-update" true "keystore" (dict "certificate" (printf "%s/tls.crt" $files) "private-key" (printf "%s/tls.key" $files)) -}}
{{- if .clientCaSecretName -}}
{{- $_ := set $bundle "truststore" (dict "certificate" (printf "file:/etc/readback/client-ca/%s/ca.crt" .name)) -}}
{{- end -}}
{{- $_ := set $pem .name $bundle -}}
{{- end -}}
{{- if $pem -}}
{{- $_ := set $spring "ssl" (dict "bundle" (dict "pem" $pem)) -}}
{{- end -}}
{{- if $spring -}}
{{- $_ := set $settings "spring" $spring -}}
{{- end -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.config) $settings) -}}
{{- end -}}

{{/*
What the probe is asked to check of a listener, as a JSON array; empty where it cannot: behind a PROXY header, with
certificates of clients, where nothing is answered, and where an acknowledgement ends in a placeholder and no header says
how long it is.
*/}}
{{- define "readback.probeArguments" -}}
{{- $type := dig "framing" "type" "raw" . -}}
{{- $echo := dig "echo" true . -}}
{{- $acknowledgement := dig "acknowledgement" "\ni get it!\n" . -}}
{{- $proxied := eq (toString (dig "proxy-protocol" "mode" "off" .)) "required" -}}
{{- $known := eq (dig "tls" "client-auth" "none" .) "need" -}}
{{- $silent := and (not $echo) (eq $acknowledgement "") -}}
{{- $open := and (hasSuffix "}" $acknowledgement) (not (hasSuffix "}}" $acknowledgement)) (ne $type "length") -}}
{{- $arguments := list -}}
{{- if not (or $proxied $known $silent $open) -}}
{{- $arguments = list "probe" "--echo" -}}
{{- if eq (dig "half-close" "answer-then-close" .) "answer-then-close" -}}
{{- $arguments = append $arguments "--half-close" -}}
{{- end -}}
{{- if eq $type "length" -}}
{{- $arguments = append $arguments (printf "--frames=length:%s" (dig "framing" "header" "!I" .)) -}}
{{- else if eq $type "struct" -}}
{{- $arguments = append $arguments (printf "--struct=%s" (dig "framing" "format" "" .)) -}}
{{- else if eq $type "line" -}}
{{- $arguments = append $arguments "--frames=line" -}}
{{- end -}}
{{- if hasKey . "acknowledgement" -}}
{{- $escaped := $acknowledgement | replace "\\" "\\\\" | replace "\n" "\\n" | replace "\r" "\\r" -}}
{{- $arguments = append $arguments (printf "--ack=%s" $escaped) -}}
{{- end -}}
{{- if not $echo -}}
{{- $arguments = append $arguments "--ack-only" -}}
{{- end -}}
{{- if dig "tls" "bundle" "" . -}}
{{- /* whether it serves is the question here, and the name it is asked by is no client's */ -}}
{{- $arguments = concat $arguments (list "--tls" "--insecure") -}}
{{- end -}}
{{- end -}}
{{- toJson $arguments -}}
{{- end -}}
