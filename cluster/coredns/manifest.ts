/** kubeadm's DNS add-on, as far as the API here goes. */
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
          image: registry.k8s.io/coredns/coredns:v1.13.1
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
