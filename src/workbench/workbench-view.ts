/** The workbench as a whole: three panes, the bars above and below the code, notices, the dialog. */
import { type TemplateResult, html, nothing } from 'lit'
import type { Draft } from '../progress/progress.ts'
import type { StorageState } from '../progress/store.ts'
import { drawFuel } from './checks-view.ts'
import { drawConsole } from './console-view.ts'
import type { Desk, Notice } from './desk.ts'
import { type HintsModel, drawHints } from './hints-view.ts'
import { failureWords } from './failure-words.ts'
import { icon } from './icons.ts'
import { type OutcomeModel, announcement, drawOutcome } from './outcome-view.ts'
import type { Shared } from './shared-replay.ts'
import { drawShared } from './shared-view.ts'
import { SharedSubmission } from './standing/shared-submission.ts'
import { standingWords } from './standing/standing-words.ts'
import { drawTabs } from './tabs-view.ts'
import { drawTests, drawTestsButtons, drawTestsNotice, testsAnnouncement, type TestsModel } from './tests-view.ts'
import { testsWords } from './tests-words.ts'
import { formatAgo } from './units.ts'
import { words } from './words.ts'

export type Pane = 'task' | 'code' | 'checks'

export interface WorkbenchModel {
  desk: Desk
  task: Node
  /** The element that the editor lives in; made once, kept for good. */
  editorHost: HTMLElement
  replayHost: HTMLElement | undefined
  /** A run that somebody else has shared, or why it cannot be opened. */
  shared: Shared | undefined
  sharedProblem: string | undefined
  pictureWidth: number
  pane: Pane
  side: 'checks' | 'console' | 'tests'
  files: readonly string[]
  shownFile: string
  editorKind: 'monaco' | 'plain' | 'loading'
  /** Why the editor is not the one that was asked for. */
  editorProblem: string | undefined
  /** What was asked for and is not to be had yet. */
  notYet: string | undefined
  /** Anything else that went wrong on our side. */
  failure: string | undefined
  storage: StorageState
  now: number
  fuelLimit: number | undefined
  runKey: string
  areToolsInHeader: boolean
  outcome: OutcomeModel
  hints: HintsModel
  /** The learner's own tests, where the exercise takes any. */
  tests: TestsModel | undefined
  dialog: TemplateResult | undefined
  actions: WorkbenchActions
}

export interface WorkbenchActions {
  run(): void
  submit(): void
  stop(): void
  askReset(): void
  undoReset(): void
  showSolution(): void
  showNewStarter(): void
  keepDraft(): void
  takeOver(): void
  leaveElsewhere(): void
  showFile(name: string): void
  showPane(pane: Pane): void
  showSide(side: WorkbenchModel['side']): void
  switchEditor(): void
  changeFontSize(step: number): void
  closeReplay(): void
  dialogClosed(): void
}

/** The tests, where they are what is being written. */
const shownTests = ({ tests }: WorkbenchModel): TestsModel | undefined => (tests?.isShown ? tests : undefined)

function drawSaved(model: WorkbenchModel): TemplateResult {
  const { desk, storage, now } = model
  const { saved, isSaved } = shownTests(model)?.saving ?? desk.saving()
  if (storage.kind === 'memory')
    return html`<span class="cw-saved is-warning" title=${storage.message}
      >${icon('triangle-alert')} ${words().notStored}</span
    >`
  if (!isSaved) return html`<span class="cw-saved">${words().saving}</span>`
  if (!saved) return html`<span class="cw-saved"></span>`
  return html`<span class="cw-saved">${words().saved(formatAgo(now - saved.savedAt).text)}</span>`
}

/** What belongs to the exercise as a whole. Stands in the page's header where there is room, else above the code. */
export function drawTools(model: WorkbenchModel): TemplateResult {
  const { actions, desk } = model
  const { hasPassed } = desk.state()
  return html`<div class="cw-tools">
    ${drawSaved(model)}
    <button type="button" class="cw-tool" @click=${actions.askReset}>${words().reset}</button>
    <button
      type="button"
      class="cw-tool"
      aria-disabled=${!hasPassed}
      title=${hasPassed ? words().compareSolution : words().solutionClosed}
      @click=${actions.showSolution}
    >
      ${words().solution}
    </button>
  </div>`
}

/** The learner's two files stand first, then what belongs to the one that is shown. */
function filesOf(model: WorkbenchModel): { names: readonly string[]; current: string } {
  const { files, shownFile, tests } = model
  if (!tests) return { names: files, current: shownFile }
  const [own, ...others] = files
  const [ofTests, ...beside] = tests.files
  const shown = shownTests(model)
  const names = [own!, ofTests!, ...(shown ? beside : others)]
  return { names, current: shown ? shown.shownFile : shownFile }
}

function drawFileBar(model: WorkbenchModel): TemplateResult {
  const { actions } = model
  const { names, current } = filesOf(model)
  return html`<div class="cw-file-bar">
    ${drawTabs({
      label: words().files,
      className: 'cw-file-tabs',
      tabs: names.map((name) => ({ id: name, label: name, controls: 'cw-editor' })),
      current,
      choose: actions.showFile,
    })}
    ${model.areToolsInHeader ? nothing : drawTools(model)}
  </div>`
}

function drawNotice(kind: Notice, actions: WorkbenchActions): TemplateResult {
  if (kind === 'exercise-changed') {
    return html`<p>${words().changed}</p>
      <button type="button" class="button" @click=${actions.showNewStarter}>${words().seeStarter}</button>
      <button type="button" class="button" @click=${actions.keepDraft}>${words().keepMine}</button>`
  }
  if (kind === 'ran-away') {
    return html`<p>${words().ranAway}</p>`
  }
  return html`<p>${words().wasReset}</p>
    <button type="button" class="button" @click=${actions.undoReset}>${words().undo}</button>`
}

function drawElsewhere(other: Draft, now: number, actions: WorkbenchActions): TemplateResult {
  return html`<div class="cw-notice" role="status">
    ${icon('info')}
    <p>${words().elsewhere(formatAgo(now - other.savedAt).text)}</p>
    <button type="button" class="button" @click=${actions.takeOver}>${words().takeOver}</button>
    <button type="button" class="button" @click=${actions.leaveElsewhere}>${words().goOn}</button>
  </div>`
}

function drawWarning(text: string, again?: () => void): TemplateResult {
  return html`<div class="cw-notice is-warning" role="status">
    ${icon('triangle-alert')}
    <p>${text}</p>
    ${again ? html`<button type="button" class="button" @click=${again}>${words().tryAgain}</button>` : nothing}
  </div>`
}

function drawNotices(model: WorkbenchModel): unknown {
  const { desk, actions, storage, editorProblem, notYet, failure, sharedProblem, now } = model
  const kind = desk.notice()
  const { elsewhere } = desk.saving()
  const lead = words().plainInstead
  const tests = shownTests(model)
  if (tests) return [drawTestsNotice(tests), storage.kind === 'memory' ? drawWarning(storage.message) : nothing]
  return [
    kind ? html`<div class="cw-notice" role="status">${icon('info')} ${drawNotice(kind, actions)}</div>` : nothing,
    elsewhere ? drawElsewhere(elsewhere, now, actions) : nothing,
    storage.kind === 'memory' ? drawWarning(storage.message) : nothing,
    editorProblem ? drawWarning(`${lead} ${editorProblem}`, actions.switchEditor) : nothing,
    notYet
      ? html`<div class="cw-notice" role="status">
          ${icon('info')}
          <p>${notYet}</p>
        </div>`
      : nothing,
    failure ? drawWarning(failure) : nothing,
    sharedProblem ? drawWarning(sharedProblem) : nothing,
  ]
}

function drawButtons({ desk, actions, runKey }: WorkbenchModel): TemplateResult {
  const isWorking = desk.state().phase !== 'ready'
  return html`${
      isWorking
        ? html`<button type="button" class="button primary" data-action="stop" @click=${actions.stop}>
            ${icon('square')} ${words().stop}
          </button>`
        : html`<button
            type="button"
            class="button primary"
            data-action="run"
            aria-keyshortcuts="Control+Enter Meta+Enter"
            @click=${actions.run}
          >
            ${words().run} <kbd>${runKey}</kbd>
          </button>`
    }
    <button
      type="button"
      class="button"
      data-action="submit"
      aria-disabled=${isWorking}
      @click=${isWorking ? nothing : actions.submit}
    >
      ${words().submit}
    </button>`
}

function drawActionBar(model: WorkbenchModel): TemplateResult {
  const { desk, actions, runKey, fuelLimit } = model
  const tests = shownTests(model)
  const { phase, verdict } = desk.state()
  const { editorKind } = tests ?? model
  return html`<div class="cw-action-bar">
    ${tests ? drawTestsButtons(tests, runKey) : drawButtons(model)}
    <span class="cw-bar-space"></span>
    <span class="cw-fuel">${verdict && phase === 'ready' && !tests ? drawFuel(verdict, fuelLimit) : nothing}</span>
    <span class="cw-font-size" role="group" aria-label=${words().sizeOfCode}>
      <button type="button" class="cw-tool" aria-label=${words().smaller} @click=${() => actions.changeFontSize(-1)}>
        A−
      </button>
      <button type="button" class="cw-tool" aria-label=${words().larger} @click=${() => actions.changeFontSize(1)}>
        A+
      </button>
    </span>
    <button type="button" class="cw-tool" ?disabled=${editorKind === 'loading'} @click=${actions.switchEditor}>
      ${editorKind === 'plain' ? words().fullEditor : words().plainEditor}
    </button>
  </div>`
}

function drawSide(model: WorkbenchModel): TemplateResult {
  const { side, desk, actions, outcome, tests } = model
  const { verdict } = desk.state()
  const labels = { checks: words().checks, console: words().console, tests: testsWords().tab }
  const lines = verdict?.console.length ?? 0
  return html`<section class="cw-pane cw-checks-pane" id="cw-checks" aria-label=${words().checks}>
    ${drawTabs({
      label: words().sideTabs,
      className: 'cw-side-tabs',
      tabs: [
        { id: 'checks', label: labels.checks, controls: 'cw-side' },
        {
          id: 'console',
          label: html`${labels.console}${lines > 0 ? html` <span class="cw-count">${lines}</span>` : nothing}`,
          controls: 'cw-side',
        },
        ...(tests ? [{ id: 'tests', label: labels.tests, controls: 'cw-side' }] : []),
      ],
      current: side,
      choose: (id) => actions.showSide(id as WorkbenchModel['side']),
    })}
    <div class="cw-side" id="cw-side" role="tabpanel" aria-label=${labels[side]}>
      ${side === 'tests' && tests ? drawTests(tests) : side === 'console' ? drawConsole(verdict) : drawOutcome(outcome)}
    </div>
  </section>`
}

/** The learner's own failing run, or one that was shared with them. */
function drawReplay({ replayHost, shared, pictureWidth, actions }: WorkbenchModel): TemplateResult | typeof nothing {
  if (!replayHost && !shared) return nothing

  const say = failureWords()
  const isSubmission = shared instanceof SharedSubmission
  const title = isSubmission ? standingWords().sharedTitle : shared ? say.shared : words().failingRun
  return html`<section class="cw-replay-panel" aria-label=${words().replay} tabindex="-1">
    <header>
      <h2>${title}</h2>
      <button type="button" class="cw-tool" @click=${actions.closeReplay}>${icon('x')} ${say.close}</button>
    </header>
    ${isSubmission ? shared.draw(pictureWidth) : shared ? drawShared(shared, pictureWidth, replayHost) : replayHost}
  </section>`
}

export function drawWorkbench(model: WorkbenchModel): TemplateResult {
  const { pane, actions, desk } = model
  const tests = shownTests(model)
  return html`${drawTabs({
      label: words().parts,
      className: 'cw-pane-tabs',
      tabs: [
        { id: 'task', label: words().task, controls: 'cw-task' },
        { id: 'code', label: words().code, controls: 'cw-code' },
        { id: 'checks', label: words().checks, controls: 'cw-checks' },
      ],
      current: pane,
      choose: (id) => actions.showPane(id as Pane),
    })}
    <div class="cw-panes" data-pane=${pane}>
      <section class="cw-pane cw-task-pane" id="cw-task" tabindex="0" aria-label=${words().task}>
        ${model.task} ${drawHints(model.hints)}
      </section>
      <section class="cw-pane cw-code-pane" id="cw-code" aria-label=${words().code}>
        ${drawFileBar(model)} ${drawNotices(model)}
        <div class="cw-editor" id="cw-editor" role="tabpanel" aria-label=${filesOf(model).current}>
          ${(tests ?? model).editorHost}
          ${(tests ?? model).editorKind === 'loading' ? html`<p class="cw-editor-comes" role="status">${words().editorComes}</p>` : nothing}
        </div>
        ${drawActionBar(model)}
      </section>
      ${drawSide(model)}
    </div>
    ${drawReplay(model)}
    <dialog class="cw-dialog" aria-labelledby="cw-dialog-title" @close=${actions.dialogClosed}>
      ${model.dialog ?? nothing}
    </dialog>
    <p class="visually-hidden" role="status" aria-live="polite">
      ${tests ? testsAnnouncement(tests) : announcement(desk.state())}
    </p>`
}
