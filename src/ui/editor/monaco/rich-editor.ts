import * as monaco from 'monaco-editor/editor/editor.api.js';
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker';
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';
import 'monaco-editor/features/bracketMatching/register.js';
import 'monaco-editor/features/caretOperations/register.js';
import 'monaco-editor/features/clipboard/register.js';
import 'monaco-editor/features/codeEditor/register.js';
import 'monaco-editor/features/codicon/register.js';
import 'monaco-editor/features/comment/register.js';
import 'monaco-editor/features/find/register.js';
import 'monaco-editor/features/hover/register.js';
import 'monaco-editor/features/indentation/register.js';
import 'monaco-editor/features/linesOperations/register.js';
import 'monaco-editor/features/multicursor/register.js';
import 'monaco-editor/features/suggest/register.js';
import 'monaco-editor/features/toggleTabFocusMode/register.js';
import 'monaco-editor/features/wordOperations/register.js';
import 'monaco-editor/languages/definitions/yaml/register.js';
import { conf } from 'monaco-editor/languages/definitions/yaml/yaml.js';
import { configureMonacoYaml } from 'monaco-yaml';
import YamlWorker from 'monaco-yaml/yaml.worker.js?worker';
import schema from 'virtual:kubernetes-schema';
import type { PointedLine, Problem } from '../problems';
import { THEMES, defineThemes } from './themes';

/** Size and line of the text, in px. */
const FONT_PX = 13;
const LINE_PX = 20;

export interface RichEditorCalls {
  onedit: (text: string) => void;
  oncaret: (line: number) => void;
  onapply: () => void;
  onpalette: () => void;
}

/** What takes the plain editor's place: Monaco with Kubernetes' schema behind completion and hover. */
export interface RichEditor {
  /** Shows a file; its own undo history is kept from one showing to the next. */
  show(name: string, text: string): void;
  /** Goes on where the plain editor's caret stood. */
  takeOver(caret: { offset: number; focused: boolean; scrollTop: number }): void;
  mark(problems: readonly Problem[], changedLines: readonly number[], pointed: readonly PointedLine[]): void;
  /** Puts the caret at a line's first word, in the middle of what is to be seen, and takes the focus. */
  showLine(line: number): void;
  setTheme(dark: boolean): void;
  setReadonly(readonly: boolean): void;
  /** How much larger than usual its text is. */
  setEnlarged(factor: number): void;
  focus(): void;
  dispose(): void;
}

const MODELS_KEPT = 12;
const OWNER = 'podium';
let configured = false;

/** Makes the editor inside `host`, once its font is there to be measured. */
export async function createRichEditor(host: HTMLElement, dark: boolean, calls: RichEditorCalls): Promise<RichEditor> {
  configureOnce();
  await document.fonts.load('13px "Atkinson Hyperlegible Mono Variable"');
  defineThemes(monaco);
  const editor = monaco.editor.create(host, { ...OPTIONS, model: null, theme: THEMES[dark ? 'dark' : 'light'] });
  return new MonacoEditor(editor, calls);
}

const OPTIONS: monaco.editor.IStandaloneEditorConstructionOptions = {
  /* Enter takes a suggestion only where that changes the text: after a word typed in full it begins a new line. */
  acceptSuggestionOnEnter: 'smart',
  ariaLabel: 'YAML',
  automaticLayout: true,
  fixedOverflowWidgets: true,
  folding: false,
  fontFamily: '"Atkinson Hyperlegible Mono Variable", ui-monospace, Menlo, Consolas, monospace',
  fontSize: FONT_PX,
  glyphMargin: false,
  guides: { indentation: false },
  lineDecorationsWidth: 11,
  lineHeight: LINE_PX,
  lineNumbersMinChars: 4,
  /* The number of a last, empty line is text like any other. */
  renderFinalNewline: 'on',
  links: false,
  minimap: { enabled: false },
  occurrencesHighlight: 'off',
  overviewRulerLanes: 0,
  padding: { top: 10, bottom: 20 },
  quickSuggestions: { other: true, comments: false, strings: true },
  renderLineHighlight: 'none',
  scrollBeyondLastLine: false,
  scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
  stickyScroll: { enabled: false },
  suggest: { showWords: false },
  tabSize: 2,
  wordBasedSuggestions: 'off',
};

/**
 * Joins monaco-yaml to Monaco. Monaco no longer hands a worker its first message, which is how monaco-yaml tells it the
 * schema, so the worker is made and told here. Problems come from the cluster itself, in its words: the worker gives none.
 */
function configureOnce(): void {
  if (configured) return;
  configured = true;
  /* What Monaco's own rules do not know: the fields after a list item's first stand under it, not under its dash. */
  conf.onEnterRules?.push({
    beforeText: /^ *- +[^\s#'"{[][^#]*: +[^\s#]/,
    action: { indentAction: monaco.languages.IndentAction.None, appendText: '  ' },
  });
  self.MonacoEnvironment = { getWorker: () => new EditorWorker() };
  const createWebWorker = <T extends object>(options: { createData: unknown }): monaco.editor.MonacoWebWorker<T> => {
    const worker = new YamlWorker();
    worker.postMessage('ignore');
    worker.postMessage(options.createData);
    return monaco.editor.createWebWorker<T>({ worker });
  };
  const languages = { ...monaco.languages, registerCompletionItemProvider, registerHoverProvider };
  configureMonacoYaml({ ...monaco, languages, editor: { ...monaco.editor, createWebWorker } } as never, {
    isKubernetes: true,
    hoverAnchor: false,
    validate: false,
    format: { enable: false },
    schemas: [{ uri: 'podium://kubernetes.json', fileMatch: ['*'], schema: schema as never }],
  });
}

/**
 * The YAML worker calls every suggestion a snippet, and Monaco lets Enter take each snippet. What holds no place to fill in
 * is text: then Enter after a word typed in full begins a new line.
 */
function registerCompletionItemProvider(
  selector: string,
  provider: monaco.languages.CompletionItemProvider,
): monaco.IDisposable {
  const { InsertAsSnippet } = monaco.languages.CompletionItemInsertTextRule;
  const asText = (item: monaco.languages.CompletionItem): monaco.languages.CompletionItem =>
    /[$\\}]/.test(item.insertText) || item.insertTextRules !== InsertAsSnippet ? item : { ...item, insertTextRules: 0 };
  return monaco.languages.registerCompletionItemProvider(selector, {
    ...provider,
    async provideCompletionItems(...request) {
      const list = await provider.provideCompletionItems(...request);
      return list && { ...list, suggestions: list.suggestions.map(asText) };
    },
  });
}

/** The worker ends each explanation with the schema it is from, which is no place that anybody could go to. */
function registerHoverProvider(selector: string, provider: monaco.languages.HoverProvider): monaco.IDisposable {
  return monaco.languages.registerHoverProvider(selector, {
    async provideHover(...request) {
      const hover = await provider.provideHover(...request);
      const contents = hover?.contents.map((part) => ({ ...part, value: part.value.replace(/\s*Source: \[.*$/s, '') }));
      return hover && contents && { ...hover, contents };
    },
  });
}

class MonacoEditor implements RichEditor {
  readonly #decorations: monaco.editor.IEditorDecorationsCollection;
  #showing = false;

  constructor(
    private readonly editor: monaco.editor.IStandaloneCodeEditor,
    calls: RichEditorCalls,
  ) {
    this.#decorations = editor.createDecorationsCollection();
    editor.onDidChangeModelContent(() => {
      if (!this.#showing) calls.onedit(editor.getValue());
    });
    editor.onDidChangeCursorPosition((event) => calls.oncaret(event.position.lineNumber));
    editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, () => {
      editor.trigger(OWNER, 'hideSuggestWidget', {});
      calls.onapply();
    });
    editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyK, calls.onpalette);
  }

  show(name: string, text: string): void {
    const uri = monaco.Uri.parse(`file:///${encodeURIComponent(name)}`);
    const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(text, 'yaml', uri);
    this.#showing = true;
    if (model.getValue() !== text)
      model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null);
    if (this.editor.getModel() !== model) {
      this.editor.setModel(model);
      this.editor.updateOptions({ ariaLabel: `${name}, YAML` });
      this.#forgetOld(model);
    }
    this.#showing = false;
  }

  takeOver({ offset, focused, scrollTop }: { offset: number; focused: boolean; scrollTop: number }): void {
    const position = this.editor.getModel()?.getPositionAt(offset);
    if (position) this.editor.setPosition(position);
    this.editor.setScrollTop(scrollTop);
    if (focused) this.editor.focus();
  }

  mark(problems: readonly Problem[], changedLines: readonly number[], pointed: readonly PointedLine[]): void {
    const model = this.editor.getModel();
    if (!model) return;
    const lines = model.getLineCount();
    const markers = problems.map(({ line, severity, message }): monaco.editor.IMarkerData => {
      const shown = Math.min(line, lines);
      return {
        severity: severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
        message,
        startLineNumber: shown,
        startColumn: model.getLineFirstNonWhitespaceColumn(shown) || 1,
        endLineNumber: shown,
        endColumn: model.getLineMaxColumn(shown),
      };
    });
    monaco.editor.setModelMarkers(model, OWNER, markers);
    const changed = changedLines
      .filter((line) => line <= lines)
      .map((line) => ({
        range: new monaco.Range(line, 1, line, 1),
        options: { isWholeLine: true, className: 'changed-line', linesDecorationsClassName: 'changed-edge' },
      }));
    const spokenOf = pointed
      .filter(({ line }) => line <= lines)
      .map(({ line, words }) => ({
        range: new monaco.Range(line, 1, line, model.getLineMaxColumn(line)),
        options: {
          isWholeLine: true,
          className: 'pointed-line',
          linesDecorationsClassName: 'changed-edge',
          after: { content: words, inlineClassName: 'pointed-words' },
        },
      }));
    this.#decorations.set([...changed, ...spokenOf]);
  }

  showLine(line: number): void {
    const column = this.editor.getModel()?.getLineFirstNonWhitespaceColumn(line) ?? 1;
    this.editor.setPosition({ lineNumber: line, column: Math.max(1, column) });
    this.editor.revealLineInCenterIfOutsideViewport(line);
    this.editor.focus();
  }

  setTheme(dark: boolean): void {
    defineThemes(monaco);
    monaco.editor.setTheme(THEMES[dark ? 'dark' : 'light']);
  }

  setReadonly(readOnly: boolean): void {
    this.editor.updateOptions({ readOnly });
  }

  setEnlarged(factor: number): void {
    this.editor.updateOptions({ fontSize: FONT_PX * factor, lineHeight: Math.round(LINE_PX * factor) });
  }

  focus(): void {
    this.editor.focus();
  }

  dispose(): void {
    this.editor.dispose();
  }

  #forgetOld(current: monaco.editor.ITextModel): void {
    const others = monaco.editor.getModels().filter((model) => model !== current);
    for (const model of others.slice(0, Math.max(0, others.length - MODELS_KEPT))) model.dispose();
  }
}
