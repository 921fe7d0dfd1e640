/**
 * `<cw-workbench data-exercise="fit-filter">`: where an exercise is worked on. Task left, code middle, checks right; three
 * tabs on a phone.
 *
 * What stands in `.cw-task-text` when the page arrives is the task; what stands around it looks like the workbench to come.
 * Attributes: `data-exercise` (id), `data-content-hash`, `data-file-name`, `data-fuel-limit`, `data-next-href`,
 * `data-next-title`. It sends `cw-open-replay` with `{exercise, replay, source, compiled}`; unless somebody prevents that, it
 * shows the replay itself. It lives in the page's own tree, not a shadow one: Monaco and the page's styles both want it so.
 */
import { LitElement, type TemplateResult, html, nothing, render } from 'lit'
import type { Position, Replay, Verdict } from '#grader/verdict/verdict.ts'
import { editorManifest } from '../editor/editor-assets.ts'
import * as store from '../progress/browser.ts'
import { type Desk, type Graded, createDesk } from './desk.ts'
import { DialogController } from './dialog-controller.ts'
import { DigestCopy } from './digest-copy.ts'
import { EditorController } from './editor-controller.ts'
import { type ExerciseFiles, loadExercise } from './exercise-files.ts'
import { spawnGrader } from './grader-worker.ts'
import { createGradingClient } from './grading-client.ts'
import { HintShelf } from './hint-shelf.ts'
import { readKept, writeKept } from './kept-text.ts'
import type { OutcomeModel } from './outcome-view.ts'
import { ReplayPanel } from './replay-panel.ts'
import { pageLocale } from './page-locale.ts'
import { SharedReplay } from './shared-replay.ts'
import { TESTS_FILE, TestsBench } from './tests-bench.ts'
import { formatAgo } from './units.ts'
import { whenWanted } from './warm-up.ts'
import { words } from './words.ts'
import { firstFailure } from './workbench-state.ts'
import { goOnAtChosenTab } from './tabs-view.ts'
import { type Pane, type WorkbenchActions, type WorkbenchModel, drawTools, drawWorkbench } from './workbench-view.ts'
import './workbench.css'
import './task.css'
import './code.css'
import './checks.css'
import './story.css'
import './dialogs.css'
import './tests.css'
import './narrow.css'

const NARROW = '(max-width: 900px)'
const RUN_KEY = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘ ↵' : 'Ctrl ↵'
const after = (milliseconds: number, run: () => void) => {
  const timer = setTimeout(run, milliseconds)
  return () => clearTimeout(timer)
}

export class Workbench extends LitElement {
  readonly #task = document.createElement('div')
  readonly #grading = createGradingClient({ spawn: spawnGrader, after })
  readonly #ending: (() => void)[] = []
  readonly #editor = new EditorController(this, {
    fileName: () => this.dataset.fileName ?? 'main.ts',
    typed: (text) => this.#desk?.typed(text),
    run: () => this.#actions.run(),
    wanted: () => this.#wanted,
  })
  readonly #wanted = whenWanted(this)
  readonly #dialogs = new DialogController(this)
  readonly #digest = new DigestCopy(this)
  readonly #replay = new ReplayPanel(this)
  readonly #shared = new SharedReplay(this, {
    exercise: () => this.dataset.exercise ?? '',
    version: () => this.dataset.contentHash ?? '',
    fileName: () => this.dataset.fileName ?? 'main.ts',
    compile: (source) => this.#editor.compile(source),
    grade: this.#grading.grade,
    open: (request) => this.#replay.open(request),
    close: () => this.#replay.close(),
  })
  readonly #hints = new HintShelf(this, async () => (await this.#exercise?.hints()) ?? [])
  readonly #tests = new TestsBench(this, {
    ...{ grading: this.#grading, after },
    compileMine: async () => this.#editor.compile(this.#desk?.text() ?? ''),
    hintTitle: (key) => this.#hints.titleOf(key),
    showHint: (key) => void this.#showHint(key),
    showCode: () => void this.#showPane('code'),
    began: () => this.#beginRun('tests'),
  })
  #exercise: ExerciseFiles | undefined
  #desk: Desk | undefined
  #judged: unknown
  #pane: Pane = 'task'
  #side: WorkbenchModel['side'] = 'checks'
  #failure: string | undefined
  #notYet: string | undefined
  #pictureWidth = 400
  #wasNarrow = false
  #stopClock = () => {}

  override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    if (!this.hasUpdated) this.#adoptChildren()
    super.connectedCallback()
    this.#listen()
    if (!this.#desk) void this.#open().catch((error: unknown) => this.#fail(error))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#flush()
    this.#stopClock()
    for (const end of this.#ending.splice(0)) end()
  }

  #adoptChildren(): void {
    this.#task.className = 'cw-task-text'
    this.#task.append(...(this.querySelector('.cw-task-text') ?? this).childNodes)
    this.replaceChildren()
  }

  #listen(): void {
    const on = <Name extends string>(target: EventTarget, name: Name, run: (event: Event) => void, capture = false) => {
      target.addEventListener(name, run, { capture })
      this.#ending.push(() => target.removeEventListener(name, run, { capture }))
    }
    const flush = () => this.#flush()
    on(window, 'pagehide', flush)
    on(document, 'visibilitychange', flush)
    on(window, 'hashchange', () => void this.#shared.readHash(location.hash))
    // Before the editor, which has ideas of its own about this key.
    on(this, 'keydown', (event) => this.#onKey(event as KeyboardEvent), true)
    this.#ending.push(store.subscribe((event) => event.type === 'storage' && this.requestUpdate()))
    const sizes = new ResizeObserver(() => this.#measure())
    sizes.observe(this)
    this.#ending.push(() => sizes.disconnect())
  }

  #flush(): void {
    this.#desk?.flush()
    this.#tests.flush()
  }

  #measure(): void {
    const isNarrow = matchMedia(NARROW).matches
    if (isNarrow !== this.#wasNarrow) this.requestUpdate()
    this.#wasNarrow = isNarrow
    const width = this.querySelector('.cw-side')?.clientWidth ?? 0
    const picture = Math.min(620, Math.max(260, width - 40))
    if (width > 0 && picture !== this.#pictureWidth) this.requestUpdate()
    if (width > 0) this.#pictureWidth = picture
  }

  /** Ctrl/Cmd+Enter runs, with Shift it submits (tests: against the learner's code); Ctrl/Cmd+S saves the draft, not the page. */
  #onKey(event: KeyboardEvent): void {
    const isSave = event.key.toLowerCase() === 's' && !event.shiftKey
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !(event.key === 'Enter' || isSave)) return
    event.preventDefault()
    event.stopPropagation()
    if (isSave) return this.#flush()
    if (this.#dialogs.kind || this.#desk?.state().phase !== 'ready') return
    if (this.#side === 'tests') return this.#tests.run(event.shiftKey ? 'mine' : 'solutions')
    if (event.shiftKey) this.#actions.submit()
    else this.#actions.run()
  }

  async #open(): Promise<void> {
    const id = this.dataset.exercise ?? ''
    const contentHash = this.dataset.contentHash
    if (!id || !contentHash) throw new Error(words().noExercise)
    this.#editor.prefetch()
    const coming = editorManifest().catch(() => undefined)
    const [exercise, manifest] = [await loadExercise(id, pageLocale()), await coming]
    this.#exercise = exercise
    const desk = createDesk({
      exercise: { id, starter: exercise.starter, contentHash },
      store,
      grading: this.#grading,
      compile: (source) => this.#editor.compile(source),
      after,
      attempts: { read: () => readKept(`attempts/${id}`), write: (text) => writeKept(`attempts/${id}`, text) },
      changed: () => this.#deskChanged(),
    })
    const text = desk.open()
    this.#desk = desk
    this.requestUpdate()
    await this.updateComplete
    this.#measure()
    await this.#editor.open(text, exercise.starter, manifest?.types ?? {})
    this.#tests.offer({ id, contentHash }, await exercise.testsStarter(), manifest?.types ?? {})
    void this.#wanted.then(() => this.#grading.warm())
    void this.#shared.readHash(location.hash)
    if (desk.attempts().hintsOpenedAt.length > 0) void this.#hints.load()
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error.message : String(error)
    this.requestUpdate()
  }

  #deskChanged(): void {
    const desk = this.#desk
    if (!desk) return
    const { verdict } = desk.state()
    // The starter as it came has not tried anything yet: no hint for that.
    const isTried = desk.graded()?.source !== this.#exercise?.starter
    if (verdict && verdict !== this.#judged) void this.#hints.name(isTried ? firstFailure(verdict)?.hint : undefined)
    this.#judged = verdict
    if (desk.asking() !== undefined && this.#dialogs.kind !== 'guess') void this.#dialogs.show('guess')
    this.requestUpdate()
  }

  async #showHint(name: string): Promise<void> {
    await this.#hints.name(name)
    await this.#showPane('task')
    this.#hints.focusNamed()
  }

  /** Resolves once it is shown. */
  #showPane(pane: Pane): Promise<boolean> {
    this.#pane = pane
    this.requestUpdate()
    return this.updateComplete
  }

  #beginRun(side: WorkbenchModel['side']): void {
    if (matchMedia(NARROW).matches) void this.#showPane('checks').then(() => goOnAtChosenTab('.cw-pane-tabs'))
    this.#side = side
    this.#notYet = undefined
    // The run that it shows is about to be the last but one.
    this.#replay.close()
  }

  #start(run: () => Promise<void> | undefined): void {
    this.#beginRun('checks')
    void run()
  }

  #showSide(side: WorkbenchModel['side']): void {
    this.#side = side
    if (side === 'tests') void this.#tests.show().then(() => this.#hints.load())
    this.requestUpdate()
  }

  /** The learner's code, their tests, or a file beside the one of both that is shown. */
  #showFile(name: string): void {
    if (name === TESTS_FILE) this.#showSide('tests')
    if (!this.#editor.files.includes(name)) return this.#tests.editor.show(name)
    if (this.#side === 'tests') this.#side = 'checks'
    this.#editor.show(name)
  }

  #showSolution(): void {
    const hasPassed = this.#desk?.state().hasPassed
    this.#notYet = hasPassed ? undefined : words().solutionLater
    this.requestUpdate()
    if (hasPassed) void this.#showDifference('solution')
  }

  async #showDifference(kind: 'solution' | 'new-starter'): Promise<void> {
    const [exercise, desk] = [this.#exercise, this.#desk]
    if (!exercise || !desk) return
    try {
      const other = kind === 'solution' ? await exercise.solution() : exercise.starter
      await this.#dialogs.compare(kind, desk.text(), other, this.#editor.slot)
    } catch (error) {
      this.#fail(error)
    }
  }

  #openReplay(replay: Replay): void {
    this.#shared.close()
    const { source = '', compiled } = this.#desk?.graded() ?? {}
    if (compiled) void this.#replay.open({ exercise: this.dataset.exercise ?? '', replay, source, compiled })
  }

  #withVerdict(run: (verdict: Verdict, graded: Graded) => Promise<void>): void {
    const [verdict, graded] = [this.#desk?.state().verdict, this.#desk?.graded()]
    if (verdict && graded) void run(verdict, graded).catch((error: unknown) => this.#fail(error))
  }

  #goTo(position: Position): void {
    void this.#showPane('code').then(() => this.#editor.goTo(position))
  }

  readonly #actions: WorkbenchActions = {
    run: () => this.#start(() => this.#desk?.run()),
    submit: () => this.#start(() => this.#desk?.submit()),
    stop: () => this.#desk?.stop(),
    askReset: () => (this.#side === 'tests' ? this.#tests.reset() : void this.#dialogs.show('reset')),
    undoReset: () => {
      const kept = this.#desk?.earlierDrafts()[0]
      if (kept) this.#editor.setText(this.#desk!.restore(kept.source))
    },
    showSolution: () => this.#showSolution(),
    showNewStarter: () => void this.#showDifference('new-starter'),
    keepDraft: () => this.#desk?.adopt(),
    takeOver: () => this.#desk && this.#editor.setText(this.#desk.takeOver()),
    leaveElsewhere: () => this.#desk?.leaveElsewhere(),
    showFile: (name) => this.#showFile(name),
    showPane: (pane) => void this.#showPane(pane),
    showSide: (side) => this.#showSide(side),
    switchEditor: () =>
      void this.#editor.switch(this.#desk?.text() ?? '').then(() => this.#tests.switchEditor(this.#editor.kind)),
    changeFontSize: (step) => {
      this.#editor.stepSize(step)
      this.#tests.editor.stepSize(0)
    },
    closeReplay: () => {
      this.#shared.close()
      this.#replay.close()
    },
    dialogClosed: () => {
      if (this.#dialogs.kind === 'guess') this.#desk?.dismiss()
      this.#dialogs.closed()
    },
  }

  #outcome(desk: Desk): OutcomeModel {
    const { nextHref, nextTitle } = this.dataset
    return {
      state: desk.state(),
      graded: { exercise: this.dataset.exercise ?? '', source: desk.graded()?.source ?? '' },
      width: this.#pictureWidth,
      next: nextHref && nextTitle ? { href: nextHref, title: nextTitle } : undefined,
      isDigestCopied: this.#digest.isCopied,
      showSolution: this.#actions.showSolution,
      actions: {
        openReplay: (replay) => this.#openReplay(replay),
        goTo: (position) => this.#goTo(position),
        showHint: (name) => void this.#showHint(name),
        copyDigest: (digest) => void this.#digest.copy(digest),
        copyLink: (result) => this.#withVerdict((...graded) => this.#shared.copyLink(graded[0], result, graded[1])),
        saveReplay: (result) => this.#withVerdict((...graded) => this.#shared.save(graded[0], result, graded[1])),
        copied: () => this.#shared.copied,
        pickReplay: () => this.#shared.pick(),
      },
    }
  }

  #model(desk: Desk): WorkbenchModel {
    return {
      desk,
      task: this.#task,
      editorHost: this.#editor.element,
      replayHost: this.#replay.place,
      shared: this.#shared.shown,
      sharedProblem: this.#shared.problem,
      pictureWidth: this.#pictureWidth,
      pane: this.#pane,
      side: this.#side,
      files: this.#editor.files,
      shownFile: this.#editor.shownFile,
      editorKind: this.#editor.kind,
      editorProblem: this.#editor.problem,
      notYet: this.#notYet,
      failure: this.#failure,
      storage: store.storageState(),
      now: Date.now(),
      fuelLimit: this.dataset.fuelLimit ? Number(this.dataset.fuelLimit) : undefined,
      areToolsInHeader: this.#headerPlace !== undefined,
      runKey: RUN_KEY,
      outcome: this.#outcome(desk),
      hints: this.#hints.model(desk),
      tests: this.#tests.model(this.#side === 'tests'),
      dialog: this.#dialogs.draw(desk, (text) => this.#editor.setText(text)),
      actions: this.#actions,
    }
  }

  override render(): TemplateResult {
    if (this.#desk) return drawWorkbench(this.#model(this.#desk))
    return html`<div class="cw-pane-tabs"></div>
      <div class="cw-panes" data-pane=${this.#failure ? 'code' : 'task'}>
        <section class="cw-pane cw-task-pane" tabindex="0" aria-label=${words().task}>${this.#task}</section>
        <section class="cw-pane cw-code-pane" aria-label=${words().code}>
          <p class="cw-empty" role="status">${this.#failure ?? words().opening}</p>
        </section>
        <section class="cw-pane cw-checks-pane" aria-label=${words().checks}></section>
      </div>`
  }

  /** Where the page's header has room for our tools. */
  get #headerPlace(): HTMLElement | undefined {
    if (matchMedia(NARROW).matches) return undefined
    return document.querySelector<HTMLElement>('#workbench-status') ?? undefined
  }

  #drawHeader(): void {
    const place = document.querySelector<HTMLElement>('#workbench-status')
    if (place) render(this.#desk && this.#headerPlace ? drawTools(this.#model(this.#desk)) : nothing, place)
  }

  override updated(): void {
    this.#drawHeader()
    if (this.#desk) this.#editor.mark(this.#desk.state())
    this.#tests.mark()
    this.#stopClock()
    const saved = this.#desk?.saving().saved
    if (!saved) return
    this.#stopClock = after(formatAgo(Date.now() - saved.savedAt).nextChangeMs, () => this.requestUpdate())
  }
}

customElements.define('cw-workbench', Workbench)
