import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { kubeApiserverWith } from '#cluster/kube-apiserver/kube-apiserver.ts'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { KubectlState, TranscriptEntry } from './kubectl.ts'

const world = bootCluster({
  ...{ seed: 1, nodes: 1, chain: 'full' },
  components: { 'kube-apiserver': kubeApiserverWith(builtInSchemas) },
})
world.run({ untilMicros: 30_000_000 })
let id = 0

function type(line: string, files?: Readonly<Record<string, string>>): TranscriptEntry {
  const body = { type: 'kubectl', id: ++id, line, ...(files && { files }) }
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
  world.run({ untilMicros: world.now + 5_000_000 })
  return world.stateOf<KubectlState>(KUBECTL).transcript.get(id)!
}

describe('kubectl config', () => {
  it('the namespace of the context is meant where none is named', () => {
    expect(type('kubectl config set-context --current --namespace=kube-system').output).toBe('Context "admin" modified.\n') // prettier-ignore
    expect(type('kubectl get deployments -o name').output).toContain('deployment.apps/coredns')
    expect(type('kubectl get deployments -n default').errors).toBe('No resources found in default namespace.\n')
    expect(type('kubectl config set-context --current --namespace=default').exitCode).toBe(0)
    expect(type('kubectl get deployments').errors).toBe('No resources found in default namespace.\n')
  })

  it('a context without a user is nobody, and one that is not there ends the command', () => {
    type('kubectl config set-context nobody --cluster=clusterwright')
    expect(type('kubectl get nodes --context=nobody').errors).toBe(
      'error: the context nobody has no user: kubectl config set-context nobody --user=kubernetes-admin\n',
    )
    expect(type('kubectl get nodes --context=elsewhere').errors).toBe('Error in configuration: context was not found for specified context: elsewhere\n') // prettier-ignore
    expect(type('kubectl config use-context nobody').output).toBe('Switched to context "nobody".\n')
    expect(type('kubectl get nodes').exitCode).toBe(1)
    type('kubectl config use-context admin')
    expect(type('kubectl get nodes').exitCode).toBe(0)
    expect(type('kubectl config delete-context nobody').exitCode).toBe(0)
    expect(type('kubectl config get-contexts -o name').output).toBe('admin\n')
  })
})

it('kubectl cp takes a file into a container, and out again', () => {
  type('kubectl run web --image=web')
  expect(type('kubectl cp notes.txt web:/var/x', { 'notes.txt': 'naïve\n' })).toMatchObject({ output: '', exitCode: 0 })
  expect(type('kubectl exec web -- cat /var/x').output).toBe('naïve\n')
  expect(type('kubectl cp web:/var/x back.txt').saves).toEqual({ name: 'back.txt', text: 'naïve\n' })
  expect(type('kubectl cp web:/etc/hostname .').saves).toEqual({ name: 'hostname', text: 'web\n' })
})

it('fields that nobody knows are refused, or warned of, or passed over', () => {
  const files = {
    'a.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, image: web, imagee: x }] }\n',
  }
  expect(type('kubectl apply -f a.yaml', files).errors).toMatch(
    /strict decoding error: unknown field "spec.containers\[0\].imagee"/,
  )
  expect(type('kubectl create -f a.yaml --validate=warn --dry-run=server', files)).toMatchObject({
    errors: 'Warning: unknown field "spec.containers[0].imagee"\n',
    output: 'pod/a created (server dry run)\n',
  })
  expect(type('kubectl get pod a').exitCode).toBe(1)
  expect(type('kubectl create -f a.yaml --validate=ignore', files).errors).toBe('')
})
