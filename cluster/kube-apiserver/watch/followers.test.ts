/** Whoever lists once and then only watches, resuming after every break, ends with what is there. */
import { expect, it } from 'vitest'
import type { Command } from '#cluster/kernel/command.ts'
import { CONFIG_MAPS, configMap, ETCD, Lab, requestOf, SERVER } from '../lab.ts'

const SECOND = 1_000_000

class Follower {
  readonly #lab: Lab
  readonly #query: Record<string, string>
  /** Name → version. */
  readonly objects = new Map<string, number>()
  #version = 0
  #watch: string | undefined
  #taken = 0
  /** What no watch may do: go back in time, add what is there, change what is not. */
  readonly broken: string[] = []

  constructor(lab: Lab, query: Record<string, string>) {
    this.#lab = lab
    this.#query = query
  }

  /** Takes in what came, and lists or watches again where that has ended. */
  follow(): void {
    if (this.#watch === undefined) return this.#version === 0 ? this.#list() : this.#resume()
    const events = this.#lab.events(this.#watch)
    for (const { type, object } of events.slice(this.#taken)) {
      if (type === 'ERROR') {
        this.#version = 0
        continue
      }
      const version = Number(object.metadata.resourceVersion)
      if (version < this.#version) this.broken.push(`${type} goes back from ${this.#version} to ${version}`)
      this.#version = version
      if (type === 'BOOKMARK') continue
      if (this.objects.has(object.metadata.name) === (type === 'ADDED'))
        this.broken.push(`${type} ${object.metadata.name}`)
      if (type === 'DELETED') this.objects.delete(object.metadata.name)
      else this.objects.set(object.metadata.name, version)
    }
    this.#taken = events.length
    if (this.#lab.replyTo(this.#watch)) this.#watch = undefined
  }

  #list(): void {
    const reply = this.#lab.send('GET', CONFIG_MAPS, undefined, { ...this.#query, resourceVersion: '0' })
    if (reply.status !== 200) return
    this.objects.clear()
    for (const { metadata } of reply.body.items) this.objects.set(metadata.name, Number(metadata.resourceVersion))
    this.#version = Number(reply.body.metadata.resourceVersion)
    this.#resume()
  }

  #resume(): void {
    this.#taken = 0
    this.#watch = this.#lab.watch(CONFIG_MAPS, {
      ...this.#query,
      resourceVersion: String(this.#version),
      timeoutSeconds: '7',
      allowWatchBookmarks: 'true',
    })
  }
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])('through crashes of etcd and of the server, seed %i', (seed) => {
  const lab = new Lab(seed)
  const followers = [new Follower(lab, {}), new Follower(lab, { labelSelector: 'side=left' })]
  let random = seed
  const chance = (below: number): number => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0
    return Math.floor((random / 4294967296) * below)
  }
  const now = (command: Command): void => lab.world.command(lab.world.now, command)
  lab.run(SECOND)
  for (let round = 0; round < 150; round++) {
    const name = `c${chance(8)}`
    const labels = { side: chance(2) === 0 ? 'left' : 'right' }
    const object = { ...configMap(name, { round: String(round) }), metadata: { name, labels } }
    const requests = [
      requestOf('POST', CONFIG_MAPS, object),
      requestOf('PUT', `${CONFIG_MAPS}/${name}`, object),
      requestOf('DELETE', `${CONFIG_MAPS}/${name}`),
    ]
    lab.start(requests[chance(3)]!)
    lab.run(chance(200_000))
    const fault = chance(40)
    if (fault < 2) {
      const process = fault === 0 ? ETCD : SERVER
      now({ type: 'crash', process })
      lab.run(chance(300_000))
      now({ type: 'start', process })
    }
    for (const follower of followers) follower.follow()
  }
  lab.run(10 * SECOND)
  for (let i = 0; i < 4; i++) for (const follower of followers) follower.follow()
  expect(followers.flatMap(({ broken }) => broken)).toEqual([])
  const truth = (query: Record<string, string>): unknown =>
    lab
      .send('GET', CONFIG_MAPS, undefined, query)
      .body.items.map((item: any) => [item.metadata.name, Number(item.metadata.resourceVersion)])
  const seen = ({ objects }: Follower): unknown => [...objects].sort(([a], [b]) => (a < b ? -1 : 1))
  expect(seen(followers[0]!)).toEqual(truth({}))
  expect(seen(followers[1]!)).toEqual(truth({ labelSelector: 'side=left' }))
})
