/** Files to apply: what the playground begins with. A reader's own changes are kept in the browser. */
export const FILES: Readonly<Record<string, string>> = {
  'web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: web
          ports: [{ containerPort: 8080 }]
          readinessProbe:
            httpGet: { path: /, port: 8080 }
            periodSeconds: 2
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080 }]
`,
  'client.yaml': `# Asks the Service web for its page, again and again.
apiVersion: v1
kind: Pod
metadata:
  name: client
spec:
  containers:
    - name: curl
      image: client
      args: ['http://web/']
`,
  'crash.yaml': `# Ends as soon as it has begun: see how the kubelet waits longer each time.
apiVersion: v1
kind: Pod
metadata:
  name: crash
spec:
  containers:
    - name: crash
      image: crash
`,
  'big.yaml': `# Asks for more than any node has: kubectl describe pod big says why it waits.
apiVersion: v1
kind: Pod
metadata:
  name: big
spec:
  containers:
    - name: big
      image: sleep
      resources:
        requests: { cpu: '64', memory: 1Gi }
`,
  'blue/kustomization.yaml': `# web.yaml once more, in blue: kubectl kustomize blue shows it, kubectl apply -k blue makes it.
resources: [../web.yaml]
nameSuffix: -blue
labels:
  - pairs: { colour: blue }
    includeSelectors: true
replicas: [{ name: web, count: 2 }]
configMapGenerator:
  - name: colours
    literals: [main=blue]
`,
}
