/** `kubectl debug`: a container added to a running Pod, a copy of a Pod, and a Pod on a node; by unmodified kubectl 1.36. */
import { expect, it } from 'vitest'
import { masked, speak } from './transcript.ts'

const STORY: readonly (readonly [command: string, says: string | RegExp])[] = [
  ['kubectl run web --image=nginx', 'pod/web created'],
  ['kubectl wait --for=condition=Ready pod/web --timeout=10s', 'pod/web condition met'],
  ["kubectl debug web --image=busybox --target=web -c dbg -- sh -c 'echo hello; sleep 600'", /^Targeting container "web"/],
  ['sleep 0.5; kubectl exec web -c dbg -- echo inside', 'inside'],
  ['kubectl logs web -c dbg', 'hello'],
  ["kubectl get pod web -o jsonpath='{.status.ephemeralContainerStatuses[*].state}'", '{"running":{"startedAt":"<time>"}}'],
  [
    'kubectl get events --field-selector involvedObject.fieldPath=spec.ephemeralContainers{dbg} -o jsonpath="{.items[*].reason}"',
    'Pulling Pulled Created Started',
  ],
  ["echo 'echo typed; exit' | kubectl debug web -i --image=busybox --target=web -- sh", /^typed$/m],
  [`timeout 5 script -qec "kubectl debug web -it --image=busybox -- sh -c 'echo seen'" /dev/null`, /^seen$/m],
  ['kubectl debug web --image=busybox --target=nobody -- sleep 1', /targetContainerName: Not found: "nobody"$/],
  ['kubectl debug web --image=busybox --copy-to=copy -c dbg -- sleep 600', ''],
  ['kubectl wait --for=condition=Ready pod/copy --timeout=10s', 'pod/copy condition met'],
  ["kubectl get pod copy -o jsonpath='{.spec.containers[*].name}'", 'web dbg'],
  ['kubectl debug node/node-1 --image=busybox -- sleep 600', /^Creating debugging pod node-debugger-\S+ with container debugger on node node1\.$/],
  ['kubectl wait --for=condition=Ready pod -l app.kubernetes.io/managed-by=kubectl-debug --timeout=10s', /condition met$/],
  ['kubectl exec $(kubectl get pods -o name | grep node-debugger) -- ls /host/etc/cni/net.d', '10-flannel.conflist'],
] // prettier-ignore

it('kubectl debug looks into Pods and nodes', async () => {
  const program = process.env['KUBECTL_1_36']
  if (!program) throw new Error('kubectl 1.36 is not named in the environment: npm test -- clients fetches it')
  const commands = STORY.map(([command]) => command)
  const spoken = await speak(program, commands, { speed: 4 })
  spoken.forEach(({ command, output }, i) => {
    const [, says] = STORY[i]!
    expect([command, masked(output)]).toEqual([command, typeof says === 'string' ? says : expect.stringMatching(says)])
  })
}, 60_000)
