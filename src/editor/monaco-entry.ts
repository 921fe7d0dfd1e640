/**
 * The editor, as the workbench loads it: Monaco with the features of one good TypeScript file and nothing else.
 *
 * Bundled apart from the site (`scripts/build-editor.mjs` writes it to `public/ed/`), so that neither its weight nor its
 * style sheet ever reaches a page on which nobody writes code.
 */
import { MarkerSeverity, Range, Uri, editor } from 'monaco-editor/editor'
import 'monaco-editor/languages/definitions/typescript/register'
import { getTypeScriptWorker, typescriptDefaults } from 'monaco-editor/languages/features/typescript/register'
import type { Compiled, Diagnostic } from '#grader/verdict/verdict.ts'
import type { CodeEditor, CodeEditorOptions, DiffView } from './code-editor.ts'
import { type CompileRequest, isRefusal } from './compile-request.ts'
import './monaco-features.ts'
import { THEME, applyTheme, watchTheme } from './monaco-theme.ts'
import { ambientFile, editorCompilerOptions, moduleFile } from './type-modules.ts'

declare const LANGUAGE_WORKER: string
declare const EDITOR_WORKER: string

Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker(_module: string, label: string) {
      const file = label === 'typescript' ? LANGUAGE_WORKER : EDITOR_WORKER
      return new Worker(new URL(file, import.meta.url), { type: 'module', name: label })
    },
  },
})

const LEARNER_ROOT = 'file:///'
const FAILED_LINE = { isWholeLine: true, className: 'cw-failed-line', linesDecorationsClassName: 'cw-failed-line-edge' }

/** The fonts that the page's own code uses; ligatures stay off, because a learner must see `===`. */
function typeSetting(host: Element, fontSizePx: number): editor.IEditorOptions {
  const family = getComputedStyle(host).getPropertyValue('--font-code').trim()
  return {
    fontFamily: family || 'monospace',
    fontLigatures: false,
    fontSize: fontSizePx,
    lineHeight: 1.62,
  }
}

function setTypes(types: Readonly<Record<string, string>>): void {
  typescriptDefaults.setCompilerOptions(editorCompilerOptions())
  typescriptDefaults.setDiagnosticsOptions({ noSuggestionDiagnostics: true })
  typescriptDefaults.setEagerModelSync(true)
  typescriptDefaults.setExtraLibs([
    ...Object.entries(types).map(([module, content]) => ({ content, filePath: moduleFile(module) })),
    ambientFile,
  ])
}

function modelOf(uri: Uri, text: string): editor.ITextModel {
  const known = editor.getModel(uri)
  if (known) {
    if (known.getValue() !== text) known.setValue(text)
    return known
  }
  return editor.createModel(text, 'typescript', uri)
}

/** Tab indents, as programmers expect; Escape and then Tab leaves the editor, as everybody else must be able to. */
function letEscapeTabLeave(host: HTMLElement): void {
  let escaped = false
  host.addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Tab' && escaped) event.stopPropagation()
      if (event.key !== 'Shift') escaped = event.key === 'Escape'
    },
    { capture: true },
  )
}

function viewOptions(host: HTMLElement, options: CodeEditorOptions): editor.IStandaloneEditorConstructionOptions {
  return {
    theme: THEME,
    automaticLayout: true,
    ariaLabel: options.label,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    tabSize: 2,
    padding: { top: 14, bottom: 14 },
    overviewRulerLanes: 0,
    overviewRulerBorder: false,
    hideCursorInOverviewRuler: true,
    lineNumbersMinChars: 4,
    folding: false,
    renderLineHighlight: 'line',
    bracketPairColorization: { enabled: false },
    guides: { indentation: false },
    stickyScroll: { enabled: false },
    renderFinalNewline: 'on',
    fixedOverflowWidgets: true,
    // A line is read whole: at a laptop's width there is room for some 70 characters beside the task and the checks.
    wordWrap: 'on',
    wrappingIndent: 'deepIndent',
    ...typeSetting(host, options.fontSizePx),
  }
}

/** The files of one editor: the learner's own and those beside it, with the place where each was last looked at. */
function openFiles(view: editor.IStandaloneCodeEditor, options: CodeEditorOptions, shownAgain: () => void) {
  const own = modelOf(Uri.parse(LEARNER_ROOT + options.fileName), options.value)
  const models = new Map([[options.fileName, own]])
  for (const file of options.readOnlyFiles) {
    const uri = Uri.parse(file.module ? moduleFile(file.module) : LEARNER_ROOT + file.name)
    models.set(file.name, modelOf(uri, file.text))
  }
  const places = new Map<string, editor.ICodeEditorViewState | null>()
  let shown = options.fileName
  view.setModel(own)
  return {
    own,
    show(name: string) {
      const model = models.get(name)
      if (!model || shown === name) return
      places.set(shown, view.saveViewState())
      shown = name
      view.setModel(model)
      view.updateOptions({ readOnly: model !== own })
      view.restoreViewState(places.get(name) ?? null)
      if (model === own) shownAgain()
    },
    nameOf: (uri: Uri) => [...models].find(([, model]) => model.uri.toString() === uri.toString())?.[0],
    isOwnShown: () => shown === options.fileName,
    dispose: () => models.forEach((model) => model.dispose()),
  }
}

/** Lets "go to definition" walk into the read-only files. */
function openDefinitionsHere(
  view: editor.IStandaloneCodeEditor,
  files: ReturnType<typeof openFiles>,
  shown: (name: string) => void,
) {
  return editor.registerEditorOpener({
    openCodeEditor(_source, resource, selection) {
      const name = files.nameOf(resource)
      if (!name) return false
      files.show(name)
      shown(name)
      if (selection) {
        const range = 'startLineNumber' in selection ? Range.lift(selection) : Range.fromPositions(selection)
        view.setSelection(range)
        view.revealRangeInCenter(range)
      }
      return true
    },
  })
}

/** Type errors are drawn by the language service as one writes; what only our compiler refuses is added here. */
function markRefusals(model: editor.ITextModel, problems: readonly Diagnostic[]): void {
  const refusals = problems.filter(isRefusal)
  editor.setModelMarkers(
    model,
    'clusterwright',
    refusals.map(({ line, column, message }) => ({
      startLineNumber: line,
      startColumn: column,
      endLineNumber: line,
      endColumn: model.getLineMaxColumn(Math.min(line, model.getLineCount())),
      message,
      severity: MarkerSeverity.Error,
    })),
  )
}

/** Opens Monaco in `host`, which must have a size. */
export function createMonaco(host: HTMLElement, options: CodeEditorOptions): CodeEditor {
  setTypes(options.types)
  applyTheme(host)
  const stopWatching = watchTheme(() => applyTheme(host))
  letEscapeTabLeave(host)
  const view = editor.create(host, { ...viewOptions(host, options), model: null })
  const failed = view.createDecorationsCollection()
  let failedLine: number | undefined
  const drawFailed = () => {
    if (!files.isOwnShown()) return
    if (!failedLine || failedLine > files.own.getLineCount()) return failed.clear()
    failed.set([{ range: new Range(failedLine, 1, failedLine, 1), options: FAILED_LINE }])
  }
  const files = openFiles(view, options, drawFailed)
  const opener = openDefinitionsHere(view, files, options.onShow)
  // In the command palette and the context menu; the key itself belongs to the whole workbench.
  view.addAction({
    id: 'clusterwright.run',
    label: options.runLabel,
    contextMenuGroupId: '1_run',
    run: () => options.onRun(),
  })
  const changes = files.own.onDidChangeContent(() => options.onChange(files.own.getValue()))
  const font = `${options.fontSizePx}px ${getComputedStyle(host).getPropertyValue('--font-code')}`
  // Of the fonts that stand in for ours a device has some; that one is missing is no error.
  const loaded = document.fonts.load(font).catch(() => undefined)
  void loaded.then(() => editor.remeasureFonts())
  return {
    kind: 'monaco',
    value: () => files.own.getValue(),
    setValue(value) {
      files.own.pushEditOperations([], [{ range: files.own.getFullModelRange(), text: value }], () => null)
    },
    show: files.show,
    goTo({ line, column }) {
      files.show(options.fileName)
      const at = files.own.validatePosition({ lineNumber: line, column })
      view.setPosition(at)
      view.revealPositionInCenter(at)
      view.focus()
    },
    mark(problems, line) {
      markRefusals(files.own, problems)
      failedLine = line
      drawFailed()
    },
    setFontSize: (px) => view.updateOptions({ fontSize: px }),
    focus: () => view.focus(),
    dispose() {
      stopWatching()
      opener.dispose()
      changes.dispose()
      view.dispose()
      files.dispose()
    },
  }
}

/** Compiles in the language worker that already serves the editor. */
export async function compileInEditor(request: CompileRequest): Promise<Compiled> {
  const client = (await (
    await getTypeScriptWorker()
  )()) as unknown as {
    cwErase(request: CompileRequest): Promise<Compiled>
  }
  return client.cwErase(request)
}

/** Shows two texts with their differences; neither can be changed. */
export function createMonacoDiff(host: HTMLElement, original: string, modified: string, fontSizePx: number): DiffView {
  applyTheme(host)
  const models = [original, modified].map((text, index) =>
    editor.createModel(
      text,
      'typescript',
      Uri.parse(`${LEARNER_ROOT}difference/${index === 0 ? 'first' : 'second'}.ts`),
    ),
  )
  const view = editor.createDiffEditor(host, {
    theme: THEME,
    readOnly: true,
    originalEditable: false,
    automaticLayout: true,
    renderSideBySide: true,
    useInlineViewWhenSpaceIsLimited: true,
    diffWordWrap: 'on',
    renderSideBySideInlineBreakpoint: 800,
    minimap: { enabled: false },
    guides: { indentation: false },
    stickyScroll: { enabled: false },
    renderFinalNewline: 'on',
    scrollBeyondLastLine: false,
    renderOverviewRuler: false,
    overviewRulerLanes: 0,
    overviewRulerBorder: false,
    hideCursorInOverviewRuler: true,
    ...typeSetting(host, fontSizePx),
  })
  view.setModel({ original: models[0]!, modified: models[1]! })
  view.getOriginalEditor().updateOptions({ ariaLabel: 'The first text, read only' })
  view.getModifiedEditor().updateOptions({ ariaLabel: 'The second text, read only' })
  return {
    dispose() {
      view.dispose()
      for (const model of models) model.dispose()
    },
  }
}
