{{- /* Labels of every object. */ -}}
{{- define "calico-operator.labels" -}}
app.kubernetes.io/name: calico-operator
app.kubernetes.io/part-of: calico-operator
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
k8s-app: tigera-operator
{{- with .Values.additionalLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* What the Deployment selects its pods by. It can't be changed later. */ -}}
{{- define "calico-operator.selector" -}}
name: tigera-operator
{{- end }}

{{- define "calico-operator.image" -}}
{{- with .Values.image }}
{{- if .registry }}{{ .registry | trimSuffix "/" }}/{{ end }}{{ .repository }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- /* References to pull secrets: those that the chart makes and those that are there. */ -}}
{{- define "calico-operator.pullSecrets" -}}
{{- $secrets := .Values.installation.imagePullSecrets | default list }}
{{- range $name, $_ := .Values.imagePullSecrets }}
{{- $secrets = append $secrets (dict "name" $name) }}
{{- end }}
{{- toYaml $secrets }}
{{- end }}

{{- define "calico-operator.dnsPolicy" -}}
{{- .Values.dnsPolicy | default (ternary "ClusterFirstWithHostNet" "ClusterFirst" .Values.hostNetwork) }}
{{- end }}

{{- /* What all pods of the operator's image share: where and as whom they run. */ -}}
{{- define "calico-operator.pod" -}}
hostNetwork: {{ .Values.hostNetwork }}
dnsPolicy: {{ include "calico-operator.dnsPolicy" . }}
{{- with .Values.dnsConfig }}
dnsConfig: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "calico-operator.pullSecrets" . | fromYamlArray }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* What all its containers share. */ -}}
{{- define "calico-operator.container" -}}
image: {{ include "calico-operator.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  # Small: one allocation arena, large blocks given back at once, a small young generation.
  - name: MALLOC_ARENA_MAX
    value: "1"
  - name: MALLOC_MMAP_THRESHOLD_
    value: "131072"
  - name: MALLOC_TRIM_THRESHOLD_
    value: "131072"
  - name: NODE_OPTIONS
    value: --max-semi-space-size=4
  - name: OPERATOR_NAMESPACE
    valueFrom:
      fieldRef:
        fieldPath: metadata.namespace
  {{- with concat (.Values.tigeraOperator.env | default list) (.Values.extraEnv | default list) }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
# Where the API server is reached before Services work; optional.
envFrom:
  - configMapRef:
      name: kubernetes-services-endpoint
      optional: true
{{- with .Values.resources }}
resources: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.containerSecurityContext }}
securityContext: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* Metadata of a hook's pods. */ -}}
{{- define "calico-operator.podLabels" -}}
k8s-app: tigera-operator
app.kubernetes.io/name: calico-operator
app.kubernetes.io/part-of: calico-operator
{{- with .Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /*
Labels and annotations of the custom resources; with policy Keep they outlive the release. Argo CD writes them when the
operator is available, and deletes them before it.
*/ -}}
{{- define "calico-operator.resourceMetadata" -}}
name: default
labels: {{- include "calico-operator.labels" . | nindent 2 }}
annotations:
  argocd.argoproj.io/sync-wave: "1"
  {{- if eq .Values.uninstall.policy "Keep" }}
  helm.sh/resource-policy: keep
  {{- end }}
{{- end }}

{{- /* The definitions of our kinds in the cluster that are ours and of another release, by name. Empty without a cluster. */ -}}
{{- define "calico-operator.otherRelease" -}}
{{- $definition := "CustomResourceDefinition" }}
{{- range list "installations" "apiservers" "goldmanes" "whiskers" }}
{{- with lookup "apiextensions.k8s.io/v1" $definition "" (printf "%s.operator.tigera.io" .) }}
{{- $annotations := .metadata.annotations | default dict }}
{{- $ours := eq (get $annotations "operator.tigera.io/crd-owner") "calico-operator" }}
{{- if and $ours (ne (get $annotations "operator.tigera.io/crd-release") $.Chart.AppVersion) }} {{ .metadata.name }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
