/**
 * Our own kubectl beside the unmodified one of 1.36, line by line: what the recording does not have, kinds that a definition brings first.
 */
import { expect, it } from 'vitest'
import { speakOwn } from './own.ts'
import { masked, speak } from './transcript.ts'

const LINES = [
  'kubectl apply -f crontab/crd.yaml',
  'kubectl wait --for=condition=Established crd/crontabs.stable.example.com --timeout=5s',
  'kubectl get ct',
  'kubectl diff -f crontab/tab.yaml',
  'kubectl apply -f crontab/tab.yaml',
  'kubectl apply -f crontab/tab.yaml',
  'kubectl get ct',
  'kubectl get crontabs.stable.example.com nightly -o wide --show-labels',
  'kubectl get crontab/nightly -o name',
  'kubectl get ct,cm -A --field-selector metadata.name=nightly',
  'kubectl get all',
  'kubectl get ct nightly -o yaml',
  'kubectl describe ct nightly',
  'kubectl explain ct',
  'kubectl explain ct.spec.replicas',
  'kubectl label ct nightly tier=night',
  'kubectl annotate ct nightly note=x',
  'kubectl scale ct nightly --replicas=3',
  'kubectl get ct -L tier --no-headers',
  `kubectl patch ct nightly -p '{"spec":{"replicas":2}}'`,
  `kubectl patch ct nightly --type=merge -p '{"spec":{"replicas":2}}'`,
  `kubectl patch ct nightly --type=merge -p '{"spec":{"replicas":6}}'`,
  'kubectl wait --for=jsonpath={.spec.replicas}=2 ct/nightly --timeout=5s',
  'kubectl get ct nobody',
  'kubectl api-resources --api-group=stable.example.com',
  'kubectl delete ct nightly',
  'kubectl get ct',
  'kubectl apply -f cm.yaml',
  'kubectl diff -f cm.yaml',
  'kubectl diff -f cm2.yaml',
  'kubectl edit configmap nobody',
  'kubectl run web --image=nginx',
  'kubectl wait --for=condition=Ready pod/web --timeout=10s',
  'kubectl debug web',
  'kubectl debug web --image=busybox --target=web -c dbg -- sleep 600',
  'kubectl debug web --image=busybox --target=nobody -c dbg2 -- sleep 1',
  `kubectl get pod web -o jsonpath='{.spec.ephemeralContainers}'`,
  'kubectl debug web --image=busybox --copy-to=copy -c dbg -- sleep 600',
  'kubectl wait --for=condition=Ready pod/copy --timeout=10s',
  `kubectl get pod copy -o jsonpath='{.spec.containers}{.spec.shareProcessNamespace}{.metadata.labels}'`,
  'kubectl debug node/node-1 --image=busybox -- sleep 600',
  `kubectl get pod -l app.kubernetes.io/managed-by=kubectl-debug -o jsonpath='{.items[0].spec}'`,
  'kubectl explain pod.spec.containers',
  'kubectl explain deployments',
  'kubectl explain pod.spec.tolerations.key',
  'kubectl explain pod.spec.nosuch',
  'kubectl explain hpa.spec --recursive',
  'kubectl explain ct.spec',
  'kubectl apply -f typo.yaml',
  'kubectl create -f typo.yaml --validate=nosuch',
  'kubectl create -f typo.yaml --validate=warn --dry-run=server',
  'kubectl create -f typo.yaml --validate=warn',
  'kubectl replace -f typo.yaml',
  'kubectl apply -f typo.yaml --server-side',
  'kubectl delete pod typo --force --grace-period=0',
  'kubectl apply -f own-csr.yaml',
  'kubectl certificate approve nobody',
  'kubectl certificate approve',
  'kubectl certificate approve mycsr',
  'kubectl certificate approve mycsr',
  'kubectl certificate deny mycsr',
  `kubectl get csr mycsr -o jsonpath='{.status.conditions[*].type} {.status.conditions[*].reason}'`,
  'kubectl get csr',
  'kubectl cp nosuch.yaml web:/var/x',
  'kubectl cp cm.yaml web:/var/x',
  'kubectl exec web -- cat /var/x',
  'kubectl cp cm.yaml web:/var',
  'kubectl exec web -- cat /var/cm.yaml',
  'kubectl cp web:/var/x back.yaml',
  'kubectl cp web:/nosuch back.yaml',
  'kubectl cp a b',
  'kubectl cp cm.yaml',
  'kubectl cp cm.yaml nobody:/var/x',
  'kubectl cp web:/var/x web:/var/y',
  'kubectl config current-context',
  'kubectl config use-context nosuch',
  'kubectl config get-clusters',
  'kubectl config get-contexts admin',
  'kubectl config get-contexts nosuch',
  'kubectl get pods --context=nosuch',
  'kubectl config set-context --current --namespace=kube-system',
  'kubectl get pods nobody',
  'kubectl get deployments -o name',
  'kubectl run --image=nginx --dry-run=server other -o name',
  `kubectl config view --minify -o jsonpath='{.current-context} {.contexts[0].context.namespace}'`,
  'kubectl config set-context --current --namespace=default',
  'kubectl config set-context nobody --cluster=clusterwright --user=kubernetes-admin',
  'kubectl get nodes --context=nobody',
  'kubectl config rename-context nobody n2',
  'kubectl config use-context n2',
  'kubectl config current-context',
  'kubectl config use-context admin',
  'kubectl attach nobody',
  'kubectl attach web -c nobody',
  'timeout 2 kubectl attach web',
]

/** Names by chance, folders, times of files. */
const plain = (text: string): string =>
  masked(text)
    .replaceAll(/\/tmp\/(LIVE|MERGED)-\d+/g, '/tmp/$1-<n>')
    .replaceAll(/(?<=^(?:---|\+\+\+) \S+) .*$/gm, ' <time>')
    .replaceAll(/(node-debugger-<hash>-|kube-api-access-)[a-z0-9]{5}/g, '$1<hash>')
    .replaceAll(/resourceVersion: "\d+"|Resource Version: \d+/g, 'resourceVersion')
    .replaceAll('<invalid>', '<age>')

it('our own kubectl says what the real one says', async () => {
  const program = process.env['KUBECTL_1_36']
  if (!program) throw new Error('kubectl 1.36 is not named in the environment: npm test -- clients fetches it')
  const real = await speak(program, LINES, { speed: 8 })
  const own = speakOwn(LINES)
  const told = (spoken: readonly ({ output: string; code: number } | undefined)[]) =>
    LINES.map((line, i) => `$ ${line}\n${plain(spoken[i]?.output ?? 'not tried')}\n[${spoken[i]?.code}]`)
  expect(told(own)).toEqual(told(real))
}, 240_000)
