import { describe, expect, it } from 'vitest'
import { RuntimeLab } from './lab.test-world.ts'

const WEB = { image: { image: 'web' } }
const env = (values: Record<string, string>) => Object.entries(values).map(([key, value]) => ({ key, value }))
const get = (address: string, port = 8080, path = '/') =>
  ({
    call: 'exchange',
    protocol: 'tcp',
    address,
    port,
    data: { method: 'GET', path, host: address },
    timeoutMicros: 1_000_000,
  }) as const

/** Everything that a Pod's network leaves on a machine. */
function remains(lab: RuntimeLab, machine = 'node-1') {
  const [{ paths }, { links }, { files }] = lab.call(`${machine}/shell`, [
    { call: 'listNetns' },
    { call: 'listLinks' },
    { call: 'readDirectory', path: '/var/lib/cni/networks/cbr0' },
  ])
  return {
    netns: paths,
    veths: links.filter((link: any) => link.kind === 'veth').map((link: any) => link.name),
    addresses: files
      .map(([path]: [string]) => path.slice(path.lastIndexOf('/') + 1))
      .filter((name: string) => !name.startsWith('last')),
  }
}
const NOTHING = { netns: [], veths: [], addresses: [] }

describe('a sandbox', () => {
  it('has an address of the node’s range, and a web server in it answers the node and other Pods', () => {
    const lab = new RuntimeLab()
    const a = lab.runPod('node-1', 'web-1', WEB)
    const b = lab.runPod('node-1', 'web-2', WEB)
    expect([a.ip, b.ip]).toEqual(['10.244.1.2', '10.244.1.3'])
    lab.run(10_000)
    expect(lab.call('node-1/shell', [get(b.ip)])).toEqual([{ data: { status: 200, body: 'hello from web-2' } }])
  })

  it('leaves nothing behind once it is stopped, and can be stopped and removed as often as one likes', () => {
    const lab = new RuntimeLab()
    const { podSandboxId } = lab.runPod('node-1', 'web-1', WEB)
    for (const call of [
      'StopPodSandbox',
      'StopPodSandbox',
      'RemovePodSandbox',
      'RemovePodSandbox',
      'StopPodSandbox',
    ] as const) {
      expect(lab.cri('node-1', call, { podSandboxId })).toEqual({ type: 'criReply' })
    }
    expect(remains(lab)).toEqual(NOTHING)
    expect(lab.cri('node-1', 'ListPodSandbox', {})).toMatchObject({ items: [] })
    expect(lab.cri('node-1', 'ListContainers', {})).toMatchObject({ containers: [] })
  })

  it('is refused while there is no network, and made once a configuration appears', () => {
    const lab = new RuntimeLab({ network: null })
    const config = lab.sandboxConfig('web-1')
    expect(lab.cri('node-1', 'Status', {}).conditions[1]).toMatchObject({ type: 'NetworkReady', status: false })
    expect(lab.cri('node-1', 'RunPodSandbox', { config }).message).toMatch(/cni plugin not initialized/)
    lab.writeNetwork('node-1', {
      cniVersion: '1.0.0',
      name: 'cbr0',
      plugins: [{ type: 'bridge', ipam: { type: 'host-local', subnet: '10.9.0.0/24' } }],
    })
    lab.run(1_000)
    expect(lab.cri('node-1', 'Status', {}).conditions[1]).toMatchObject({ status: true })
    expect(lab.cri('node-1', 'RunPodSandbox', { config }).status.network.ip).toBe('10.9.0.2')
  })

  it('whose network fails is undone, and the error names the plugin', () => {
    const small = {
      cniVersion: '1.0.0',
      name: 'cbr0',
      plugins: [{ type: 'bridge', ipam: { type: 'host-local', subnet: '10.9.0.0/30' } }],
    }
    const lab = new RuntimeLab({ network: () => small })
    lab.runPod('node-1', 'web-1', WEB)
    const before = remains(lab)
    const { code, message } = lab.cri('node-1', 'RunPodSandbox', { config: lab.sandboxConfig('web-2') })
    expect(code).toBe('Unknown')
    expect(message).toMatch(
      /^failed to setup network for sandbox "[0-9a-f]{64}": plugin type="bridge" failed \(add\): .*no IP addresses available in range set: 10\.9\.0\.1-10\.9\.0\.2$/,
    )
    expect(remains(lab)).toEqual(before)
  })

  it('on the host’s network runs no plugin and shares the host’s ports', () => {
    const lab = new RuntimeLab()
    const config = lab.sandboxConfig('proxy', { network: 'NODE' })
    const { podSandboxId, status } = lab.cri('node-1', 'RunPodSandbox', { config })
    expect(status.network.ip).toBe('')
    expect(remains(lab)).toEqual(NOTHING)
    lab.cri('node-1', 'PullImage', { image: 'web' })
    const { containerId } = lab.cri('node-1', 'CreateContainer', {
      podSandboxId,
      config: { metadata: { name: 'main', attempt: 0 }, ...WEB },
    })
    lab.cri('node-1', 'StartContainer', { containerId })
    lab.run(1_000)
    expect(lab.call('node-1/shell', [get('127.0.0.1')])).toMatchObject([{ data: { status: 200 } }])
  })

  it('is told apart by name, uid and attempt', () => {
    const lab = new RuntimeLab()
    lab.runPod('node-1', 'web-1', WEB)
    expect(lab.cri('node-1', 'RunPodSandbox', { config: lab.sandboxConfig('web-1') }).message).toMatch(
      /is reserved for/,
    )
    expect(
      lab.cri('node-1', 'RunPodSandbox', { config: lab.sandboxConfig('web-1', { attempt: 1 }) }).podSandboxId,
    ).toBeDefined()
  })
})

describe('a container', () => {
  const stateOf = (lab: RuntimeLab, containerId: string) => {
    const { state, exitCode, reason } = lab.cri('node-1', 'ContainerStatus', { containerId }).status
    return [state, exitCode, reason]
  }

  it.each([
    ['exits with 0 on SIGTERM if it handles it', 'web', 30, 0, 'Completed', 0],
    ['exits with 143 on SIGTERM if it does not', 'burn', 30, 143, 'Error', 0],
    ['that does not hear SIGTERM is killed after the grace period', 'sleep', 30, 137, 'Error', 30],
    ['is killed at once without a grace period', 'web', 0, 137, 'Error', 0],
  ] as const)('%s', (_, image, timeout, exitCode, reason, seconds) => {
    const lab = new RuntimeLab()
    const { containerId } = lab.runPod('node-1', 'p', { image: { image } })
    expect(stateOf(lab, containerId)[0]).toBe('CONTAINER_RUNNING')
    const before = lab.world.now
    expect(lab.cri('node-1', 'StopContainer', { containerId, timeout })).toEqual({ type: 'criReply' })
    expect(Math.round((lab.world.now - before) / 1_000_000)).toBe(seconds)
    expect(stateOf(lab, containerId)).toEqual(['CONTAINER_EXITED', exitCode, reason])
  })

  it('that crashes is announced with its exit code', () => {
    const lab = new RuntimeLab()
    lab.ask('node-1', 'GetContainerEvents', {})
    const { containerId } = lab.runPod('node-1', 'p', {
      image: { image: 'crash' },
      envs: env({ EXIT_CODE: '3', AFTER_SECONDS: '2' }),
    })
    lab.run(3_000_000)
    const kinds = lab.events('node-1').map((event) => event.containerEventType)
    expect(kinds).toEqual(['CONTAINER_STARTED_EVENT', 'CONTAINER_STARTED_EVENT', 'CONTAINER_STOPPED_EVENT'])
    expect(lab.events('node-1')[2]).toMatchObject({
      containerId,
      containersStatuses: [{ exitCode: 3, reason: 'Error' }],
    })
  })

  it('that takes a port which is taken in its Pod ends with 1', () => {
    const lab = new RuntimeLab()
    const { podSandboxId } = lab.runPod('node-1', 'p', WEB)
    const config = { metadata: { name: 'second', attempt: 0 }, ...WEB }
    const { containerId } = lab.cri('node-1', 'CreateContainer', { podSandboxId, config })
    lab.cri('node-1', 'StartContainer', { containerId })
    lab.run(10_000)
    expect(stateOf(lab, containerId)).toEqual(['CONTAINER_EXITED', 1, 'Error'])
  })

  it('with a command that is not in its image cannot be started', () => {
    const lab = new RuntimeLab()
    const { containerId } = lab.runPod('node-1', 'p', { ...WEB, command: ['/bin/nope'] })
    expect(stateOf(lab, containerId)).toEqual(['CONTAINER_EXITED', 128, 'StartError'])
  })

  it('needs an image that is there; pulling one takes time, and one that does not exist fails', () => {
    const lab = new RuntimeLab()
    const { podSandboxId } = lab.cri('node-1', 'RunPodSandbox', { config: lab.sandboxConfig('p') })
    const config = { metadata: { name: 'main', attempt: 0 }, ...WEB }
    expect(lab.cri('node-1', 'CreateContainer', { podSandboxId, config })).toMatchObject({ code: 'NotFound' })
    const before = lab.world.now
    expect(lab.cri('node-1', 'PullImage', { image: 'web' }).imageRef).toMatch(
      /^docker\.io\/library\/web@sha256:[0-9a-f]{64}$/,
    )
    expect(lab.world.now - before).toBeGreaterThan(350_000)
    expect(lab.cri('node-1', 'PullImage', { image: 'web:nope' }).message).toBe(
      'failed to pull and unpack image "docker.io/library/web:nope": failed to resolve reference ' +
        '"docker.io/library/web:nope": docker.io/library/web:nope: not found',
    )
    expect(lab.cri('node-1', 'ListImages', {}).images.flatMap((image) => image.repoTags)).toEqual([
      'registry.k8s.io/pause:3.10.1',
      'docker.io/library/web:latest',
    ])
  })

  it('answers exec, until the exec takes too long', () => {
    const lab = new RuntimeLab()
    const healthy = env({ HEALTHY_FOR_SECONDS: '30' })
    const { containerId } = lab.runPod('node-1', 'p', { image: { image: 'sleep' }, envs: healthy })
    const exec = (cmd: string[]) => lab.cri('node-1', 'ExecSync', { containerId, cmd, timeout: 1 })
    expect(exec(['cat', '/healthy'])).toMatchObject({ exitCode: 0 })
    expect(exec(['nope'])).toMatchObject({ exitCode: 127 })
    lab.run(30_000_000)
    expect(exec(['cat', '/healthy'])).toMatchObject({ exitCode: 1 })
    lab.world.command(lab.world.now, { type: 'pause', process: lab.processOf('node-1', containerId) })
    expect(exec(['true'])).toMatchObject({ code: 'DeadlineExceeded' })
  })
})

describe('containerd', () => {
  const crash = (lab: RuntimeLab) => {
    lab.world.command(lab.world.now, { type: 'crash', process: 'node-1/containerd' })
    lab.world.command(lab.world.now + 1_000, { type: 'start', process: 'node-1/containerd' })
  }

  it('finds its containers running after a restart', () => {
    const lab = new RuntimeLab()
    const pod = lab.runPod('node-1', 'web-1', WEB)
    const { startedAt } = lab.cri('node-1', 'ContainerStatus', pod).status
    crash(lab)
    lab.run(20_000)
    expect(lab.call('node-1/shell', [get(pod.ip)])).toMatchObject([{ data: { status: 200 } }])
    expect(lab.cri('node-1', 'ContainerStatus', pod).status).toMatchObject({ state: 'CONTAINER_RUNNING', startedAt })
    expect(lab.cri('node-1', 'ListPodSandbox', { filter: { state: 'SANDBOX_READY' } }).items).toHaveLength(1)
    lab.cri('node-1', 'StopContainer', { ...pod, timeout: 5 })
    expect(lab.cri('node-1', 'ContainerStatus', pod).status).toMatchObject({ state: 'CONTAINER_EXITED', exitCode: 0 })
  })

  it('calls what ended meanwhile exited with 255, because nobody saw it end', () => {
    const lab = new RuntimeLab()
    const pod = lab.runPod('node-1', 'p', { image: { image: 'crash' }, envs: env({ AFTER_SECONDS: '5' }) })
    lab.world.command(lab.world.now, { type: 'stop', process: 'node-1/containerd' })
    lab.run(10_000_000)
    expect(lab.cri('node-1', 'ContainerStatus', pod)).toEqual({ lost: 'refused' })
    lab.world.command(lab.world.now, { type: 'start', process: 'node-1/containerd' })
    expect(lab.cri('node-1', 'ContainerStatus', pod).status).toMatchObject({ exitCode: 255, reason: 'Unknown' })
  })

  it('knows what it knew after its database was rewritten', () => {
    const lab = new RuntimeLab({ runtime: { preloaded: ['web'] } })
    lab.world.trace = undefined
    const kept = lab.runPod('node-1', 'kept', WEB)
    const config = { metadata: { name: 'main', attempt: 0 }, ...WEB }
    for (let attempt = 1; attempt < 1_500; attempt++) {
      const { podSandboxId } = kept
      const again = { ...config, metadata: { name: 'other', attempt } }
      const { containerId } = lab.cri('node-1', 'CreateContainer', { podSandboxId, config: again })
      lab.cri('node-1', 'RemoveContainer', { containerId })
    }
    for (let n = 0; n < 600; n++) {
      const { podSandboxId } = lab.cri('node-1', 'RunPodSandbox', {
        config: lab.sandboxConfig(`p${n}`, { network: 'NODE' }),
      })
      lab.cri('node-1', 'RemovePodSandbox', { podSandboxId })
    }
    expect(lab.world.stateOf('node-1/containerd').journal).toBeLessThan(4_097)
    crash(lab)
    lab.run(100_000)
    expect(lab.cri('node-1', 'ListContainers', {}).containers.map(({ id }) => id)).toEqual([kept.containerId])
    expect(lab.cri('node-1', 'ListPodSandbox', {}).items.map(({ id }) => id)).toEqual([kept.podSandboxId])
  })

  it('comes back from a power cut with its records, and everything in them ended', () => {
    const lab = new RuntimeLab()
    const pod = lab.runPod('node-1', 'web-1', WEB)
    lab.run(10_000_000)
    lab.world.command(lab.world.now, { type: 'powerOff', machine: 'node-1' })
    lab.world.command(lab.world.now + 1_000_000, { type: 'powerOn', machine: 'node-1' })
    lab.run(2_000_000)
    expect(lab.cri('node-1', 'ContainerStatus', pod).status.state).toBe('CONTAINER_EXITED')
    expect(lab.cri('node-1', 'PodSandboxStatus', pod).status.state).toBe('SANDBOX_NOTREADY')
    expect(remains(lab).addresses).toEqual(['10.244.1.2'])
    lab.cri('node-1', 'StopPodSandbox', pod)
    expect(remains(lab)).toEqual(NOTHING)
  })

  it.each(['containerd', 'bridge', 'host-local'])(
    'leaks nothing when %s dies at any event of RunPodSandbox',
    (victim) => {
      let died = 0
      for (let after = 1; after < 60; after++) {
        const lab = new RuntimeLab({ seed: after })
        lab.world.trace = undefined
        lab.ask('node-1', 'RunPodSandbox', { config: lab.sandboxConfig('web-1') })
        lab.world.run({ maxEvents: after, untilMicros: lab.world.now + 50_000 })
        const process = lab.world.processIds().find((id) => id.startsWith(`node-1/${victim}`))
        if (process === undefined) continue
        died++
        lab.world.command(lab.world.now, { type: 'crash', process })
        if (victim === 'containerd') lab.world.command(lab.world.now + 1_000, { type: 'start', process })
        lab.run(1_000_000)
        // What a kubelet does with sandboxes that it does not want.
        for (const { id } of lab.cri('node-1', 'ListPodSandbox', {}).items) {
          lab.cri('node-1', 'StopPodSandbox', { podSandboxId: id })
          lab.cri('node-1', 'RemovePodSandbox', { podSandboxId: id })
        }
        // What no record names any more is garbage: collected when containerd starts.
        crash(lab)
        lab.run(1_000_000)
        const { netns, veths, addresses } = remains(lab)
        expect({ after, netns, veths, addresses }).toEqual({ after, ...NOTHING })
      }
      expect(died).toBeGreaterThan(2)
    },
  )

  it('starts a Pod within 40 events, from sandbox to running container', () => {
    const lab = new RuntimeLab({ runtime: { preloaded: ['web'] } })
    lab.ask('node-1', 'GetContainerEvents', {})
    lab.runPod('node-1', 'first', WEB)
    lab.run(100_000)
    const before = lab.world.tick
    lab.runPod('node-1', 'second', WEB)
    lab.run(100_000)
    // The lab's own: one command to the caller per call.
    const events = lab.world.tick - before - 4
    expect(events).toBeLessThanOrEqual(40)
  })
})

describe('a client', () => {
  it('asks again and again, and keeps what it heard', () => {
    const lab = new RuntimeLab({ machines: 1 })
    const { ip, containerId: server } = lab.runPod('node-1', 'web-1', WEB)
    const { containerId } = lab.runPod('node-1', 'client', {
      image: { image: 'client' },
      envs: env({ URL: `http://${ip}:8080/` }),
    })
    lab.run(2_500_000)
    const answers = () => lab.world.stateOf(lab.processOf('node-1', containerId)).own.answers.toArray()
    expect(answers().map((answer: any) => answer.text)).toEqual([
      'hello from web-1',
      'hello from web-1',
      'hello from web-1',
    ])
    lab.cri('node-1', 'StopContainer', { containerId: server, timeout: 1 })
    lab.run(1_000_000)
    expect(answers().at(-1)).toMatchObject({ status: 0, text: 'connection refused' })
  })
})

describe('a fork of a node', () => {
  it('goes on like the original, whenever it is made', () => {
    const lab = new RuntimeLab()
    lab.world.trace = undefined
    const pods = ['a', 'b', 'c']
    for (const name of pods) lab.ask('node-1', 'RunPodSandbox', { config: lab.sandboxConfig(name) })
    const forks = []
    for (let i = 0; i < 20; i++) {
      lab.world.run({ maxEvents: 4 })
      forks.push(lab.world.fork())
    }
    lab.run(1_000_000)
    for (const fork of forks) {
      fork.run({ untilMicros: lab.world.now })
      expect(fork.hash()).toBe(lab.world.hash())
    }
    expect(remains(lab).addresses).toEqual(['10.244.1.2', '10.244.1.3', '10.244.1.4'])
  })
})
