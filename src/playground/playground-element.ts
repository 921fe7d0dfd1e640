/**
 * `<cw-playground>`: a cluster of one's own. It puts together a world that goes on, the board that shows it, the terminal,
 * what can be broken, and what happened; the parts know nothing of each other.
 */
import { LitElement, type TemplateResult, html, nothing, unsafeCSS } from 'lit'
import { formatMicros } from '#cluster/scenarios/duration.ts'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Explained, ExplainRequest } from '../explain/protocol.ts'
import { clock } from '../figures/kit/clock.ts'
import { objectKey } from '../figures/kit/inspector.ts'
import { figureStyles } from '../figures/kit/styles.ts'
import { createWorkerClient, type WorkerClient } from '../simulation/simulation-client.ts'
import { FILES } from './files.ts'
import { drawFiles } from './files-view.ts'
import { keepFiles, keepStory, keptFiles, keptStory } from './keep.ts'
import { Live } from './live.ts'
import { drawPanel, type Looked, type PanelName } from './panels-view.ts'
import styles from './playground.css?inline'
import type { PlaygroundRequests } from './protocol.ts'
import { drawSetup } from './setup-view.ts'
import { typed } from './shell.ts'
import { BadStory, DEFAULT_SETUP, freshStory, readStory, type Setup, type Story, writeStory } from './story.ts'
import { storyHash, storyIn } from './story-link.ts'
import './terminal-element.ts'
import type { Printed, TerminalElement } from './terminal-element.ts'
import { playgroundWords } from './words.ts'
import { drawWorld } from './world-view.ts'

/** How often what was done is kept, in ms. */
const KEEP_EVERY_MS = 2_000
const LINES_MAX = 500

export class PlaygroundElement extends LitElement {
  static override styles = [...figureStyles, unsafeCSS(styles)]

  #client: WorkerClient<PlaygroundRequests> | undefined
  #live: Live | undefined
  #wanted: Setup = DEFAULT_SETUP
  /** What the shell itself printed, in between. */
  #printed: (Printed & { readonly after: number })[] = []
  #lines: string[] = []
  /** Calls before this one were cleared away. */
  #clearedTo = 0
  #files: Record<string, string> = keptFiles(FILES)
  #file = Object.keys(FILES)[0]!
  #side: 'terminal' | 'files' = 'terminal'
  /** The call that was typed last here. */
  #typing: number | undefined
  #panel: PanelName = 'happened'
  #explained: string | undefined
  #looked: Looked | undefined
  #why: readonly Described[] = []
  #target = 'node-1'
  #showsSystem = false
  #notice = ''
  #trouble = ''
  #width = 0
  #observer: ResizeObserver | undefined
  #stopKeeping: (() => void) | undefined
  #isHidden = (): void => {
    if (document.hidden) this.#live?.pause()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.#isHidden)
    if (!this.#live) void this.#begin()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('visibilitychange', this.#isHidden)
    this.#observer?.disconnect()
    this.#stopKeeping?.()
    this.#live?.pause()
  }

  async #begin(): Promise<void> {
    const worker = new Worker(new URL('./playground-worker.ts', import.meta.url), {
      type: 'module',
      name: 'playground',
    })
    this.#client = createWorkerClient(worker)
    this.#live = new Live(this.#client, { ...clock, now: () => performance.now() }, () => this.#changed())
    let story: Story | undefined
    try {
      story = await storyIn(location.hash)
    } catch (error) {
      this.#trouble = refused(error)
    }
    if (!story && (story = keptStory())) this.#notice = playgroundWords().restored
    await this.#open(story ?? freshStory(DEFAULT_SETUP))
    this.#stopKeeping = every(KEEP_EVERY_MS, () => void this.#keep())
  }

  async #open(story: Story): Promise<void> {
    this.#typing = undefined
    this.#wanted = story.setup
    this.#printed = []
    this.#clearedTo = 0
    this.#looked = undefined
    this.#why = []
    try {
      await this.#live!.open(story)
    } catch (error) {
      this.#trouble = refused(error)
    }
    this.requestUpdate()
  }

  async #keep(): Promise<void> {
    if (!this.#live?.state || this.#live.state.opening !== undefined) return
    if (!keepStory(await this.#live.story())) this.#notice = playgroundWords().storage
  }

  // ── what somebody does ────────────────────────────────────────────────────────────────────────────────────────────

  #setUp = (setup: Setup): void => {
    this.#wanted = setup
    this.requestUpdate()
  }

  #start = (): void => {
    this.#notice = this.#trouble = ''
    if (location.hash) history.replaceState(undefined, '', location.pathname + location.search)
    void this.#open(freshStory(this.#wanted))
  }

  #share = async (): Promise<void> => {
    const text = playgroundWords()
    const story = await this.#live!.story()
    const hash = await storyHash(story)
    if (hash === undefined) {
      this.#download(story)
      this.#notice = text.tooLong
    } else {
      history.replaceState(undefined, '', hash)
      this.#notice = await navigator.clipboard.writeText(location.href).then(
        () => text.shared,
        () => text.noClipboard,
      )
    }
    this.requestUpdate()
  }

  #save = async (): Promise<void> => this.#download(await this.#live!.story())

  #download(story: Story): void {
    const url = URL.createObjectURL(new Blob([writeStory(story)], { type: 'application/json' }))
    const link = Object.assign(document.createElement('a'), { href: url, download: 'playground.json' })
    link.click()
    URL.revokeObjectURL(url)
  }

  #load = async (file: File): Promise<void> => {
    this.#notice = this.#trouble = ''
    try {
      await this.#open(readStory(await file.text()))
    } catch (error) {
      this.#trouble = refused(error)
      this.requestUpdate()
    }
  }

  #run = async (event: CustomEvent<string>): Promise<void> => {
    const line = event.detail
    if (line.trim() !== '') this.#lines = [...this.#lines, line].slice(-LINES_MAX)
    const what = typed(line, { files: this.#files, lines: this.#lines, help: playgroundWords().help })
    if (what.kind === 'kubectl') this.#typing = await this.#live!.type(what.line, this.#files)
    else if (what.kind === 'clear') this.#clear()
    else if (what.kind === 'printed') {
      const { output, failed = false } = what
      const key = `shell ${this.#lines.length}`
      const after = Math.max(0, ...this.#live!.state!.calls.keys())
      const said = failed ? { output: '', errors: output, exitCode: 127 } : { output, errors: '', exitCode: 0 }
      this.#printed.push({ key, line, at: '', after, ...said })
    }
    this.requestUpdate()
  }

  /** What `kubectl edit` has opened goes among the files, and is shown; so does, unshown, what `kubectl cp` has fetched. A story that is played again opens nothing. */
  #changed(): void {
    const { opens, saves } = this.#live?.state?.calls.get(this.#typing ?? -1) ?? {}
    if (saves) {
      this.#typing = undefined
      this.#edit(saves.name, saves.text)
    }
    if (opens) {
      this.#typing = undefined
      this.#side = 'files'
      this.#edit(opens.name, opens.text)
      void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.files textarea')?.focus())
    }
    this.requestUpdate()
  }

  #clear = (): void => {
    this.#clearedTo = Math.max(0, ...this.#live!.state!.calls.keys())
    this.#printed = []
    this.requestUpdate()
  }

  #apply = async (): Promise<void> => {
    this.#side = 'terminal'
    await this.#run(new CustomEvent('run', { detail: `kubectl apply -f ${this.#file}` }))
    await this.updateComplete
    this.renderRoot.querySelector<TerminalElement>('cw-terminal')?.focus()
  }

  #edit = (name: string, content: string | undefined): void => {
    if (content !== undefined) this.#files = { ...this.#files, [name]: content }
    this.#file = name
    if (!keepFiles(this.#files, FILES)) this.#notice = playgroundWords().storage
    this.requestUpdate()
  }

  #inspect = async (key: string, revision?: number): Promise<void> => {
    const [resource = '', namespace = '', ...name] = key.split('/')
    const { frame } = this.#live!.state!
    const asked = { resource, namespace, name: name.join('/'), tick: frame.tick, ...(revision && { revision }) }
    const found = await this.#client!.ask('history', asked)
    this.#panel = 'objects'
    this.#looked = found && { key, ...found }
    this.requestUpdate()
  }

  #explain(pod: string): void {
    this.#explained = pod
    this.#panel = 'decision'
    void import('../explain/decision-element.ts')
    this.requestUpdate()
  }

  /** The same function at every drawing: another one would be another view. */
  #ask = (request: ExplainRequest): Promise<Explained> =>
    this.#client!.ask('explain', { ...request, tick: this.#live!.state!.frame.tick })

  #askWhy = async (tick: number): Promise<void> => {
    this.#why = await this.#client!.ask('why', { tick })
    this.#panel = 'happened'
    this.requestUpdate()
  }

  // ── how it looks ──────────────────────────────────────────────────────────────────────────────────────────────────

  override updated(): void {
    const picture = this.renderRoot.querySelector('.picture')
    if (!picture || this.#observer) return
    this.#observer = new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry!.contentRect.width)
      this.requestUpdate()
    })
    this.#observer.observe(picture)
  }

  /** What kubectl and the shell printed, in order. */
  #log(): readonly Printed[] {
    const calls = [...this.#live!.state!.calls.values()].filter(({ id }) => id > this.#clearedTo)
    const own = this.#printed
    const before = (id: number) => own.filter(({ after }) => after < id)
    const log: Printed[] = []
    let told = 0
    for (const { id, line, output, errors, exitCode, startedAt } of calls) {
      for (const one of before(id).slice(told)) log.push(one)
      told = before(id).length
      log.push({ key: `kubectl ${id}`, line, output, errors, exitCode, at: formatMicros(startedAt) })
    }
    return [...log, ...own.slice(told)]
  }

  override render(): TemplateResult {
    const text = playgroundWords()
    const live = this.#live
    const state = live?.state
    if (!live || !state)
      return this.#trouble ? html`<p class="trouble" role="alert">${this.#trouble}</p>` : html`<slot></slot>`
    return html`<div class="playground">
      ${drawSetup({
        wanted: this.#wanted,
        arrange: this.#setUp,
        start: this.#start,
        share: () => void this.#share(),
        save: () => void this.#save(),
        load: (file) => void this.#load(file),
      })}
      <p class="notice" role="status">${this.#notice}</p>
      ${this.#trouble ? html`<p class="trouble" role="alert">${this.#trouble}</p>` : nothing}
      ${state.isFull ? html`<p class="trouble" role="alert">${text.full}</p>` : nothing}
      ${state.trouble ? html`<p class="trouble" role="alert">${text.trouble(state.trouble)}</p>` : nothing}
      <div class="desk">
        ${drawWorld({
          state,
          live,
          width: this.#width,
          showsSystem: this.#showsSystem,
          showSystem: (shows) => {
            this.#showsSystem = shows
            this.requestUpdate()
          },
          target: this.#target,
          aim: (id) => {
            this.#target = id
            this.requestUpdate()
          },
          inspect: (key) => void this.#inspect(key),
          inspected: this.#panel === 'objects' && this.#looked ? objectKey(this.#looked.inspection.ref) : undefined,
          askWhy: (tick) => void this.#askWhy(tick),
        })}
        ${this.#drawSide(live)}
      </div>
      ${drawPanel({
        state,
        panel: this.#panel,
        show: (panel) => {
          this.#panel = panel
          this.#why = []
          const [first] = state.frame.objects
          if (panel === 'objects' && !this.#looked && first) void this.#inspect(objectKey(first))
          if (panel === 'decision') void import('../explain/decision-element.ts')
          this.requestUpdate()
        },
        explained: this.#explained,
        explain: (pod) => this.#explain(pod),
        ask: this.#ask,
        looked: this.#looked,
        inspect: (key, revision) => void this.#inspect(key, revision),
        why: this.#why,
        lookAt: (tick) => void live.lookAtTick(tick),
      })}
    </div>`
  }

  #drawSide(live: Live): TemplateResult {
    const text = playgroundWords()
    const isRunning = [...live.state!.calls.values()].some(({ exitCode }) => exitCode === undefined)
    return html`<section class="side card" aria-label=${text.terminal}>
      <div class="bar tabs" role="group" aria-label=${text.terminal}>
        ${(['terminal', 'files'] as const).map(
          (side) =>
            html`<button
              type="button"
              class="tab"
              aria-pressed=${this.#side === side ? 'true' : 'false'}
              @click=${() => {
                this.#side = side
                this.requestUpdate()
              }}
            >
              ${text[side]}
            </button>`,
        )}
      </div>
      ${
        this.#side === 'files'
          ? drawFiles({
              files: this.#files,
              name: this.#file,
              edit: this.#edit,
              apply: () => void this.#apply(),
            })
          : html`<cw-terminal
              .printed=${this.#log()}
              .lines=${this.#lines}
              .welcome=${text.welcome}
              .busy=${isRunning}
              .complete=${(line: string) => this.#client!.ask('complete', { line, files: Object.keys(this.#files) })}
              @run=${(event: CustomEvent<string>) => void this.#run(event)}
              @clear=${this.#clear}
              @interrupt=${() => void live.interrupt()}
            ></cw-terminal>`
      }
    </section>`
  }
}

function every(milliseconds: number, run: () => void): () => void {
  let stop = clock.after(milliseconds, function again() {
    run()
    stop = clock.after(milliseconds, again)
  })
  return () => stop()
}

const refused = (error: unknown): string => {
  if (error instanceof BadStory) return playgroundWords().badStory(error.message)
  return error instanceof Error ? error.message : String(error)
}

customElements.define('cw-playground', PlaygroundElement)
