/**
 * kubeadm's DNS add-on: as kubeadm writes it where the whole control plane is there; else no more of it than what answers.
 *
 * Where to read upstream: kubernetes/kubernetes `cmd/kubeadm/app/phases/addons/dns/manifests.go`.
 */

const IMAGE = 'registry.k8s.io/coredns/coredns:v1.13.1'

export const corednsManifest = (clusterDns: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: coredns
  namespace: kube-system
  labels: { k8s-app: kube-dns }
spec:
  replicas: 2
  selector: { matchLabels: { k8s-app: kube-dns } }
  template:
    metadata:
      labels: { k8s-app: kube-dns }
    spec:
      dnsPolicy: Default
      tolerations:
        - { key: node-role.kubernetes.io/control-plane, effect: NoSchedule }
      containers:
        - name: coredns
          image: ${IMAGE}
          ports:
            - { name: dns, containerPort: 53, protocol: UDP }
          resources:
            requests: { cpu: 100m, memory: 70Mi }
---
apiVersion: v1
kind: Service
metadata:
  name: kube-dns
  namespace: kube-system
  labels: { k8s-app: kube-dns, kubernetes.io/cluster-service: 'true', kubernetes.io/name: CoreDNS }
spec:
  selector: { k8s-app: kube-dns }
  clusterIP: ${clusterDns}
  ports:
    - { name: dns, port: 53, protocol: UDP, targetPort: 53 }
`

/** What the account of its Pods may do, and what its servers are told. */
const ACCOUNT_AND_CONFIG = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: coredns, namespace: kube-system }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: system:coredns }
rules:
  - { apiGroups: [''], resources: [endpoints, services, pods, namespaces], verbs: [list, watch] }
  - { apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: system:coredns }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:coredns }
subjects:
  - { kind: ServiceAccount, name: coredns, namespace: kube-system }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data:
  Corefile: |
    .:53 {
        errors
        health {
           lameduck 5s
        }
        ready
        kubernetes cluster.local in-addr.arpa ip6.arpa {
           pods insecure
           fallthrough in-addr.arpa ip6.arpa
           ttl 30
        }
        prometheus :9153
        forward . /etc/resolv.conf {
           max_concurrent 1000
        }
        cache 30 {
           disable success cluster.local
           disable denial cluster.local
        }
        loop
        reload
        loadbalance
    }
`

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: coredns
  namespace: kube-system
  labels: { k8s-app: kube-dns }
spec:
  replicas: 2
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 1 }
  selector: { matchLabels: { k8s-app: kube-dns } }
  template:
    metadata:
      labels: { k8s-app: kube-dns }
    spec:
      priorityClassName: system-cluster-critical
      serviceAccountName: coredns
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm:
                labelSelector:
                  matchExpressions:
                    - { key: k8s-app, operator: In, values: [kube-dns] }
                topologyKey: kubernetes.io/hostname
      tolerations:
        - { key: CriticalAddonsOnly, operator: Exists }
        - { key: node-role.kubernetes.io/control-plane, effect: NoSchedule }
      nodeSelector: { kubernetes.io/os: linux }
      containers:
        - name: coredns
          image: ${IMAGE}
          imagePullPolicy: IfNotPresent
          resources:
            limits: { memory: 170Mi }
            requests: { cpu: 100m, memory: 70Mi }
          args: ['-conf', /etc/coredns/Corefile]
          volumeMounts:
            - { name: config-volume, mountPath: /etc/coredns, readOnly: true }
          ports:
            - { name: dns, containerPort: 53, protocol: UDP }
            - { name: dns-tcp, containerPort: 53, protocol: TCP }
            - { name: metrics, containerPort: 9153, protocol: TCP }
            - { name: liveness-probe, containerPort: 8080, protocol: TCP }
            - { name: readiness-probe, containerPort: 8181, protocol: TCP }
          livenessProbe:
            httpGet: { path: /health, port: liveness-probe, scheme: HTTP }
            initialDelaySeconds: 60
            timeoutSeconds: 5
            successThreshold: 1
            failureThreshold: 5
          readinessProbe:
            httpGet: { path: /ready, port: readiness-probe, scheme: HTTP }
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: { add: [NET_BIND_SERVICE], drop: [ALL] }
            readOnlyRootFilesystem: true
      dnsPolicy: Default
      volumes:
        - name: config-volume
          configMap:
            name: coredns
            items:
              - { key: Corefile, path: Corefile }
`

const service = (clusterDns: string): string => `
apiVersion: v1
kind: Service
metadata:
  name: kube-dns
  namespace: kube-system
  annotations: { prometheus.io/port: '9153', prometheus.io/scrape: 'true' }
  labels: { k8s-app: kube-dns, kubernetes.io/cluster-service: 'true', kubernetes.io/name: CoreDNS }
spec:
  clusterIP: ${clusterDns}
  ports:
    - { name: dns, port: 53, protocol: UDP, targetPort: 53 }
    - { name: dns-tcp, port: 53, protocol: TCP, targetPort: 53 }
    - { name: metrics, port: 9153, protocol: TCP, targetPort: 9153 }
  selector: { k8s-app: kube-dns }
`

export const wholeCorednsManifest = (clusterDns: string): string =>
  [ACCOUNT_AND_CONFIG, DEPLOYMENT, service(clusterDns)].join('---')
