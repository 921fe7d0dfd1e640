import { expect, it } from 'vitest'
import type { Pod } from '#cluster/api/types.ts'
import { Plane } from '../kube-controller-manager/control-plane.test-world.ts'

it('kubectl debug adds a container, or makes a Pod with one more, or one on a node', () => {
  const plane = new Plane().seconds(1)
  const says = (line: string): string => plane.kubectl(`kubectl ${line}`)
  const pod = (name: string): Pod => JSON.parse(says(`get pod ${name} -o json`)) as Pod
  says('run web --image=nginx -l app=web')
  expect(says('debug web')).toBe('error: you must specify --image when not using --copy-to.\n[exit 1]\n')
  expect(says('debug web -it --image=busybox')).toMatch(
    /^error: there is no terminal here for -i and -t: give a command/,
  )
  expect(says('debug svc/kubernetes --image=busybox')).toMatch(/^error: "Service" not supported by debug/)
  expect(says('debug web --profile=nonsense --image=x')).toBe('error: unknown profile: nonsense\n[exit 1]\n')
  const name = /^Defaulting debug container name to (debugger-[a-z0-9]{5})\.\n$/
  expect(says('debug web --image=busybox -- sleep 1')).toMatch(name)
  expect(pod('web').spec.ephemeralContainers).toMatchObject([{ image: 'busybox', command: ['sleep', '1'] }])
  expect(says('debug web --image=busybox --copy-to=copy --profile=sysadmin')).toMatch(name)
  const copy = pod('copy')
  expect(copy.spec.containers.map(({ image }) => image)).toEqual(['nginx', 'busybox'])
  expect(copy.spec).toMatchObject({ shareProcessNamespace: true })
  expect(copy.spec.containers[1]).toMatchObject({ securityContext: { privileged: true } })
  expect(copy.metadata.labels).toBeUndefined()
  const [, made] = /^Creating debugging pod (\S+) with container debugger on node node-1\.\n$/.exec(says('debug node/node-1 --image=busybox'))! // prettier-ignore
  expect(pod(made!).spec).toMatchObject({ nodeName: 'node-1', hostPID: true, tolerations: [{ operator: 'Exists' }] })
})
