/**
 * What puts metrics-server into a cluster: its account and rights, its Deployment and Service, and the APIService that makes it answer for
 * `metrics.k8s.io`.
 *
 * Where to read upstream: kubernetes-sigs/metrics-server, the release's `components.yaml`.
 */
export const METRICS_SERVER_MANIFEST = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: metrics-server, namespace: kube-system, labels: { k8s-app: metrics-server } }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: system:aggregated-metrics-reader
  labels:
    k8s-app: metrics-server
    rbac.authorization.k8s.io/aggregate-to-admin: 'true'
    rbac.authorization.k8s.io/aggregate-to-edit: 'true'
    rbac.authorization.k8s.io/aggregate-to-view: 'true'
rules:
  - { apiGroups: [metrics.k8s.io], resources: [pods, nodes], verbs: [get, list, watch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: system:metrics-server, labels: { k8s-app: metrics-server } }
rules:
  - { apiGroups: [''], resources: [nodes/metrics], verbs: [get] }
  - { apiGroups: [''], resources: [pods, nodes], verbs: [get, list, watch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: system:metrics-server, labels: { k8s-app: metrics-server } }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:metrics-server }
subjects: [{ kind: ServiceAccount, name: metrics-server, namespace: kube-system }]
---
apiVersion: v1
kind: Service
metadata: { name: metrics-server, namespace: kube-system, labels: { k8s-app: metrics-server } }
spec:
  selector: { k8s-app: metrics-server }
  ports: [{ name: https, port: 443, protocol: TCP, targetPort: https }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: metrics-server, namespace: kube-system, labels: { k8s-app: metrics-server } }
spec:
  selector: { matchLabels: { k8s-app: metrics-server } }
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0 } }
  template:
    metadata: { labels: { k8s-app: metrics-server } }
    spec:
      serviceAccountName: metrics-server
      priorityClassName: system-cluster-critical
      nodeSelector: { kubernetes.io/os: linux }
      containers:
        - name: metrics-server
          image: registry.k8s.io/metrics-server/metrics-server:v0.8.0
          ports: [{ name: https, containerPort: 10250, protocol: TCP }]
          resources: { requests: { cpu: 100m, memory: 200Mi } }
          livenessProbe: { httpGet: { path: /livez, port: https }, periodSeconds: 10, failureThreshold: 3 }
          readinessProbe: { httpGet: { path: /readyz, port: https }, initialDelaySeconds: 20, periodSeconds: 10 }
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1beta1.metrics.k8s.io, labels: { k8s-app: metrics-server } }
spec:
  group: metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: { name: metrics-server, namespace: kube-system }
`
